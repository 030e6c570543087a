package io.tidewire.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebUrlTest {

    private static final WebUrl BASE =
            WebUrl.parse("https://user:pw@example.com:8443/a/b/c?q#f").orElseThrow();

    private static String href(String text) {
        return WebUrl.parse(text).map(WebUrl::toString).orElse("no URL");
    }

    private static String resolved(String reference) {
        return BASE.resolve(reference).map(WebUrl::toString).orElse("no URL");
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            value = {
                "https://EXAMPLE.com:443 -> https://example.com/",
                "HTTP://h:80/ -> http://h/",
                "http://h:443/ -> http://h:443/",
                "http://h:00008080/ -> http://h:8080/",
                "http://h:/ -> http://h/",
                "wss://h:443/x -> wss://h/x",
                "https:example.com/x -> https://example.com/x",
                "https:/example.com/x -> https://example.com/x",
                "https:////example.com/x -> https://example.com/x",
                "https:\\\\h\\a\\b -> https://h/a/b",
                "https://h/a/./b/../c -> https://h/a/c",
                "https://h/a/%2e/b/%2E%2e/c -> https://h/a/c",
                "https://h/../../x -> https://h/x",
                "https://h/a/.. -> https://h/",
                "https://h/a/. -> https://h/a/",
                "https://h/... -> https://h/...",
                "https://h//a///b -> https://h//a///b",
                "https://h/%7Ea%zz -> https://h/%7Ea%zz",
                "https://h/é?é#é -> https://h/%C3%A9?%C3%A9#%C3%A9",
                "https://h/a b'?a b'#a b' -> https://h/a%20b'?a%20b%27#a%20b'",
                "https://h/{x}^`|?{x}^`|#{x}^`| -> https://h/%7Bx%7D%5E%60|?{x}^`|#{x}^%60|",
                "https://a@b@c/ -> https://a%40b@c/",
                "https://a:b:c@h/ -> https://a:b%3Ac@h/",
                "https://@h/ -> https://h/",
                "https://h?q -> https://h/?q",
                "https://h#f -> https://h/#f",
                "https://h/? -> https://h/?",
                "urn:isbn:0-395-36341-1 -> urn:isbn:0-395-36341-1",
                "URN:ISBN:X -> urn:ISBN:X",
                "mailto:a@b.c?subject=x y -> mailto:a@b.c?subject=x%20y",
                "data:a b #f -> data:a b%20#f",
                "foo://Host:80/a/../b?'q -> foo://Host:80/b?'q",
                "foo://h -> foo://h",
                "foo:///x -> foo:///x",
                "foo:/a/./b -> foo:/a/b",
                "foo:/a/..//b -> foo:/.//b",
                "foo:a/../b -> foo:a/../b",
                "foo://h/a\\..\\b -> foo://h/a\\..\\b",
                "file:///C|/a/.. -> file:///C:/",
                "file:///C:/.. -> file:///C:/",
                "file://localhost/x -> file:///x",
                "file://Server/x -> file://server/x",
                "file:x -> file:///x",
            })
    void parsesAsTheStandardSays(String text, String expected) {
        assertThat(href(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            value = {
                "http://münchen.de/ -> http://xn--mnchen-3ya.de/",
                "http://MÜNCHEN。de/ -> http://xn--mnchen-3ya.de/",
                "http://ex%41mple.com/ -> http://example.com/",
                "http://1.2.3/ -> http://1.2.0.3/",
                "http://0x7f.1/ -> http://127.0.0.1/",
                "http://017700000001/ -> http://127.0.0.1/",
                "http://1.2.3.4./ -> http://1.2.3.4/",
                "http://1.2.3.4.example/ -> http://1.2.3.4.example/",
                "http://[::1]/ -> http://[::1]/",
                "http://[1:0:0:2:0:0:0:3]:80/ -> http://[1:0:0:2::3]/",
                "http://[0:0:0:0:0:0:0:0]/ -> http://[::]/",
                "http://[1:2:3:4:5:6:0:8]/ -> http://[1:2:3:4:5:6:0:8]/",
                "http://[::FFFF:1.2.3.4]/ -> http://[::ffff:102:304]/",
                "foo://a%20b/ -> foo://a%20b/",
            })
    void canonicalisesHosts(String text, String expected) {
        assertThat(href(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/relative",
                "no-scheme",
                "1http://h/",
                ":x",
                "https://",
                "https:///",
                "https://h:x/",
                "https://h:65536/",
                "https://:80/",
                "https://u@/",
                "https://a b/",
                "https://a^b/",
                "https://a%00b/",
                "https://%/",
                "http://1.2.3.256/",
                "http://1.2.3.4.5/",
                "http://1..2/",
                "http://0x1.0xg.1/",
                "http://[::1/",
                "http://[1:2:3:4:5:6:7]/",
                "http://[1:2:3:4:5:6:7:8:9]/",
                "http://[::1::]/",
                "http://[:1]/",
                "http://[1.2.3.4]/",
                "http://[::01.2.3.4]/",
                "http://[1.2.3.4::]/",
                "http://[::12345]/",
                "foo://a b/",
                "foo://h:x",
            })
    void refusesWhatIsNoUrl(String text) {
        assertThat(href(text)).isEqualTo("no URL");
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            value = {
                "d -> https://user:pw@example.com:8443/a/b/d",
                "./d -> https://user:pw@example.com:8443/a/b/d",
                "../d -> https://user:pw@example.com:8443/a/d",
                "../../../d -> https://user:pw@example.com:8443/d",
                "/d -> https://user:pw@example.com:8443/d",
                "\\d -> https://user:pw@example.com:8443/d",
                "?x -> https://user:pw@example.com:8443/a/b/c?x",
                "#x -> https://user:pw@example.com:8443/a/b/c?q#x",
                "//h/x -> https://h/x",
                "/\\h/x -> https://h/x",
                "///h/x -> https://h/x",
                "https:d -> https://user:pw@example.com:8443/a/b/d",
                "https:/d -> https://user:pw@example.com:8443/d",
                "http:d -> http://d/",
                "urn:x -> urn:x",
                "d:e -> d:e",
                ".. -> https://user:pw@example.com:8443/a/",
                "// -> no URL",
                "//u@ -> no URL",
            })
    void resolvesReferences(String reference, String expected) {
        assertThat(resolved(reference)).isEqualTo(expected);
    }

    @Test
    void theEmptyReferenceIsTheBaseWithoutFragment() {
        assertThat(resolved("")).isEqualTo("https://user:pw@example.com:8443/a/b/c?q");
    }

    @Test
    void surroundingSpacesAndInnerNewlinesAreDropped() {
        assertThat(href(" \u0001 ht\ntps://h/a\tb\r\u0000 ")).isEqualTo("https://h/ab");
    }

    @Test
    void loneSurrogateBecomesTheReplacementCharacter() {
        assertThat(href("https://h/\uD800x")).isEqualTo("https://h/%EF%BF%BDx");
    }

    @Test
    void astralCharactersAreFourBytes() {
        assertThat(href("https://h/\uD83D\uDE00")).isEqualTo("https://h/%F0%9F%98%80");
    }

    @Test
    void componentsComeWithoutTheirMarks() {
        assertThat(BASE.protocol()).isEqualTo("https");
        assertThat(BASE.username()).isEqualTo("user");
        assertThat(BASE.password()).isEqualTo("pw");
        assertThat(BASE.hostname()).isEqualTo("example.com");
        assertThat(BASE.port()).isEqualTo("8443");
        assertThat(BASE.pathname()).isEqualTo("/a/b/c");
        assertThat(BASE.search()).isEqualTo("q");
        assertThat(BASE.hash()).isEqualTo("f");
        assertThat(BASE.isSpecial()).isTrue();
        assertThat(BASE.hasOpaquePath()).isFalse();
    }

    @Test
    void equalUrlsAreWrittenDifferently() {
        assertThat(WebUrl.parse("HTTP://h:80/a/../b")).isEqualTo(WebUrl.parse("http://h/b"));
        assertThat(WebUrl.parse("http://h/b").orElseThrow())
                .hasSameHashCodeAs(WebUrl.parse("HTTP://h:80/a/../b").orElseThrow());
    }

    @Nested
    class AgainstAnOpaqueBase {
        private final WebUrl base = WebUrl.parse("urn:a?b").orElseThrow();

        @Test
        void onlyFragmentsResolve() {
            assertThat(base.resolve("#x")).hasToString("Optional[urn:a?b#x]");
            assertThat(base.resolve("x")).isEmpty();
            assertThat(base.resolve("/x")).isEmpty();
            assertThat(base.resolve("")).isEmpty();
            assertThat(base.resolve("http://h/")).isPresent();
        }
    }

    @Nested
    class AgainstAFileBase {
        private final WebUrl base = WebUrl.parse("file:///C:/a/b").orElseThrow();

        @ParameterizedTest
        @CsvSource(
                delimiterString = " -> ",
                value = {
                    "x -> file:///C:/a/x",
                    "/x -> file:///C:/x",
                    "/D:/x -> file:///D:/x",
                    "D|/x -> file:///D:/x",
                    "//h/x -> file://h/x",
                    "//D|/x -> file:///D:/x",
                    "?q -> file:///C:/a/b?q",
                    "../../.. -> file:///C:/",
                })
        void theDriveStays(String reference, String expected) {
            assertThat(base.resolve(reference).map(WebUrl::toString)).hasValue(expected);
        }
    }

    @Test
    void parsingTwiceChangesNothing() {
        Seeds.check(2000, random -> {
            String text = RandomText.url(random);
            WebUrl.parse(text)
                    .ifPresent(url ->
                            assertThat(WebUrl.parse(url.toString())).as(text).hasValue(url));
        });
    }
}
