package io.tidewire.log.kafka;

import io.tidewire.log.EventLog;
import io.tidewire.log.LogException;
import io.tidewire.log.MessageBus;
import io.tidewire.log.Retention;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * A log that many hubs share, in a Kafka topic, and a bus between the hubs.
 *
 * <p>Events of one topic stay in their order; those of different topics may come in different orders on different hubs, unless the Kafka
 * topic has one partition only. Safe for any thread.
 *
 * <pre>{@code
 * KafkaConfig config = KafkaConfig.of("kafka-1:9092").withNewTopic(8, 3);
 * try (KafkaStore store = KafkaStore.connect(config, Retention.defaults(), InstantSource.system())) {
 *     EventLog log = store.log();
 * }
 * }</pre>
 */
public final class KafkaStore implements AutoCloseable {
    private final KafkaConfig config;
    private final KafkaLog log;
    private @Nullable KafkaBus bus; // guarded by this

    private KafkaStore(KafkaConfig config, KafkaLog log) {
        this.config = config;
        this.log = log;
    }

    /**
     * Connects, creates the topic if it is not there, and reads the history that is kept. Blocks until that is done: with a long history
     * some time, of which the log tells every few seconds.
     *
     * @param retention how much is kept; the same on all hubs of one topic
     * @param clock of the events' times
     * @throws LogException.Unavailable if the brokers cannot be reached or do not allow it
     * @throws IllegalArgumentException if the topic cannot hold a log: compacted, too many partitions
     */
    public static KafkaStore connect(KafkaConfig config, Retention retention, InstantSource clock) {
        return new KafkaStore(config, new Opening(config, retention, clock).open());
    }

    /** {@return the log; the same one each time} */
    public EventLog log() {
        return log;
    }

    /**
     * {@return the bus between the hubs; the same one each time} The first call connects it, and blocks until then.
     *
     * @throws LogException.Unavailable if that is not possible
     */
    public synchronized MessageBus bus() {
        KafkaBus opened = bus;
        if (opened == null) {
            opened = KafkaBus.connect(config);
            bus = opened;
        }
        return opened;
    }

    /**
     * {@return how many records of the log's topic and of bridged ones were passed over since the start because they are no events: no
     * text, too large} The first of each Kafka topic is told in the log.
     */
    public long skippedRecords() {
        return log.skippedRecords();
    }

    /** Closes both. Acknowledged events stay. */
    @Override
    public synchronized void close() {
        if (bus != null) {
            bus.close();
        }
        log.close();
    }
}
