package io.tidewire.log;

/**
 * A form that names of topics have: a name with {@code *} in it, or one name by itself. {@code *} stands for any number of
 * characters other than {@code /}; a last segment {@code **} for one segment or more; {@code *} alone for every topic. Immutable;
 * matching takes no more than the pattern's length for each character of the name.
 *
 * <pre>{@code
 * orders/42        the topic orders/42
 * orders/*         orders/42, not orders/42/lines
 * orders/**        orders/42 and orders/42/lines
 * orders/*-eu      orders/42-eu
 * *                everything
 * }</pre>
 */
public final class TopicPattern {

    /** Most {@code *} in one pattern, so that matching stays cheap whatever is asked for. */
    public static final int MAX_STARS = 8;

    private static final String ALL = "*";

    private final String text;
    private final String head;
    private final boolean deep;

    private TopicPattern(String text, String head, boolean deep) {
        this.text = text;
        this.head = head;
        this.deep = deep;
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException if it is neither a topic's name nor a pattern as described above
     */
    public static TopicPattern of(String text) {
        if (text.equals(ALL)) {
            return new TopicPattern(text, text, false);
        }
        Audience.topic(text.replace('*', 'x')); // the rules of names stand there
        boolean deep = text.endsWith("/**");
        String head = deep ? text.substring(0, text.length() - 2) : text;
        if (head.contains("**") || head.chars().filter(c -> c == '*').count() > MAX_STARS) {
            throw new IllegalArgumentException("topic: " + text
                    + " (expected: a pattern with '**' only as its last segment, and at most " + MAX_STARS + " '*')");
        }
        return new TopicPattern(text, head, deep);
    }

    /** {@return the pattern as it was written} */
    public String text() {
        return text;
    }

    /*
     * The usual two-pointer walk: on a mismatch go back to the last star and let it take one character more. A star never
     * takes a '/', so going back to an earlier star than the last one in the same segment is never needed.
     */

    /** {@return whether the topic has this form} */
    public boolean matches(String topic) {
        if (text.equals(ALL)) {
            return true;
        }
        int at = 0;
        int in = 0;
        int star = -1;
        int mark = 0;
        while (in < topic.length()) {
            if (at == head.length() && deep) {
                return true;
            }
            if (at < head.length() && head.charAt(at) == '*') {
                star = at++;
                mark = in;
            } else if (at < head.length() && head.charAt(at) == topic.charAt(in)) {
                at++;
                in++;
            } else if (star >= 0 && topic.charAt(mark) != '/') {
                at = star + 1;
                in = ++mark;
            } else {
                return false;
            }
        }
        while (at < head.length() && head.charAt(at) == '*') {
            at++;
        }
        return at == head.length() && !deep;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TopicPattern pattern && pattern.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
