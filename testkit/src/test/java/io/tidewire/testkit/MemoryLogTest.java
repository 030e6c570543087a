package io.tidewire.testkit;

import io.tidewire.log.EventLog;
import io.tidewire.log.MemoryLog;
import io.tidewire.log.Retention;
import java.time.InstantSource;
import java.util.Random;

final class MemoryLogTest extends EventLogContract {
    private static final long SEED = 7; // of the epoch only: ids look the same in every run

    @Override
    protected EventLog open(Retention retention, InstantSource clock) {
        return new MemoryLog(retention, clock, new Random(SEED));
    }
}
