package io.tidewire.hub;

import io.tidewire.log.Audience;
import io.tidewire.log.TopicPattern;

/**
 * What a subscriber wants: one topic by its exact name, or every topic that a pattern matches. Immutable, safe for any thread,
 * and equal if written alike: subscribers with equal selectors share their batches. A transport may bring patterns of its own;
 * those must be quick whatever the topic.
 *
 * <p>A pattern is written as {@link TopicPattern} says.
 */
public interface TopicSelector {

    /** The kind of what {@link #parse} reads. */
    String OWN_KIND = "";

    /** The kind of one that is a topic's name even if there is a star in it. */
    String EXACT_KIND = "exact";

    /** {@return whether it selects the topic} */
    boolean matches(String topic);

    /** {@return the selector as it was written} */
    String text();

    /** {@return whether it names one topic} */
    boolean isExact();

    /** {@return by which rules it is written, so that another hub of a cluster can read it; a transport's own have names of their own} */
    default String kind() {
        return OWN_KIND;
    }

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
        return new Glob(TopicPattern.of(text));
    }

    /** One topic. */
    record Exact(String text) implements TopicSelector {
        @Override
        public String kind() {
            return EXACT_KIND;
        }

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
    record Glob(TopicPattern pattern) implements TopicSelector {
        @Override
        public String text() {
            return pattern.text();
        }

        @Override
        public boolean isExact() {
            return false;
        }

        @Override
        public boolean matches(String topic) {
            return pattern.matches(topic);
        }
    }
}
