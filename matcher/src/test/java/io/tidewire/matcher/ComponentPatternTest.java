package io.tidewire.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Random patterns of a path beside the regular expression that the standard generates for them. */
class ComponentPatternTest {

    private static final String SEGMENT = "[^/]+?";

    private final StringBuilder pattern = new StringBuilder();
    private final StringBuilder regexp = new StringBuilder();
    private int names;

    @Test
    void agreesWithTheRegularExpressionOfTheStandard() {
        Seeds.check(4000, random -> {
            pattern.setLength(0);
            regexp.setLength(0);
            for (int i = random.nextInt(4); i >= 0; i--) {
                part(random);
            }
            Pattern slow = Pattern.compile(regexp.toString());
            Automaton fast = ComponentPattern.compile(pattern.toString(), UrlComponent.PATHNAME, true);
            for (int i = 0; i < 20; i++) {
                String text = RandomText.over("/ab", 8, random);
                assertThat(fast.matches(text))
                        .as(pattern + " as " + regexp + " on " + text)
                        .isEqualTo(slow.matcher(text).matches());
            }
        });
    }

    private void part(Random random) {
        String modifier = new String[] {"", "?", "+", "*"}[random.nextInt(4)];
        switch (random.nextInt(4)) {
            case 0 -> {
                pattern.append("{/a}").append(modifier);
                regexp.append("(?:/a)").append(modifier);
            }
            case 1 -> group("/", "", modifier, random);
            case 2 -> {
                pattern.append('{');
                group("/b", "a", modifier, random);
            }
            default -> {
                pattern.append("{a}"); // a letter that ends a name before it
                regexp.append('a');
            }
        }
    }

    /** One group with its prefix and suffix, the closing brace included if one was opened. */
    private void group(String prefix, String suffix, String modifier, Random random) {
        boolean braces = !suffix.isEmpty();
        String[] groups = {":n" + names++, "*", "(a|b)", "([^\\/]b?)"};
        String[] regexps = {SEGMENT, ".*", "a|b", "[^/]b?"};
        int kind = random.nextInt(groups.length);
        String tail = braces ? (kind == 0 ? "\\" : "") + suffix + "}" : "";
        pattern.append(prefix).append(groups[kind]).append(tail).append(modifier);
        String one = "(?:" + regexps[kind] + ")";
        if (modifier.equals("+") || modifier.equals("*")) {
            regexp.append("(?:" + prefix + "(" + one + "(?:" + suffix + prefix + one + ")*)" + suffix + ")");
            regexp.append(modifier.equals("*") ? "?" : "");
        } else {
            regexp.append("(?:" + prefix + one + suffix + ")" + modifier);
        }
    }
}
