package io.tidewire.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupRegexpTest {

    private static boolean matches(String regexp, String text) {
        return Automaton.of(GroupRegexp.parse(regexp)).matches(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " ~ ",
            value = {
                "a|b ~ b ~ true",
                "|a ~ '' ~ true",
                "a??b ~ b ~ true",
                "a{2}b ~ aab ~ true",
                "a{2}b ~ ab ~ false",
                "a{2,} ~ aaaa ~ true",
                "a{2,3}? ~ aaaa ~ false",
                "a{0} ~ '' ~ true",
                "(?:a|b)*c ~ ababc ~ true",
                "(?<name>a)+ ~ aa ~ true",
                "^a$ ~ a ~ true",
                "a^b ~ ab ~ false",
                "\\ba\\b ~ a ~ true",
                "a\\bb ~ ab ~ false",
                "a\\Bb ~ ab ~ true",
                "[^a] ~ b ~ true",
                "[^] ~ b ~ true",
                "[] ~ b ~ false",
                "[a\\-z] ~ - ~ true",
                "[a\\-z] ~ m ~ false",
                "[\\u0061-\\x63] ~ b ~ true",
                "[a-\\u{1F600}] ~ z ~ true",
                "\\u{61}\\u0062\\x63 ~ abc ~ true",
                "\\u{1F600} ~ a ~ false",
                "[[a-c][x-z]1] ~ y ~ true",
                "[\\w--[a-c]--_] ~ b ~ false",
                "[\\w--[a-c]--_] ~ d ~ true",
                "[^\\w--a] ~ a ~ true",
                "\\p{Lu}\\P{Lu} ~ Aa ~ true",
                "\\p{gc=Nd}+ ~ 12 ~ true",
                "\\d\\D\\w\\W\\s? ~ 1ab- ~ true",
                ". ~ a ~ true",
                "\\/\\.\\$ ~ /.$ ~ true",
                "a/b ~ a/b ~ true",
                "(?:(?:){1000}){1000}a ~ a ~ true",
            })
    void meansWhatEcmaScriptMeans(String regexp, String text, boolean expected) {
        assertThat(matches(regexp, text)).isEqualTo(expected);
    }

    @Test
    void agreesWithABacktrackingEngine() {
        Seeds.check(4000, random -> {
            String regexp = regexp(random, 3, 6); // it is wrong about places in loops
            Pattern slow = Pattern.compile(regexp, Pattern.DOTALL);
            Automaton fast = Automaton.of(GroupRegexp.parse(regexp));
            for (int i = 0; i < 20; i++) {
                String text = RandomText.over("abc-", 7, random);
                assertThat(fast.matches(text))
                        .as(regexp + " on " + text)
                        .isEqualTo(slow.matcher(text).matches());
            }
        });
    }

    @Test
    void agreesWithASlowMatcher() {
        Seeds.check(4000, random -> {
            String regexp = regexp(random, 3, 8);
            Node node = GroupRegexp.parse(regexp);
            Automaton fast = Automaton.of(node);
            for (int i = 0; i < 20; i++) {
                String text = RandomText.over("abc-", 7, random);
                assertThat(fast.matches(text)).as(regexp + " on " + text).isEqualTo(SlowMatcher.matches(node, text));
            }
        });
    }

    private static String regexp(Random random, int depth, int kinds) {
        if (depth == 0 || random.nextInt(4) == 0) {
            String[] atoms = {"a", "b", "c", "[ab]", "[^a]", ".", "\\w", "[a-c]", "\\-"};
            return atoms[random.nextInt(atoms.length - (random.nextInt(3) == 0 ? 0 : 1))].replace("\\-", "[\\-]");
        }
        String left = "(?:" + regexp(random, depth - 1, kinds) + ")";
        String right = "(?:" + regexp(random, depth - 1, kinds) + ")";
        return switch (random.nextInt(kinds + 1) - 1) {
            case 0 -> left + "*";
            case 1 -> left + "+";
            case 2 -> left + "?";
            case 3 -> left + "{1,3}";
            case 4 -> left + "|" + right;
            case 5 -> left + "{2,}?";
            case 6 -> left + (random.nextBoolean() ? "\\b" : "\\B") + right;
            case 7 -> random.nextBoolean() ? "^" + left : left + "$";
            default -> left + right;
        };
    }
}
