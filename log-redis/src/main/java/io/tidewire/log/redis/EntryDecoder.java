package io.tidewire.log.redis;

import io.tidewire.log.LogEntry;
import io.tidewire.log.UpdateCodec;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Entries out of what Redis has. Safe for any thread. */
final class EntryDecoder {
    private static final Logger LOG = LoggerFactory.getLogger(EntryDecoder.class);

    private final UpdateCodec codec = new UpdateCodec();
    private final AtomicBoolean told = new AtomicBoolean();

    /** {@return the entry, or null if it cannot be read: one such entry must not stop all who come after it} */
    @Nullable
    LogEntry decode(StreamPosition position, long timeMillis, byte[] update) {
        try {
            return new LogEntry(position, codec.decode(update), timeMillis);
        } catch (IllegalArgumentException e) {
            if (told.compareAndSet(false, true)) {
                LOG.error(
                        "Event {} in Redis cannot be read and is left out, and so are others like it. If a later Tidewire"
                                + " writes to the same Redis, bring this one up to its version",
                        position.token(),
                        e);
            }
            return null;
        }
    }
}
