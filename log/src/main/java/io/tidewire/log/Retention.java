package io.tidewire.log;

import java.time.Duration;

/**
 * How much history a log keeps; the first bound that is reached cuts.
 *
 * @param maxEvents most entries
 * @param maxBytes most bytes, as the log counts them
 * @param maxAge how old an entry may become
 */
public record Retention(int maxEvents, long maxBytes, Duration maxAge) {

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
    }

    /** {@return 100,000 events, 64 MiB, one day} */
    public static Retention defaults() {
        return new Retention(100_000, 64L << 20, Duration.ofDays(1));
    }
}
