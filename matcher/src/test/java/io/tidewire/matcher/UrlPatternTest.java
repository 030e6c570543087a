package io.tidewire.matcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlPatternTest {

    private static final String HUB = "https://example.com/.well-known/mercure";

    private static boolean matches(String pattern, String topic) {
        return UrlPattern.parse(pattern, HUB).matches(topic);
    }

    @Nested
    class ExamplesOfTheStandard {

        @ParameterizedTest
        @CsvSource({
            "https://example.com/products/, true",
            "https://example.com/blog/our-greatest-product-ever, true",
            "https://example.com/, false",
            "http://example.com/products/, false",
            "https://example.com:8443/blog/our-greatest-product-ever, false"
        })
        void categories(String topic, boolean expected) {
            assertThat(matches("https://example.com/:category/*", topic)).isEqualTo(expected);
        }

        @ParameterizedTest
        @CsvSource({
            "https://shop.example/products/74205#reviews, true",
            "https://kathryn@voyager.shop.example/products/74656#reviews, true",
            "http://insecure.shop.example/products/1701#reviews, true",
            "https://shop.example/products/2000, false",
            "http://shop.example:8080/products/0#reviews, false",
            "https://nx.shop.example/products/01?speed=5#reviews, false",
            "https://shop.example/products/chair#reviews, false"
        })
        void shop(String topic, boolean expected) {
            String pattern = "http{s}?://{:subdomain.}?shop.example/products/:id([0-9]+)#reviews";
            assertThat(matches(pattern, topic)).isEqualTo(expected);
        }

        @ParameterizedTest
        @CsvSource({
            "https://discussion.example/admin/, true",
            "https://edd:librarian@discussion.example/admin/update?id=1, true",
            "https://discussion.example/forum/admin/, false",
            "http://discussion.example:8080/admin/update?id=1, false"
        })
        void relativePattern(String topic, boolean expected) {
            UrlPattern pattern = UrlPattern.parse("../admin/*", "https://discussion.example/forum/?page=2");
            assertThat(pattern.matches(topic)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " ~ ",
            value = {
                // the segment wildcard ends at a slash, in a host at a dot
                "/books/:id ~ /books/1 ~ true",
                "/books/:id ~ /books/1/2 ~ false",
                "/books/:id ~ /books/ ~ false",
                "/books/:id ~ /books ~ false",
                "/books/:id ~ /books/a%2Fb ~ true",
                "https://:sub.example.com/* ~ https://a.example.com/x ~ true",
                "https://:sub.example.com/* ~ https://a.b.example.com/x ~ false",
                "https://*.example.com/* ~ https://a.b.example.com/x ~ true",
                "https://*.example.com/* ~ https://example.com/x ~ false",
                // modifiers, and the slash that belongs to a group
                "/a/:x? ~ /a ~ true",
                "/a/:x? ~ /a/b ~ true",
                "/a/:x? ~ /a/ ~ false",
                "/a/:x? ~ /a/b/c ~ false",
                "/a/:x+ ~ /a ~ false",
                "/a/:x+ ~ /a/b/c ~ true",
                "/a/:x* ~ /a ~ true",
                "/a/:x* ~ /a/b/c/d ~ true",
                "/a/:x* ~ /a/ ~ false",
                "/a/* ~ /a/ ~ true",
                "/a/* ~ /a ~ false",
                "/a/*? ~ /a ~ true",
                "/a/{:x}? ~ /a/ ~ true",
                "/a/{:x}? ~ /a ~ false",
                "/a{/b}? ~ /a ~ true",
                "/a{/b}+ ~ /a/b/b ~ true",
                "/a{/b}+ ~ /a ~ false",
                "/a{/b} ~ /a/b ~ true",
                "/{v:n-}+ ~ /v1-v2- ~ true",
                "/{v:n-}+ ~ /v1v2- ~ true",
                "/:a-:b ~ /x-y ~ true",
                "/:a-:b ~ /xy ~ false",
                "/:a/:b?/c ~ /x/c ~ true",
                // regexp groups
                "/(\\d+) ~ /12 ~ true",
                "/(\\d+) ~ /1a ~ false",
                "/:id(a|b) ~ /b ~ true",
                "/:id(a|b) ~ /ab ~ false",
                "/:id(\\d+)? ~ / ~ false",
                "/x/:id(\\d+)? ~ /x ~ true",
                "/x/(.*) ~ /x/y/z ~ true",
                "/([[a-z]--a]) ~ /z ~ true",
                "/([[a-z]--a]) ~ /a ~ false",
                "/([\\d&&[0-1]]) ~ /1 ~ true",
                "/([\\d&&[0-1]]) ~ /3 ~ false",
                "(https|wss)://example.com/* ~ wss://example.com/x ~ true",
                "(https|wss)://example.com/* ~ http://example.com/x ~ false",
                // escapes
                "/a([:])b ~ /a:b ~ true",
                "/a\\* ~ /a* ~ true",
                "/a\\* ~ /ab ~ false",
                "/a\\{b\\} ~ /a{b} ~ true",
                "/a\\{b\\} ~ /a%7Bb%7D ~ true",
                // ports
                "https://example.com/* ~ https://example.com:443/x ~ true",
                "https://example.com:443/* ~ https://example.com/x ~ true",
                "http://example.com:443/* ~ http://example.com:443/x ~ true",
                "http://example.com:443/* ~ http://example.com/x ~ false",
                "https://example.com:*/* ~ https://example.com:81/x ~ true",
                "https://example.com:*/* ~ https://example.com/x ~ true",
                "https://example.com:8443/* ~ https://example.com:8443/x ~ true",
                "https://example.com:8443/* ~ https://example.com/x ~ false",
                "https://example.com:80(80)?/* ~ https://example.com:8080/x ~ true",
                // what is left out: all that is later is free, all that is earlier is empty
                "https://example.com ~ https://example.com/a?b#c ~ true",
                "https://example.com/a ~ https://example.com/a?b#c ~ true",
                "https://example.com/a?b ~ https://example.com/a?b#c ~ true",
                "https://example.com/a?b ~ https://example.com/a ~ false",
                "https://example.com?b ~ https://example.com/?b ~ true",
                "https://example.com?b ~ https://example.com/a?b ~ false",
                "https://example.com#c ~ https://example.com/#c ~ true",
                "https://example.com#c ~ https://example.com/?b#c ~ false",
                // users
                "https://*:*@example.com/a ~ https://u:p@example.com/a ~ true",
                "https://u@example.com/a ~ https://u:p@example.com/a ~ true",
                "https://u@example.com/a ~ https://example.com/a ~ false",
                "https://u\\:p@example.com/a ~ https://u:p@example.com/a ~ true",
                "https://example.com/a ~ https://u:p@example.com/a ~ true",
                // case
                "https://EXAMPLE.com/a ~ https://example.COM/a ~ true",
                "https://example.com/A ~ https://example.com/a ~ false",
                "HTTPS://example.com/a ~ https://example.com/a ~ true",
                // canonical forms
                "https://münchen.de/é ~ https://xn--mnchen-3ya.de/%C3%A9 ~ true",
                "/é?é#é ~ /%C3%A9?%C3%A9#%C3%A9 ~ true",
                "/a b ~ /a%20b ~ true",
                "/a/../b ~ /b ~ true",
                "/a/%2e%2e/b ~ /b ~ true",
                "/a?b c ~ /a?b%20c ~ true",
                "/a\\?b ~ /a?b ~ true",
                "https://[\\:\\:1]:80/a ~ https://[0::1]:80/a ~ true",
                // relative patterns
                "books/1 ~ https://example.com/.well-known/books/1 ~ true",
                "/books/1 ~ https://example.com/books/1 ~ true",
                "/books/1 ~ https://other.example/books/1 ~ false",
                "?a=* ~ https://example.com/.well-known/mercure?a=1 ~ true",
                "?a=* ~ https://example.com/other?a=1 ~ false",
                "#a ~ https://example.com/.well-known/mercure#a ~ true",
                // other schemes
                "urn\\:isbn\\:* ~ urn:isbn:1 ~ true",
                "urn\\:isbn\\:* ~ urn:other:1 ~ false",
                "urn\\::kind(isbn|issn)\\::id ~ urn:issn:1 ~ true",
                "foo://h/:x ~ foo://h/a/b ~ true",
                "foo://h/* ~ foo://h/a ~ true",
                "*://example.com/* ~ ws://example.com/x ~ true",
                "*\\:* ~ urn:x ~ true",
                "data\\:foobar ~ data:foobar ~ true",
                "https\\:* ~ https://anything.example/at?all ~ true",
            })
    void matchesAsTheStandardSays(String pattern, String topic, boolean expected) {
        assertThat(matches(pattern, topic)).isEqualTo(expected);
    }

    @Nested
    class Topics {

        @Test
        void relativeOnesAreResolvedAgainstTheBase() {
            assertThat(matches("https://example.com/books/:id", "/books/1")).isTrue();
            assertThat(matches("https://example.com/books/:id", "../books/1")).isTrue();
            assertThat(matches("https://example.com/books/:id", "//other.example/books/1"))
                    .isFalse();
            assertThat(matches("/books/:id", "/x/../books/1")).isTrue();
        }

        @ParameterizedTest
        @ValueSource(strings = {"https://", "https://h:x/", "https://[", "https://a b/", "//", "http://1.2.3.999/"})
        void whatIsNoUrlMatchesNothingButTheStar(String topic) {
            assertThat(matches("*://*:*/*", topic)).isFalse();
            assertThat(matches("/*", topic)).isFalse();
            assertThat(matches("*", topic)).isTrue();
        }

        @Test
        void theStarMatchesEveryTopic() {
            assertThat(matches("*", "urn:x")).isTrue();
            assertThat(matches("*", "anything")).isTrue();
            assertThat(matches("*", "http://other.example/")).isTrue();
        }

        @Test
        void aTopicResolvedOnceServesAllPatterns() {
            WebUrl topic = WebUrl.parse(HUB).orElseThrow().resolve("/books/1").orElseThrow();
            assertThat(UrlPattern.parse("/books/:id", HUB).matches(topic)).isTrue();
            assertThat(UrlPattern.parse("/authors/:id", HUB).matches(topic)).isFalse();
            assertThat(UrlPattern.parse("*", HUB).matches(topic)).isTrue();
        }
    }

    @Nested
    class Malformed {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "/a{",
                    "/a}",
                    "/{a{b}c}",
                    "/{:a:b}",
                    "/+",
                    "/?+x",
                    "/a?+",
                    "/:",
                    "/:1",
                    "/(",
                    "/()",
                    "/(a",
                    "/(?a)",
                    "/((a))",
                    "/(é)",
                    "/:a/:a",
                    "/(a",
                    "/x\\",
                    "https://[::1]/a",
                    "/a\\:b",
                    "https://example.com:65536/",
                    "https://exa mple.com/",
                    "https://[::1g]/",
                    "1http://x/",
                    "/a\nb",
                    "/\u202E",
                    "",
                })
        void isRefused(String pattern) {
            assertThatIllegalArgumentException().isThrownBy(() -> UrlPattern.parse(pattern, HUB));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "/(a(?=b))",
                    "/(a(?!b))",
                    "/(a(?<=b))",
                    "/(a(?<!b))",
                    "/(\\1)",
                    "/(a\\k<x>)",
                    "/([z-a])",
                    "/([a)",
                    "/(a{2,1})",
                    "/(a{)",
                    "/(a{,2})",
                    "/(*)",
                    "/(a**)",
                    "/(a{1}{2})",
                    "/(])",
                    "/(\\y)",
                    "/(\\-)",
                    "/([a&&&b])",
                    "/([a--b&&c])",
                    "/([a-\\d])",
                    "/([(])",
                    "/(\\p{Script=Greek})",
                    "/(\\u{110000})",
                    "/(\\x1)",
                    "/(\\c1)",
                    "/(\\00)",
                    "/(?<>a)"
                })
        void regexpIsRefused(String pattern) {
            assertThatIllegalArgumentException().isThrownBy(() -> UrlPattern.parse(pattern, HUB));
        }

        @Test
        void theMessageTellsPatternAndRule() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> UrlPattern.parse("/:a/:a", HUB))
                    .withMessage("match: /:a/:a (expected: every name once in a component)");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> UrlPattern.parse("/(a(?=b))", HUB))
                    .withMessage(
                            "match: /(a(?=b)) (expected: a regexp without lookaround, which no linear-time engine has)");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> UrlPattern.parse("/(a{9999})", HUB))
                    .withMessage("match: /(a{9999}) (expected: a pattern of at most 8192 states when compiled)");
        }

        @Test
        void aLongPatternIsCutInTheMessage() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> UrlPattern.parse("/" + "x".repeat(1000) + "(", HUB))
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400));
        }

        @Test
        void theBaseMustBeAbsolute() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> UrlPattern.parse("/a", "/hub"))
                    .withMessage("base: /hub (expected: an absolute URL)");
        }
    }

    @Test
    void aPatternIsWrittenAsItWasRead() {
        assertThat(UrlPattern.parse("/books/:id", HUB)).hasToString("/books/:id");
    }

    @Test
    void anOpaqueBaseServesAbsolutePatterns() {
        UrlPattern pattern = UrlPattern.parse("https://h/:x", "urn:hub");
        assertThat(pattern.matches("https://h/a")).isTrue();
        assertThat(pattern.matches("/a")).isFalse();
    }
}
