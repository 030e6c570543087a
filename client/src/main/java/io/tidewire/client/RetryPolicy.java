package io.tidewire.client;

import java.time.Duration;

/**
 * When to connect again after a connection failed or was cut. Immutable.
 *
 * <p>The wait doubles from {@code initial} to {@code max} with each failure in a row and is then spread by {@code jitter}. What the
 * server said is a floor: no wait is shorter than its {@code retry:} or, for the one attempt after it, its
 * {@code Retry-After} (both up to 24 hours); the spread then lies above the floor. A server's {@code retry:} also takes
 * the place of {@code initial}.
 *
 * <pre>{@code
 * EventSource.builder(uri).retry(RetryPolicy.defaults().withMax(Duration.ofMinutes(2)).withMaxAttempts(20));
 * }</pre>
 *
 * @param initial the first wait, 1 ms or more; 1 s by default
 * @param max the longest wait of our own choice, {@code initial} or more; 30 s by default
 * @param jitter the share of a wait that is left to chance, 0 to 1; 0.5 by default: a wait of 30 s is 15 to 30 s
 * @param resetAfter how long a connection must have been open for the count of failures to begin anew; 10 s by default
 * @param maxAttempts how many connections in a row may fail, counting the one that was cut; 1 never reconnects; without
 *     bound by default
 */
public record RetryPolicy(Duration initial, Duration max, double jitter, Duration resetAfter, int maxAttempts) {

    private static final RetryPolicy DEFAULTS = new RetryPolicy(
            Duration.ofSeconds(1), Duration.ofSeconds(30), 0.5, Duration.ofSeconds(10), Integer.MAX_VALUE);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if one is outside
     */
    public RetryPolicy {
        require("initial", initial.toMillis() >= 1, initial, "1 ms or more");
        require("max", max.compareTo(initial) >= 0, max, "no less than initial, " + initial);
        require("max", max.compareTo(Backoff.MAX_WAIT) <= 0, max, "at most " + Backoff.MAX_WAIT);
        require("jitter", jitter >= 0 && jitter <= 1, jitter, "0 to 1");
        require("resetAfter", !resetAfter.isNegative(), resetAfter, "zero or more");
        require("maxAttempts", maxAttempts >= 1, maxAttempts, "1 or more");
    }

    /** {@return 1 s to 30 s, half of it left to chance, anew after 10 s, without end} */
    public static RetryPolicy defaults() {
        return DEFAULTS;
    }

    /** {@return this with another first wait} */
    public RetryPolicy withInitial(Duration value) {
        return new RetryPolicy(value, max, jitter, resetAfter, maxAttempts);
    }

    /** {@return this with another longest wait} */
    public RetryPolicy withMax(Duration value) {
        return new RetryPolicy(initial, value, jitter, resetAfter, maxAttempts);
    }

    /** {@return this with another share left to chance} */
    public RetryPolicy withJitter(double value) {
        return new RetryPolicy(initial, max, value, resetAfter, maxAttempts);
    }

    /** {@return this with another time after which a connection counts as good} */
    public RetryPolicy withResetAfter(Duration value) {
        return new RetryPolicy(initial, max, jitter, value, maxAttempts);
    }

    /** {@return this with another number of failures in a row after which to give up} */
    public RetryPolicy withMaxAttempts(int value) {
        return new RetryPolicy(initial, max, jitter, resetAfter, value);
    }

    private static void require(String name, boolean holds, Object value, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + rule + ")");
        }
    }
}
