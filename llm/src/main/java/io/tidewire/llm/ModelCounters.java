package io.tidewire.llm;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counts for {@link ModelStats}; any thread. */
final class ModelCounters {
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong open = new AtomicLong();
    private final AtomicLong cancelled = new AtomicLong();
    private final AtomicLong connections = new AtomicLong();

    /** Counted by every loop, for every token. */
    private final LongAdder tokens = new LongAdder();

    /** {@return the number of this request, from 1} */
    long request() {
        return requests.incrementAndGet();
    }

    void connection() {
        connections.incrementAndGet();
    }

    void opened() {
        open.incrementAndGet();
    }

    void ended(boolean byItsClient) {
        if (byItsClient) {
            cancelled.incrementAndGet();
        }
        open.decrementAndGet();
    }

    void tokens(int count) {
        tokens.add(count);
    }

    ModelStats stats() {
        return new ModelStats(requests.get(), open.get(), cancelled.get(), tokens.sum(), connections.get());
    }
}
