package io.tidewire.server;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** The values of the {@link HookCounter}s of one hook. Safe for any thread. */
final class HookCounts {
    private final Map<HookCounter, LongAdder> values = new EnumMap<>(HookCounter.class);

    HookCounts() {
        for (HookCounter counter : HookCounter.values()) {
            values.put(counter, new LongAdder());
        }
    }

    void add(HookCounter counter, long more) {
        Objects.requireNonNull(values.get(counter)).add(more);
    }

    long get(HookCounter counter) {
        return Objects.requireNonNull(values.get(counter)).sum();
    }
}
