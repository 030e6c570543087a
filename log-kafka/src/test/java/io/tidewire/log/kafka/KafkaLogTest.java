package io.tidewire.log.kafka;

import io.tidewire.log.EventLog;
import io.tidewire.log.Retention;
import io.tidewire.testkit.EventLogContract;
import java.time.InstantSource;
import java.util.UUID;

/** The whole contract, with one partition: then there is one order of everything. */
final class KafkaLogTest extends EventLogContract {
    @Override
    protected EventLog open(Retention retention, InstantSource clock) {
        KafkaConfig config = Broker.shared().config("t-" + UUID.randomUUID(), 1);
        return KafkaStore.connect(config, retention, clock).log();
    }
}
