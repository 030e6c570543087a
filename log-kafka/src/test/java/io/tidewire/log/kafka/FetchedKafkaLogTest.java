package io.tidewire.log.kafka;

import io.tidewire.log.EventLog;
import io.tidewire.log.Retention;
import io.tidewire.testkit.EventLogContract;
import java.time.InstantSource;
import java.util.UUID;

/** The whole contract without a cache: every event that is read comes back from the broker. */
final class FetchedKafkaLogTest extends EventLogContract {
    @Override
    protected EventLog open(Retention retention, InstantSource clock) {
        KafkaConfig config = Broker.shared().config("u-" + UUID.randomUUID(), 1).withBytes(4 << 20, 0);
        return KafkaStore.connect(config, retention, clock).log();
    }
}
