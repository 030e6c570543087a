package io.tidewire.hub;

import io.tidewire.log.Audience;

/**
 * What a subscriber wants: one topic by its exact name, or every topic that a pattern matches. Immutable, safe for any thread,
 * and equal if written alike: subscribers with equal selectors share their batches. A transport may bring patterns of its own;
 * those must be quick whatever the topic.
 *
 * <p>A pattern is a topic with {@code *} in it. {@code *} stands for any number of characters other than {@code /}; a last
 * segment {@code **} for one segment or more; {@code *} alone for every topic.
 *
 * <pre>{@code
 * orders/42        the topic orders/42
 * orders/*         orders/42, not orders/42/lines
 * orders/**        orders/42 and orders/42/lines
 * orders/*-eu      orders/42-eu
 * *                everything
 * }</pre>
 */
public interface TopicSelector {

    /** Most {@code *} in one pattern, so that matching stays cheap whatever is asked for. */
    int MAX_STARS = 8;

    /** {@return whether it selects the topic} */
    boolean matches(String topic);

    /** {@return the selector as it was written} */
    String text();

    /** {@return whether it names one topic} */
    boolean isExact();

    /**
     * Reads a selector.
     *
     * @throws IllegalArgumentException if it is neither a topic's name nor a pattern as described above
     */
    static TopicSelector parse(String text) {
        if (text.indexOf('*') < 0) {
            Audience.topic(text); // the rules of names stand there
            return new Exact(text);
        }
        if (text.equals("*")) {
            return new Everything();
        }
        return Glob.of(text);
    }

    /** One topic. */
    record Exact(String text) implements TopicSelector {
        @Override
        public boolean matches(String topic) {
            return text.equals(topic);
        }

        @Override
        public boolean isExact() {
            return true;
        }
    }

    /** Every topic. */
    record Everything() implements TopicSelector {
        @Override
        public boolean matches(String topic) {
            return true;
        }

        @Override
        public String text() {
            return "*";
        }

        @Override
        public boolean isExact() {
            return false;
        }
    }

    /** Every topic of a form. */
    record Glob(String text, String head, boolean deep) implements TopicSelector {

        private static Glob of(String text) {
            Audience.topic(text.replace('*', 'x'));
            boolean deep = text.endsWith("/**");
            String head = deep ? text.substring(0, text.length() - 2) : text;
            if (head.contains("**") || head.chars().filter(c -> c == '*').count() > MAX_STARS) {
                throw new IllegalArgumentException("topic: " + text
                        + " (expected: a pattern with '**' only as its last segment, and at most " + MAX_STARS
                        + " '*')");
            }
            return new Glob(text, head, deep);
        }

        @Override
        public boolean isExact() {
            return false;
        }

        /*
         * The usual two-pointer walk: on a mismatch go back to the last star and let it take one character more. A star never
         * takes a '/', so going back to an earlier star than the last one in the same segment is never needed.
         */
        @Override
        public boolean matches(String topic) {
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
    }
}
