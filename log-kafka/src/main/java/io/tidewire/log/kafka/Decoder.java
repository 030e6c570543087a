package io.tidewire.log.kafka;

import io.tidewire.log.Append;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads records of all our topics. What is no event is passed over and counted, and told once for each topic. Safe for any thread. */
final class Decoder {
    private static final Logger LOG = LoggerFactory.getLogger(Decoder.class);

    private final Layout layout;
    private final RecordFormat own = new RecordFormat();
    private final BridgeFormat bridged;
    private final Set<String> warned = ConcurrentHashMap.newKeySet();
    private final AtomicLong skipped = new AtomicLong();

    Decoder(Layout layout, int maxBytes) {
        this.layout = layout;
        this.bridged = new BridgeFormat(maxBytes);
    }

    /** {@return the appends that the record carries; none if it is no event} */
    List<Append> read(int slot, ConsumerRecord<byte[], byte[]> record) {
        Bridge bridge = layout.bridge(slot);
        try {
            return bridge == null ? own.read(record) : List.of(Append.of(bridged.read(bridge, record)));
        } catch (IllegalArgumentException e) {
            skipped.incrementAndGet();
            if (warned.add(record.topic())) {
                LOG.warn(
                        "A record of the Kafka topic {} is no event and is passed over, and so will be all like it,"
                                + " without another word: partition {}, offset {}, {}",
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        e.getMessage());
            }
            return List.of();
        }
    }

    /** {@return how many records were passed over} */
    long skipped() {
        return skipped.get();
    }
}
