package io.tidewire.hub;

import java.util.concurrent.atomic.AtomicLongArray;

/** Counters with one writer, the shard's thread, and any number of readers: no contended cache line, no locked add. */
@SuppressWarnings("EnumOrdinal") // an index within this process, never stored nor sent
final class ShardCounters {
    private final AtomicLongArray counts = new AtomicLongArray(HubCounter.values().length);
    private final AtomicLongArray closed = new AtomicLongArray(CloseReason.values().length);

    void add(HubCounter counter, long amount) {
        int i = counter.ordinal();
        counts.lazySet(i, counts.getPlain(i) + amount);
    }

    void closed(CloseReason reason) {
        int i = reason.ordinal();
        closed.lazySet(i, closed.getPlain(i) + 1);
    }

    long get(HubCounter counter) {
        return counts.get(counter.ordinal());
    }

    long getClosed(CloseReason reason) {
        return closed.get(reason.ordinal());
    }
}
