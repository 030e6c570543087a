package io.tidewire.log.kafka;

import io.tidewire.log.MessageBus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bus between the hubs: a topic with one partition, of which each hub reads what comes after its own start. */
final class KafkaBus implements MessageBus {
    /** What its topic is called after the log's. */
    static final String SUFFIX = "-hubs";

    private static final Logger LOG = LoggerFactory.getLogger(KafkaBus.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final long PAUSE_NANOS = 1_000_000_000;
    private static final long JOIN_MILLIS = 5000;

    /** Messages that wait for the producer; more are dropped, as those are that cannot be sent. */
    private static final int MAX_WAITING = 1000;

    private static final Map<String, String> SETTINGS = Map.of(
            "retention.ms", "60000",
            "segment.ms", "60000",
            "cleanup.policy", "delete",
            "message.timestamp.type", "LogAppendTime",
            "max.message.bytes", Integer.toString(MAX_BYTES * 2));

    private final TopicPartition partition;
    private final Producer<byte[], byte[]> producer;
    private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
    private final BlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(MAX_WAITING);
    private final List<Consumer<byte[]>> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean dropping = new AtomicBoolean();
    private final Thread sending = new Thread(this::sendAll, "tidewire-kafka-bus-send");
    private final Thread receiving = new Thread(this::receiveAll, "tidewire-kafka-bus");
    private volatile boolean closed;

    private KafkaBus(
            TopicPartition partition,
            Producer<byte[], byte[]> producer,
            org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer) {
        this.partition = partition;
        this.producer = producer;
        this.consumer = consumer;
        sending.setDaemon(true);
        receiving.setDaemon(true);
    }

    static KafkaBus connect(KafkaConfig config) {
        Clients clients = new Clients(config);
        String topic = config.topic() + SUFFIX;
        try (Admin admin = clients.admin()) {
            TopicSetup setup = new TopicSetup(config, admin);
            if (setup.describe(topic) == null) {
                setup.create(new NewTopic(topic, 1, (short) config.replicationFactor()).configs(SETTINGS));
            }
        }
        TopicPartition partition = new TopicPartition(topic, 0);
        org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer = clients.follower();
        try {
            consumer.assign(List.of(partition));
            consumer.seek(partition, consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L));
            KafkaBus bus = new KafkaBus(partition, clients.producer(), consumer);
            bus.sending.start();
            bus.receiving.start();
            return bus;
        } catch (KafkaException e) {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
            throw TopicSetup.translate(config, e);
        }
    }

    @Override
    public void send(byte[] message) {
        MessageBus.requireFits(message);
        if (!closed && !queue.offer(message.clone())) {
            dropped(null);
        }
    }

    private void sendAll() {
        try {
            while (!closed) {
                send(new ProducerRecord<>(partition.topic(), partition.partition(), null, queue.take()));
            }
        } catch (InterruptedException | InterruptException e) {
            LOG.debug("The bus ends", e);
        } finally {
            producer.close(Duration.ZERO);
        }
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        try {
            producer.send(record, (metadata, failure) -> {
                if (failure == null) {
                    dropping.set(false);
                } else {
                    dropped(failure);
                }
            });
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            dropped(e);
        }
    }

    private void dropped(@org.jspecify.annotations.Nullable Exception failure) {
        if (!closed && dropping.compareAndSet(false, true)) {
            LOG.warn(
                    "Messages to the other hubs are dropped until Kafka takes them again: look after {}",
                    partition,
                    failure);
        }
    }

    @Override
    public void listen(Consumer<byte[]> listener) {
        listeners.add(listener);
    }

    private void receiveAll() {
        try {
            while (!closed) {
                receive();
            }
        } finally {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    private void receive() {
        try {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                listeners.forEach(listener -> hand(listener, record.value()));
            }
        } catch (WakeupException | InterruptException e) {
            LOG.debug("The bus ends", e);
        } catch (OffsetOutOfRangeException e) {
            consumer.seekToEnd(List.of(partition)); // this hub was away for longer than messages are kept
        } catch (KafkaException e) {
            LOG.debug("The bus cannot be read now", e);
            if (!closed) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private static void hand(Consumer<byte[]> listener, byte[] message) {
        try {
            listener.accept(message);
        } catch (RuntimeException e) {
            LOG.error("A listener of the bus threw, which it must not: mend it; the bus goes on", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        listeners.clear();
        sending.interrupt();
        consumer.wakeup();
        try {
            sending.join(JOIN_MILLIS);
            receiving.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
