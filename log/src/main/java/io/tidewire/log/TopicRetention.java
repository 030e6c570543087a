package io.tidewire.log;

import java.time.Duration;

/**
 * How much is kept of each topic that a pattern matches (B4), within the log's own bounds. It goes by an update's first topic; the
 * bounds are each topic's own: {@code chat/*} with 100 events keeps 100 of every chat.
 *
 * <pre>{@code
 * TopicRetention.of("prices/*").keeping(Keep.LATEST)
 * TopicRetention.of("chat/*").maxEvents(1000).maxAge(Duration.ofDays(7))
 * }</pre>
 *
 * @param topics which topics
 * @param keep which of their events
 * @param maxEvents most events
 * @param maxBytes most bytes, as the log counts them
 * @param maxAge how old an event may become
 */
public record TopicRetention(TopicPattern topics, Keep keep, long maxEvents, long maxBytes, Duration maxAge) {

    /** No bound on the age: longer than any log lives, and still a number of milliseconds. */
    public static final Duration FOREVER = Duration.ofDays(1_000_000);

    /** Which events of a topic are kept. */
    public enum Keep {
        /** All that the bounds allow. What they cut is told to a reader who missed it. */
        ALL,
        /** The newest. An event that a newer one replaced is not missed: no gap is told. */
        LATEST,
        /** The newest of each key; those without a key count as one. No gap is told, as with {@link #LATEST}. */
        LATEST_PER_KEY
    }

    /** Checks the bounds. */
    public TopicRetention {
        String name = "history.topics: " + topics.text();
        if (maxEvents < 1) {
            throw new IllegalArgumentException(name + " events " + maxEvents + " (expected: 1 or more)");
        }
        if (maxBytes < 1) {
            throw new IllegalArgumentException(name + " bytes " + maxBytes + " (expected: 1 or more)");
        }
        if (maxAge.isNegative() || maxAge.isZero()) {
            throw new IllegalArgumentException(name + " age " + maxAge + " (expected: more than 0)");
        }
    }

    /**
     * {@return the retention that keeps everything of these topics, to be narrowed}
     *
     * @throws IllegalArgumentException if that is no {@link TopicPattern}
     */
    public static TopicRetention of(String pattern) {
        return new TopicRetention(TopicPattern.of(pattern), Keep.ALL, Long.MAX_VALUE, Long.MAX_VALUE, FOREVER);
    }

    /** {@return a copy that keeps these events} */
    public TopicRetention keeping(Keep value) {
        return new TopicRetention(topics, value, maxEvents, maxBytes, maxAge);
    }

    /** {@return a copy with another bound of events} */
    public TopicRetention maxEvents(long value) {
        return new TopicRetention(topics, keep, value, maxBytes, maxAge);
    }

    /** {@return a copy with another bound of bytes} */
    public TopicRetention maxBytes(long value) {
        return new TopicRetention(topics, keep, maxEvents, value, maxAge);
    }

    /** {@return a copy with another bound of age} */
    public TopicRetention maxAge(Duration value) {
        return new TopicRetention(topics, keep, maxEvents, maxBytes, value);
    }
}
