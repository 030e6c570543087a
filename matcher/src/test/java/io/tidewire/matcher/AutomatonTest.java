package io.tidewire.matcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No pattern explodes: the steps of a match are counted, not timed. */
class AutomatonTest {

    private static final WebUrl HUB = WebUrl.parse("https://example.com/hub").orElseThrow();

    /** The most that {@link Automaton} promises. */
    private static long promised(int states, int length) {
        return 4L * states * (length + 1);
    }

    private static void assertLinear(Automaton automaton, String text) {
        long once = automaton.steps(text);
        assertThat(once).isLessThanOrEqualTo(promised(automaton.states(), text.length()));
        assertThat(automaton.steps(text + text)).isLessThanOrEqualTo(promised(automaton.states(), 2 * text.length()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(?:a*)*b",
                "(?:a+)+b",
                "(?:a|a)*b",
                "(?:a|aa)+b",
                "(?:a?){50}a{50}b",
                "(?:(?:(?:a*)*)*)*b",
                "(?:.*.*.*.*)*b",
                "(?:a*a*a*)*b",
                "(?:\\b|\\B|a)*b",
                "(?:a{1,20}){1,20}b",
            })
    void regexpsThatExplodeElsewhereDoNot(String regexp) {
        Automaton automaton = Automaton.of(GroupRegexp.parse(regexp));
        String text = "a".repeat(5000);
        assertLinear(automaton, text);
        assertThat(automaton.matches(text)).isFalse();
        assertThat(automaton.matches(text.substring(0, 60) + "b")).isTrue();
    }

    @Nested
    class UrlPatterns {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "/*a*a*a*a*a*a*a*a*a*a*b",
                    "/(.*)(.*)(.*)(.*)(.*)b",
                    "/{:a}{:b}{:c}{:d}{:e}{:f}b",
                    "/{:a}*{:b}*{:c}*{:d}*b",
                    "/:a(a*)*b",
                })
        void manyWildcardsAreLinear(String pattern) {
            UrlPattern matcher = UrlPattern.parse(pattern, HUB);
            WebUrl once = HUB.resolve("/" + "a".repeat(2000)).orElseThrow();
            WebUrl twice = HUB.resolve("/" + "a".repeat(4000)).orElseThrow();
            assertThat(matcher.matches(once)).isFalse();
            assertThat(matcher.steps(twice)).isLessThan(2 * matcher.steps(once) + 10_000);
        }

        @Test
        void theMostStarsThatFitAreLinear() {
            String pattern = "/" + "*a".repeat(2000) + "b";
            UrlPattern matcher = UrlPattern.parse(pattern, HUB);
            WebUrl topic = HUB.resolve("/" + "a".repeat(1000)).orElseThrow();
            assertThat(matcher.matches(topic)).isFalse();
            assertThat(matcher.steps(topic)).isLessThan(promised(Program.MAX_STATES, 1001));
        }

        @Test
        void statesAreBounded() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> UrlPattern.parse("/((?:(?:(?:a{100}){100}){100}){100})", HUB))
                    .withMessageContaining("at most 8192 states");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> UrlPattern.parse("/(" + "(?:a?".repeat(500) + ")".repeat(500) + ")", HUB))
                    .withMessageContaining("nested at most 100 deep");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> UrlPattern.parse("/(" + "[".repeat(500) + "a" + "]".repeat(500) + ")", HUB))
                    .withMessageContaining("nested at most 100 deep");
        }

        @Test
        void aLongLiteralNeedsNoStates() {
            UrlPattern matcher = UrlPattern.parse("/" + "é".repeat(2000), HUB);
            assertThat(matcher.matches("/" + "é".repeat(2000))).isTrue();
        }
    }

    @Nested
    class Templates {

        @ParameterizedTest
        @ValueSource(strings = {"{a}", "{a*}", "{+a}", "{a}{b}", "{a,b,c}", "{/a*}", "{a:2}", "{?a*}"})
        void repeatedExpressionsAreLinear(String expression) {
            UriTemplate template = UriTemplate.parse(expression.repeat(60) + "!");
            long once = template.steps("a".repeat(1000));
            long twice = template.steps("a".repeat(2000));
            assertThat(twice).isLessThanOrEqualTo(2 * once + 100_000);
            assertThat(once).isLessThanOrEqualTo(promised(Program.MAX_STATES, 1000));
        }

        @Test
        void statesAreBounded() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> UriTemplate.parse("{a:9999}"))
                    .withMessage("match: {a:9999} (expected: a pattern of at most 8192 states when compiled)");
            assertThatIllegalArgumentException().isThrownBy(() -> UriTemplate.parse("{a}".repeat(1365)));
            assertThatIllegalArgumentException().isThrownBy(() -> UriTemplate.selector("{a}".repeat(1365)));
        }

        @Test
        void manyVariablesNeedNoRecursion() {
            String variables = "a" + ",a".repeat(300);
            assertThat(UriTemplate.parse("{?" + variables + "}").matches("?a=1&a=2"))
                    .isTrue();
        }
    }

    @Test
    void followsSplitsWithoutRecursion() {
        Automaton automaton = Automaton.of(GroupRegexp.parse("a?".repeat(2000)));
        assertThat(automaton.matches("a".repeat(2000))).isTrue();
        assertThat(automaton.matches("a".repeat(2001))).isFalse();
    }
}
