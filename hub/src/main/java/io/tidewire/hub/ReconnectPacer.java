package io.tidewire.hub;

import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * Spreads connections that would come all at once (B12, S10): admits so many per second, tells the others when to come,
 * and stretches the reconnection time that it tells while many come. Safe for any thread.
 */
final class ReconnectPacer {
    /** Above so many new connections in a second, without a configured limit, the reconnection time is stretched. */
    private static final int BUSY_PER_SECOND = 1000;

    private static final long SECOND_MILLIS = 1000;

    /** Clients' clocks and networks differ by about this anyway. */
    private static final int MAX_JITTER_MILLIS = 250;

    private final int perSecond;
    private final long retryMillis;
    private final InstantSource clock;
    private final RandomGenerator random;
    // Guarded by this: the second being counted, what came in it, and the time until which the admitted places are
    // given away.
    private long secondStartMillis;
    private int cameThisSecond;
    private int cameLastSecond;
    private long bookedUntilMicros;

    ReconnectPacer(HubConfig config, InstantSource clock, RandomGenerator random) {
        this.perSecond = config.reconnectsPerSecond();
        this.retryMillis = config.retry().toMillis();
        this.clock = clock;
        this.random = random;
    }

    /** {@return nothing if one more may connect now, else after how many milliseconds it should come back} */
    synchronized OptionalLong admit() {
        long now = clock.millis();
        count(now);
        if (perSecond == 0 || cameThisSecond < perSecond) {
            cameThisSecond++;
            return OptionalLong.empty();
        }
        // Each refused one gets a place of its own in the seconds to come, so that they do not meet again.
        long nextSecondMicros = (secondStartMillis + SECOND_MILLIS) * 1000;
        bookedUntilMicros = Math.max(bookedUntilMicros, nextSecondMicros) + 1_000_000L / perSecond;
        return OptionalLong.of(bookedUntilMicros / 1000 - now + random.nextInt(MAX_JITTER_MILLIS));
    }

    /** {@return the reconnection time to tell now: jittered by a fifth, stretched in proportion to the rush} */
    synchronized long retryMillis() {
        count(clock.millis());
        int limit = perSecond == 0 ? BUSY_PER_SECOND : perSecond;
        int rush = Math.max(1, Math.max(cameThisSecond, cameLastSecond) / limit);
        long stretched = retryMillis * rush;
        long spread = stretched * 2 / 5;
        return stretched - spread / 2 + (spread > 0 ? random.nextLong(spread + 1) : 0);
    }

    private void count(long nowMillis) {
        if (nowMillis - secondStartMillis >= SECOND_MILLIS || nowMillis < secondStartMillis) {
            cameLastSecond = nowMillis - secondStartMillis < 2 * SECOND_MILLIS ? cameThisSecond : 0;
            cameThisSecond = 0;
            secondStartMillis = nowMillis;
        }
    }
}
