package io.tidewire.log.kafka;

import io.tidewire.log.LogException;
import io.tidewire.log.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the topics, or creates the log's own, and checks that they can hold a log. Used by one thread, while it connects. */
final class TopicSetup {
    private static final Logger LOG = LoggerFactory.getLogger(TopicSetup.class);

    /** Keyed appends must be remembered for a day after the oldest event that is kept; an hour is for clocks that differ. */
    private static final Duration KEYS = Duration.ofHours(25);

    /** What is deleted must be older than what is kept, and Kafka deletes by the file. */
    private static final long SPARE_BYTES = 1L << 30;

    private static final long MIN_SEGMENT_BYTES = 16 << 20;
    private static final long MAX_SEGMENT_BYTES = 1 << 30;

    /** Longer is for ever. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    /** A topic just created is not known to every broker at once. */
    private static final long PAUSE_NANOS = 20_000_000;

    private static final int ATTEMPTS = 250;
    private static final String MAX_MESSAGE_BYTES = "max.message.bytes";

    private final KafkaConfig config;
    private final Admin admin;

    TopicSetup(KafkaConfig config, Admin admin) {
        this.config = config;
        this.admin = admin;
    }

    /** {@return the log's own topic, which is created if it is not there, and the bridged ones, which must be there} */
    Layout prepare(Retention retention, int largestRequest) {
        List<Layout.Section> sections = new ArrayList<>();
        if (describe(config.topic()) == null) {
            create(new NewTopic(config.topic(), config.partitions(), (short) config.replicationFactor())
                    .configs(settings(retention, largestRequest)));
        }
        sections.add(section(config.topic(), null));
        for (Bridge bridge : config.bridges()) {
            if (describe(bridge.kafkaTopic()) == null) {
                throw new IllegalArgumentException("kafka.bridge: " + bridge.kafkaTopic()
                        + " (expected: a topic that exists; create it, or leave the bridge out)");
            }
            sections.add(section(bridge.kafkaTopic(), bridge));
        }
        return new Layout(sections);
    }

    /** Creates a topic unless somebody has done so meanwhile, and waits until it is known. */
    void create(NewTopic topic) {
        try {
            await(admin.createTopics(List.of(topic)).all());
            LOG.info("Created the Kafka topic {} with {} partitions", topic.name(), topic.numPartitions());
        } catch (TopicExistsException e) {
            LOG.debug("Another hub was quicker to create {}", topic.name(), e);
        }
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            TopicDescription description = describe(topic.name());
            if (description != null && description.partitions().stream().allMatch(one -> one.leader() != null)) {
                return;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        throw new LogException.Unavailable("Kafka created the topic " + topic.name()
                + " but names no leader for its partitions: look after the brokers' health");
    }

    private Layout.Section section(String topic, @Nullable Bridge bridge) {
        TopicDescription description = describe(topic);
        if (description == null) {
            throw new LogException.Unavailable(
                    "The Kafka topic " + topic + " vanished while it was looked at: try again");
        }
        return new Layout.Section(
                topic, description.topicId(), description.partitions().size(), bridge);
    }

    @Nullable
    TopicDescription describe(String topic) {
        try {
            return await(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic);
        } catch (UnknownTopicOrPartitionException e) {
            return null;
        }
    }

    private static Map<String, String> settings(Retention retention, int largestRequest) {
        Map<String, String> settings = new HashMap<>();
        boolean forEver = retention.maxAge().compareTo(LONGEST) > 0;
        settings.put(
                "retention.ms",
                forEver ? "-1" : Long.toString(retention.maxAge().plus(KEYS).toMillis()));
        boolean endless = retention.maxBytes() > (Long.MAX_VALUE - SPARE_BYTES) / 2;
        long bytes = 2 * retention.maxBytes() + SPARE_BYTES;
        settings.put("retention.bytes", endless ? "-1" : Long.toString(bytes));
        long segment =
                endless ? MAX_SEGMENT_BYTES : Math.max(MIN_SEGMENT_BYTES, Math.min(MAX_SEGMENT_BYTES, bytes / 8));
        settings.put("segment.bytes", Long.toString(segment));
        settings.put("cleanup.policy", "delete");
        settings.put("message.timestamp.type", "CreateTime");
        settings.put(MAX_MESSAGE_BYTES, Integer.toString(largestRequest));
        return settings;
    }

    /**
     * {@return the most bytes of a record's value that the log's topic takes}
     *
     * @throws IllegalArgumentException if the topic cannot hold a log
     */
    int requireFitting(Retention retention, int largestRequest) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, config.topic());
        Config settings;
        try {
            settings =
                    await(admin.describeConfigs(List.of(resource)).all()).getOrDefault(resource, new Config(List.of()));
        } catch (AuthorizationException e) {
            LOG.warn(
                    "The settings of {} may not be read: allow DescribeConfigs on it to have them checked",
                    config.topic());
            return config.maxRecordBytes();
        }
        String cleanup = value(settings, "cleanup.policy", "delete");
        if (cleanup.contains("compact")) {
            throw new IllegalArgumentException("kafka.topic: " + config.topic() + " has cleanup.policy=" + cleanup
                    + " (expected: delete; compaction would take events out of the middle)");
        }
        String time = value(settings, "message.timestamp.type", "CreateTime");
        if (!time.equals("CreateTime")) {
            throw new IllegalArgumentException("kafka.topic: " + config.topic() + " has message.timestamp.type=" + time
                    + " (expected: CreateTime)");
        }
        long retentionMillis = Long.parseLong(value(settings, "retention.ms", "-1"));
        if (retentionMillis >= 0 && retentionMillis < Timeline.millisOf(retention.maxAge())) {
            LOG.warn(
                    "Kafka deletes from {} after {}, which is less than history.age {}: raise the topic's retention.ms",
                    config.topic(),
                    Duration.ofMillis(retentionMillis),
                    retention.maxAge());
        }
        int overhead = largestRequest - config.maxRecordBytes();
        int allowed = Integer.parseInt(value(settings, MAX_MESSAGE_BYTES, Integer.toString(largestRequest)));
        return Math.min(config.maxRecordBytes(), allowed - overhead);
    }

    private static String value(Config settings, String name, String otherwise) {
        org.apache.kafka.clients.admin.ConfigEntry entry = settings.get(name);
        return entry == null || entry.value() == null ? otherwise : entry.value();
    }

    private <T> T await(KafkaFuture<T> future) {
        try {
            return future.get(config.connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failure(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw failure(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogException.Unavailable("Connecting to Kafka was interrupted", e);
        }
    }

    private RuntimeException failure(Throwable cause) {
        if (cause instanceof TopicExistsException exists) {
            return exists;
        }
        if (cause instanceof UnknownTopicOrPartitionException unknown) {
            return unknown;
        }
        return translate(config, cause);
    }

    /** {@return what a failure of a client means to whoever runs the hub} */
    static LogException translate(KafkaConfig config, Throwable cause) {
        if (cause instanceof AuthenticationException) {
            return new LogException.Unavailable(
                    "Kafka at " + config.bootstrapServers() + " does not accept who we are (" + cause.getMessage()
                            + "): check security.protocol, sasl.* and ssl.* among the client properties",
                    cause);
        }
        if (cause instanceof AuthorizationException) {
            return new LogException.Unavailable(
                    "Kafka at " + config.bootstrapServers() + " does not allow it (" + cause.getMessage()
                            + "): allow Create, Describe, Read and Write on " + config.topic() + " and "
                            + config.topic() + KafkaBus.SUFFIX + ", and Describe and Read on bridged topics",
                    cause);
        }
        return new LogException.Unavailable(
                "Kafka at " + config.bootstrapServers() + " did not do what it was asked (" + cause
                        + "): check that the brokers are up and can be reached under the names that they advertise",
                cause);
    }
}
