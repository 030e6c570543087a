package io.tidewire.client;

import io.tidewire.sse.DecoderLimits;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * How to treat what comes. Immutable.
 *
 * @param watchdog the silence after which to give a connection up; empty: as the server announces
 * @param dedupe how many ids to remember; 0: duplicates pass
 * @param controlEvents whether a Tidewire server's own events reach listeners too
 * @param stopOn the reasons of a {@code closing} event that are final
 */
record StreamOptions(
        DecoderLimits limits,
        Optional<Duration> watchdog,
        int dedupe,
        boolean controlEvents,
        Set<String> stopOn,
        Predicate<StreamEvent> endBefore,
        Predicate<StreamEvent> endAfter) {

    // 2 min: four times the usual keep-alive of 30 s, and longer than a language model thinks before its first word.
    private static final Duration UNANNOUNCED = Duration.ofMinutes(2);
    // The server's interval is jittered downwards only. One keep-alive may get lost in a proxy's buffer; two may not.
    private static final int MISSED_KEEP_ALIVES = 2;
    // 1 s for the way, which matters if the interval is very short.
    private static final Duration GRACE = Duration.ofSeconds(1);

    Duration firstSilence() {
        return watchdog.orElse(UNANNOUNCED);
    }

    Duration silenceFor(Duration keepAlive) {
        return watchdog.orElse(keepAlive.multipliedBy(MISSED_KEEP_ALIVES).plus(GRACE));
    }
}
