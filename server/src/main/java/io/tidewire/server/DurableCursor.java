package io.tidewire.server;

import java.time.Instant;
import java.time.InstantSource;

/**
 * What keeps a cache between us and many readers from giving an old answer for ever, and lets it ask once for all of them: a number that grows with
 * time, and is part of the next request's URL (Durable Streams, section 8.1).
 */
final class DurableCursor {
    /** 9 October 2024, as the protocol has it. */
    private static final long EPOCH_SECONDS =
            Instant.parse("2024-10-09T00:00:00Z").getEpochSecond();

    private static final long INTERVAL_SECONDS = 20;
    private static final int MAX_DIGITS = 15;

    private final InstantSource clock;

    DurableCursor(InstantSource clock) {
        this.clock = clock;
    }

    /** {@return the number of this interval; greater than the client's, even if that is ahead} */
    long next(String client) {
        long now = (clock.instant().getEpochSecond() - EPOCH_SECONDS) / INTERVAL_SECONDS;
        boolean isNumber = !client.isEmpty()
                && client.length() <= MAX_DIGITS
                && client.chars().allMatch(c -> c >= '0' && c <= '9');
        return isNumber ? Math.max(now, Long.parseLong(client) + 1) : now;
    }
}
