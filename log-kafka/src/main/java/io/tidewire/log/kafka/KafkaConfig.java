package io.tidewire.log.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * How to reach Kafka, and which topic is the log. Immutable.
 *
 * <pre>{@code
 * KafkaConfig config = KafkaConfig.of("kafka-1:9092,kafka-2:9092")
 *         .withNewTopic(8, 3)
 *         .withClientProperties(Map.of("security.protocol", "SASL_SSL", "sasl.mechanism", "SCRAM-SHA-512", "sasl.jaas.config", jaas));
 * }</pre>
 *
 * @param bootstrapServers {@code host:port} of one or more brokers, with commas between
 * @param topic the Kafka topic that is the log
 * @param partitions how many partitions it gets if it has to be created
 * @param replicationFactor on how many brokers each partition is kept if it has to be created
 * @param clientProperties more properties of Kafka's clients, such as {@code security.*}, {@code ssl.*}, {@code sasl.*}; their
 *     values are never logged
 * @param connectTimeout how long {@link KafkaStore#connect} waits for an answer of the brokers; reading a long history may take longer
 * @param deliveryTimeout after which an append fails that the brokers have not confirmed
 * @param maxRecordBytes most bytes of one Kafka record, that is of the part of a batch that goes to one partition; a topic that
 *     allows less counts instead
 * @param cacheBytes how much of the newest history is kept in memory, in bytes; older events are read from the brokers
 * @param bridges existing Kafka topics to serve as events
 */
public record KafkaConfig(
        String bootstrapServers,
        String topic,
        int partitions,
        int replicationFactor,
        Map<String, String> clientProperties,
        Duration connectTimeout,
        Duration deliveryTimeout,
        int maxRecordBytes,
        long cacheBytes,
        List<Bridge> bridges) {

    /** A shorter one fails appends that a busy broker would have confirmed. */
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(100);

    private static final Duration MAX_TIMEOUT = Duration.ofHours(1);

    private static final int MIN_RECORD_BYTES = 64 << 10;
    private static final int MAX_RECORD_BYTES = 256 << 20;

    /** What decides about the semantics is ours; only what decides about the connection is left to be chosen. */
    private static final Set<String> OURS = Set.of(
            "bootstrap.servers",
            "acks",
            "enable.idempotence",
            "transactional.id",
            "max.in.flight.requests.per.connection",
            "retries",
            "delivery.timeout.ms",
            "max.block.ms",
            "max.request.size",
            "key.serializer",
            "value.serializer",
            "key.deserializer",
            "value.deserializer",
            "interceptor.classes",
            "group.id",
            "enable.auto.commit",
            "auto.offset.reset",
            "isolation.level",
            "allow.auto.create.topics");

    /**
     * Checks every setting.
     *
     * @throws IllegalArgumentException naming the setting, its value (but of no client property) and the rule
     */
    public KafkaConfig {
        if (bootstrapServers.isBlank()) {
            throw new IllegalArgumentException("kafka.servers: empty (expected: host:port, with commas between)");
        }
        Bridge.requireKafkaTopic("kafka.topic", topic);
        requireAtLeastOne("kafka.partitions", partitions);
        requireAtLeastOne("kafka.replication-factor", replicationFactor);
        requireTimeout("kafka.connect-timeout", connectTimeout);
        requireTimeout("kafka.delivery-timeout", deliveryTimeout);
        if (maxRecordBytes < MIN_RECORD_BYTES || maxRecordBytes > MAX_RECORD_BYTES) {
            throw new IllegalArgumentException("kafka.max-record-bytes: " + maxRecordBytes + " (expected: "
                    + MIN_RECORD_BYTES + " to " + MAX_RECORD_BYTES + ")");
        }
        if (cacheBytes < 0) {
            throw new IllegalArgumentException("kafka.cache-bytes: " + cacheBytes + " (expected: 0 or more)");
        }
        clientProperties = Map.copyOf(clientProperties);
        for (String name : clientProperties.keySet()) {
            if (OURS.contains(name)) {
                throw new IllegalArgumentException("kafka.properties: " + name
                        + " (expected: none that the log's promises hang on; leave it out)");
            }
        }
        bridges = List.copyOf(bridges);
        requireApart(topic, bridges);
    }

    private static void requireAtLeastOne(String setting, int value) {
        if (value < 1 || value > Short.MAX_VALUE) {
            throw new IllegalArgumentException(setting + ": " + value + " (expected: 1 to " + Short.MAX_VALUE + ")");
        }
    }

    private static void requireTimeout(String setting, Duration value) {
        if (value.compareTo(MIN_TIMEOUT) < 0 || value.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException(
                    setting + ": " + value + " (expected: " + MIN_TIMEOUT + " to " + MAX_TIMEOUT + ")");
        }
    }

    private static void requireApart(String topic, List<Bridge> bridges) {
        Set<String> topics = new HashSet<>(List.of(topic, topic + KafkaBus.SUFFIX));
        List<Bridge> seen = new ArrayList<>();
        for (Bridge bridge : bridges) {
            if (!topics.add(bridge.kafkaTopic())) {
                throw new IllegalArgumentException("kafka.bridge: " + bridge.kafkaTopic()
                        + " (expected: each Kafka topic once, and not the log's own)");
            }
            for (Bridge other : seen) {
                if (other.owns(bridge.topicPrefix()) || bridge.owns(other.topicPrefix())) {
                    throw new IllegalArgumentException("kafka.bridge: " + bridge.topicPrefix()
                            + " (expected: no prefix within another, such as " + other.topicPrefix() + ")");
                }
            }
            seen.add(bridge);
        }
    }

    /**
     * {@return the topic {@code tidewire} on these brokers; created, if need be, with 8 partitions and one replica; 10 s for both
     * timeouts, records of up to 16 MiB, 32 MiB of cache}
     */
    public static KafkaConfig of(String bootstrapServers) {
        return new KafkaConfig(
                bootstrapServers,
                "tidewire",
                8,
                1,
                Map.of(),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                16 << 20,
                32L << 20,
                List.of());
    }

    /** {@return a copy with another topic} */
    public KafkaConfig withTopic(String name) {
        return new KafkaConfig(
                bootstrapServers,
                name,
                partitions,
                replicationFactor,
                clientProperties,
                connectTimeout,
                deliveryTimeout,
                maxRecordBytes,
                cacheBytes,
                bridges);
    }

    /** {@return a copy that creates the topic so, if it is not there} */
    public KafkaConfig withNewTopic(int partitionCount, int replicas) {
        return new KafkaConfig(
                bootstrapServers,
                topic,
                partitionCount,
                replicas,
                clientProperties,
                connectTimeout,
                deliveryTimeout,
                maxRecordBytes,
                cacheBytes,
                bridges);
    }

    /** {@return a copy with these properties for Kafka's clients} */
    public KafkaConfig withClientProperties(Map<String, String> properties) {
        return new KafkaConfig(
                bootstrapServers,
                topic,
                partitions,
                replicationFactor,
                properties,
                connectTimeout,
                deliveryTimeout,
                maxRecordBytes,
                cacheBytes,
                bridges);
    }

    /** {@return a copy with other timeouts} */
    public KafkaConfig withTimeouts(Duration connect, Duration delivery) {
        return new KafkaConfig(
                bootstrapServers,
                topic,
                partitions,
                replicationFactor,
                clientProperties,
                connect,
                delivery,
                maxRecordBytes,
                cacheBytes,
                bridges);
    }

    /** {@return a copy with another bound of a record and of the cache} */
    public KafkaConfig withBytes(int perRecord, long cached) {
        return new KafkaConfig(
                bootstrapServers,
                topic,
                partitions,
                replicationFactor,
                clientProperties,
                connectTimeout,
                deliveryTimeout,
                perRecord,
                cached,
                bridges);
    }

    /** {@return a copy with these bridges} */
    public KafkaConfig withBridges(List<Bridge> served) {
        return new KafkaConfig(
                bootstrapServers,
                topic,
                partitions,
                replicationFactor,
                clientProperties,
                connectTimeout,
                deliveryTimeout,
                maxRecordBytes,
                cacheBytes,
                served);
    }

    /** {@return the settings, but of the client properties their names only: their values are secrets} */
    @Override
    public String toString() {
        return "KafkaConfig[bootstrapServers=" + bootstrapServers + ", topic=" + topic + ", partitions=" + partitions
                + ", replicationFactor=" + replicationFactor + ", clientProperties="
                + new TreeSet<>(clientProperties.keySet()) + ", connectTimeout=" + connectTimeout
                + ", deliveryTimeout=" + deliveryTimeout + ", maxRecordBytes=" + maxRecordBytes + ", cacheBytes="
                + cacheBytes + ", bridges=" + bridges + "]";
    }
}
