package io.tidewire.app;

import io.tidewire.log.EventLog;
import io.tidewire.log.LogException;
import io.tidewire.log.MessageBus;
import io.tidewire.log.Retention;
import io.tidewire.log.kafka.Bridge;
import io.tidewire.log.kafka.KafkaConfig;
import io.tidewire.log.kafka.KafkaStore;
import io.tidewire.log.redis.RedisConfig;
import io.tidewire.log.redis.RedisStore;
import io.tidewire.log.redis.RedisStreamStore;
import io.tidewire.log.sqlite.SqliteConfig;
import io.tidewire.log.sqlite.SqliteConfig.Durability;
import io.tidewire.log.sqlite.SqliteLog;
import io.tidewire.log.sqlite.SqliteStreamStore;
import io.tidewire.stream.MemoryStreamStore;
import io.tidewire.stream.StreamLimits;
import io.tidewire.stream.StreamStore;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Chooses and opens the history: in memory, in a directory, in Redis or in Kafka. */
final class StoreSetup {
    private static final String KAFKA = "kafka://";

    private final Settings settings;

    StoreSetup(Settings settings) {
        this.settings = settings;
    }

    /** A disk holds more than the memory does; what was set stays. */
    void addDefaults() {
        switch (kind()) {
            case SQLITE -> historyOtherwise("10000000", "10GiB", "30d", "--data");
            case REDIS -> historyOtherwise("1000000", "1GiB", "7d", "redis");
            case KAFKA -> historyOtherwise("1000000", "10GiB", "7d", "kafka");
            case MEMORY -> {}
        }
    }

    private void historyOtherwise(String events, String bytes, String age, String origin) {
        settings.otherwise(Setting.HISTORY_EVENTS, events, "default with " + origin);
        settings.otherwise(Setting.HISTORY_BYTES, bytes, "default with " + origin);
        settings.otherwise(Setting.HISTORY_AGE, age, "default with " + origin);
    }

    private enum Kind {
        MEMORY,
        SQLITE,
        REDIS,
        KAFKA
    }

    /**
     * An opened history.
     *
     * @param log the log, which the server closes; null if it is in memory, which the server makes by itself
     * @param streams where streams are kept, which the server closes
     * @param bus the way to the other hubs, which the server closes; null if there are none
     * @param close ends what is below, after the server
     * @param sentence what to tell about it
     */
    record Store(
            @Nullable EventLog log,
            StreamStore streams,
            @Nullable MessageBus bus,
            Runnable close,
            String sentence) {}

    private Kind kind() {
        String store = settings.text(Setting.STORE);
        boolean data = !settings.text(Setting.DATA).isEmpty();
        if (store.isEmpty()) {
            if (!settings.list(Setting.FROM_KAFKA).isEmpty()) {
                throw settings.wrong(Setting.FROM_KAFKA, "only with store: kafka://…, whose brokers have those topics");
            }
            return data ? Kind.SQLITE : Kind.MEMORY;
        }
        if (data) {
            throw settings.wrong(Setting.DATA, "not with store: history is here or there");
        }
        if (store.startsWith("redis")) {
            return Kind.REDIS;
        }
        if (store.startsWith(KAFKA)) {
            return Kind.KAFKA;
        }
        throw settings.wrong(
                Setting.STORE,
                "redis://host:port, rediss://…, redis-sentinel://host,host#master, several redis:// with commas for a "
                        + "cluster, or kafka://host:port,host:port");
    }

    /** Opens it. */
    Store open(Retention retention) {
        try {
            return switch (kind()) {
                case MEMORY ->
                    new Store(
                            null,
                            memoryStreams(),
                            null,
                            () -> {},
                            "in memory; it ends with this process (--data DIR keeps it)");
                case SQLITE -> sqlite(retention);
                case REDIS -> redis(retention);
                case KAFKA -> kafka(retention);
            };
        } catch (LogException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private StreamLimits streamLimits() {
        return new StreamLimits(
                settings.bytes(Setting.STREAMS_STREAM_BYTES), settings.bytes(Setting.STREAMS_TOTAL_BYTES));
    }

    private StreamStore memoryStreams() {
        return new MemoryStreamStore(streamLimits(), InstantSource.system());
    }

    private Store sqlite(Retention retention) {
        Path directory = Path.of(settings.text(Setting.DATA));
        Durability durability = durability();
        SqliteConfig config = SqliteConfig.in(directory).durability(durability);
        SqliteLog log = SqliteLog.open(config, retention, InstantSource.system());
        StreamStore streams = SqliteStreamStore.open(config, streamLimits(), InstantSource.system());
        String promise = durability == Durability.FSYNC
                ? "on the disk before it is acknowledged"
                : "with the operating system before it is acknowledged";
        return new Store(log, streams, null, () -> {}, directory + " (SQLite; every event is " + promise + ")");
    }

    private Durability durability() {
        return switch (settings.text(Setting.DURABILITY)) {
            case "fsync" -> Durability.FSYNC;
            case "normal" -> Durability.NORMAL;
            default -> throw settings.wrong(Setting.DURABILITY, "fsync or normal");
        };
    }

    private Store redis(Retention retention) {
        RedisConfig config = RedisConfig.of(settings.list(Setting.STORE).toArray(String[]::new))
                .withPrefix(settings.text(Setting.STORE_NAME))
                .withAppendWait(settings.duration(Setting.STORE_WAIT))
                .withMinReplicas(settings.number(Setting.STORE_REPLICAS));
        String password = settings.text(Setting.STORE_PASSWORD);
        if (!password.isEmpty()) {
            String user = settings.text(Setting.STORE_USER);
            config = config.withCredentials(user.isEmpty() ? null : user, password);
        }
        if (!settings.text(Setting.STORE_CA).isEmpty()) {
            config = config.withCaFile(Path.of(settings.text(Setting.STORE_CA)));
        }
        RedisStore store = RedisStore.connect(config, retention, InstantSource.system());
        StreamStore streams = RedisStreamStore.connect(config, streamLimits());
        return new Store(
                store.log(), streams, store.bus(), store::close, "Redis at " + String.join(", ", config.uris()));
    }

    private Store kafka(Retention retention) {
        String servers = settings.text(Setting.STORE).substring(KAFKA.length());
        KafkaConfig config = KafkaConfig.of(servers)
                .withTopic(settings.text(Setting.STORE_NAME))
                .withNewTopic(
                        settings.number(Setting.KAFKA_PARTITIONS), Math.max(1, settings.number(Setting.STORE_REPLICAS)))
                .withClientProperties(properties())
                .withBridges(bridges());
        KafkaStore store = KafkaStore.connect(config, retention, InstantSource.system());
        return new Store(
                store.log(),
                memoryStreams(),
                store.bus(),
                store::close,
                "Kafka at " + servers + ", topic " + config.topic()
                        + "; streams, answers and tasks in this hub's memory");
    }

    private Map<String, String> properties() {
        String file = settings.text(Setting.KAFKA_PROPERTIES);
        Properties read = new Properties();
        if (!file.isEmpty()) {
            try (Reader in = Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8)) {
                read.load(in);
            } catch (IOException | IllegalArgumentException e) {
                throw settings.wrong(
                        Setting.KAFKA_PROPERTIES, "a readable file of Kafka's client properties; " + e.getMessage());
            }
        }
        return read.stringPropertyNames().stream().collect(Collectors.toMap(name -> name, read::getProperty));
    }

    private List<Bridge> bridges() {
        List<Bridge> bridges = new ArrayList<>();
        for (String item : settings.list(Setting.FROM_KAFKA)) {
            int equals = item.indexOf('=');
            if (equals < 1) {
                throw settings.wrong(Setting.FROM_KAFKA, "topic=kafka-topic, as in orders=orders-topic, with commas");
            }
            bridges.add(new Bridge(item.substring(0, equals), item.substring(equals + 1)));
        }
        return bridges;
    }
}
