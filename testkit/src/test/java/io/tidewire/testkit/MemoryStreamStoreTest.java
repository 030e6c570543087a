package io.tidewire.testkit;

import io.tidewire.stream.MemoryStreamStore;
import io.tidewire.stream.StreamLimits;
import io.tidewire.stream.StreamStore;
import java.time.InstantSource;

/** Here, as the test kit needs the module of the store. */
final class MemoryStreamStoreTest extends StreamStoreContract {
    @Override
    protected StreamStore open(StreamLimits limits, InstantSource clock) {
        return new MemoryStreamStore(limits, clock);
    }
}
