package io.tidewire.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Whatever is asked: a pattern is read or refused by an {@link IllegalArgumentException}; a match says yes or no. */
class NeverThrowsTest {

    private static final WebUrl HUB =
            WebUrl.parse("https://example.com/.well-known/mercure").orElseThrow();

    private static void read(Function<String, Object> parser, String pattern) {
        try {
            assertThat(parser.apply(pattern)).isNotNull();
        } catch (IllegalArgumentException refused) {
            assertThat(refused.getMessage()).contains(" (expected: ");
        }
    }

    @Test
    void urlPatterns() {
        Seeds.check(5000, random -> {
            for (String pattern : new String[] {RandomText.pattern(random), RandomText.noise(random)}) {
                read(
                        text -> {
                            UrlPattern matcher = UrlPattern.parse(text, HUB);
                            matcher.matches(RandomText.url(random));
                            matcher.matches(RandomText.noise(random));
                            return matcher;
                        },
                        pattern);
            }
        });
    }

    @Test
    void templates() {
        Seeds.check(5000, random -> {
            for (String template : new String[] {RandomText.pattern(random), RandomText.noise(random)}) {
                read(
                        text -> {
                            UriTemplate matcher = UriTemplate.parse(text);
                            matcher.matches(RandomText.url(random));
                            matcher.matches(RandomText.noise(random));
                            return matcher;
                        },
                        template);
                read(UriTemplate::selector, template);
            }
        });
    }

    @Test
    void urls() {
        Seeds.check(5000, random -> {
            WebUrl base = WebUrl.parse(RandomText.url(random)).orElse(HUB);
            base.resolve(RandomText.url(random))
                    .ifPresent(url -> assertThat(url.toString().chars()).allMatch(c -> c < 128));
            base.resolve(RandomText.noise(random))
                    .ifPresent(url -> assertThat(url.toString().chars()).allMatch(c -> c < 128));
        });
    }
}
