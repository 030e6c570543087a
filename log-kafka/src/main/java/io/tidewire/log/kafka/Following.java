package io.tidewire.log.kafka;

import io.tidewire.log.Follower;
import io.tidewire.log.LogEntry;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One follower, and what to do if it breaks its promise. Called by the follow thread only. */
record Following(Follower follower) {
    private static final Logger LOG = LoggerFactory.getLogger(Following.class);

    void hand(List<LogEntry> entries) {
        guarded(() -> follower.entries(entries));
    }

    void cutOff(Place from) {
        guarded(() -> follower.cutOff(from));
    }

    private static void guarded(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.error("A follower of the log threw, which it must not: it has lost what it was handed; mend it", e);
        }
    }
}
