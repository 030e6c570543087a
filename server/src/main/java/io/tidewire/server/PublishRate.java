package io.tidewire.server;

import java.time.InstantSource;

/** How many publishes are taken per second, by all publishers together. Safe for any thread. */
final class PublishRate {
    private static final long SECOND_MILLIS = 1000;

    private final int perSecond;
    private final InstantSource clock;
    // Guarded by this.
    private long secondStartMillis;
    private int taken;

    PublishRate(int perSecond, InstantSource clock) {
        this.perSecond = perSecond;
        this.clock = clock;
    }

    /** Takes one; throws a 429 if this second has none left. */
    void take() {
        if (perSecond > 0 && !tryTake()) {
            throw Problem.tooMany(
                    "publish: more than " + perSecond + " per second (expected: at most that, "
                            + "limits.publishes-per-second)",
                    1);
        }
    }

    private synchronized boolean tryTake() {
        long now = clock.millis();
        if (now - secondStartMillis >= SECOND_MILLIS || now < secondStartMillis) {
            secondStartMillis = now;
            taken = 0;
        }
        return taken++ < perSecond;
    }
}
