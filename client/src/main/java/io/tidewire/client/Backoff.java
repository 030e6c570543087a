package io.tidewire.client;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** Counts failures and says how long to wait. Owned by the source's thread. */
final class Backoff {

    /** 24 hours: what a server may ask for; a slip of its pen must not take a client away for good. */
    static final Duration MAX_WAIT = Duration.ofHours(24);

    // 2^30 times a millisecond is beyond MAX_WAIT already.
    private static final int MAX_DOUBLINGS = 30;

    private final RetryPolicy policy;
    private final DoubleSupplier random;
    private @Nullable Duration reconnectionTime;
    private int failures;

    /**
     * A count of none.
     *
     * @param random 0 (inclusive) to 1 (exclusive)
     */
    Backoff(RetryPolicy policy, DoubleSupplier random) {
        this.policy = policy;
        this.random = random;
    }

    /** The server's {@code retry:}; holds until the next. */
    void reconnectionTime(Duration time) {
        reconnectionTime = time.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : time;
    }

    /** A connection lasted as long as that before it ended. */
    void lasted(Duration time) {
        if (time.compareTo(policy.resetAfter()) >= 0) {
            failures = 0;
        }
    }

    /** The server ended the stream by itself and had said when to come back: that is not a failure. */
    void endedAsAnnounced() {
        failures = 0;
    }

    /** Counts a failure; {@return whether another attempt is allowed} */
    boolean fail() {
        failures++;
        return failures < policy.maxAttempts();
    }

    int failures() {
        return failures;
    }

    /** {@return how long to wait before the next attempt, after {@link #fail()}} */
    Duration next(Duration retryAfter) {
        Duration server = reconnectionTime;
        Duration floor = server == null || retryAfter.compareTo(server) > 0 ? retryAfter : server;
        long floorNanos = Math.min(floor.toNanos(), MAX_WAIT.toNanos());
        long baseNanos = Math.max(grownNanos(server), floorNanos);
        // Below the base if the floor leaves room, above the floor if not: the spread is as wide either way, since a
        // thousand clients that were all told "in 3 s" must not come back in the same instant.
        double lowNanos = Math.max((double) floorNanos, baseNanos * (1 - policy.jitter()));
        double highNanos = Math.max((double) baseNanos, lowNanos * (1 + policy.jitter()));
        return Duration.ofNanos((long) Math.ceil(lowNanos + random.getAsDouble() * (highNanos - lowNanos)));
    }

    private long grownNanos(@Nullable Duration server) {
        int doublings = Math.min(MAX_DOUBLINGS, Math.max(0, failures - 1));
        if (doublings == 0) {
            return (server == null ? policy.initial() : server).toNanos();
        }
        // From the second failure on our own growth counts too: a server that said "retry: 0" must not be hammered.
        long initialNanos = policy.initial().toNanos();
        long startNanos = server == null ? initialNanos : Math.max(initialNanos, server.toNanos());
        long maxNanos = policy.max().toNanos();
        return startNanos >= maxNanos >> doublings ? maxNanos : startNanos << doublings;
    }
}
