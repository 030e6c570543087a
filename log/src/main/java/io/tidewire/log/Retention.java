package io.tidewire.log;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much history a log keeps; the first bound that is reached cuts.
 *
 * @param maxEvents most entries
 * @param maxBytes most bytes, as the log counts them
 * @param maxAge how old an entry may become
 * @param topics narrower bounds for some topics; of those that match a topic, the first counts
 */
public record Retention(long maxEvents, long maxBytes, Duration maxAge, List<TopicRetention> topics) {

    /** Checks the bounds. */
    public Retention {
        if (maxEvents < 1) {
            throw new IllegalArgumentException("history.events: " + maxEvents + " (expected: 1 or more)");
        }
        if (maxBytes < 1) {
            throw new IllegalArgumentException("history.bytes: " + maxBytes + " (expected: 1 or more)");
        }
        if (maxAge.isNegative() || maxAge.isZero()) {
            throw new IllegalArgumentException("history.age: " + maxAge + " (expected: more than 0)");
        }
        topics = List.copyOf(topics);
    }

    /** Bounds without narrower ones for any topic. */
    public Retention(long maxEvents, long maxBytes, Duration maxAge) {
        this(maxEvents, maxBytes, maxAge, List.of());
    }

    /** {@return 100,000 events, 64 MiB, one day} */
    public static Retention defaults() {
        return new Retention(100_000, 64L << 20, Duration.ofDays(1));
    }

    /** {@return a copy with these narrower bounds} */
    public Retention withTopics(List<TopicRetention> bounds) {
        return new Retention(maxEvents, maxBytes, maxAge, bounds);
    }

    /** {@return the narrower bounds of updates to this audience, or null if there are none} */
    public @Nullable TopicRetention of(Audience audience) {
        if (audience instanceof Audience.Topics named) {
            for (int i = 0; i < topics.size(); i++) {
                if (topics.get(i).topics().matches(named.names().get(0))) {
                    return topics.get(i);
                }
            }
        }
        return null;
    }
}
