package io.tidewire.log.redis;

import io.tidewire.log.LogException;
import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Creation;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamChange;
import io.tidewire.stream.StreamInfo;
import io.tidewire.stream.StreamLimits;
import io.tidewire.stream.StreamPage;
import io.tidewire.stream.StreamSpec;
import io.tidewire.stream.StreamStore;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Keeps streams in Redis, which all hubs with the same Redis and prefix share.
 *
 * <p>Safe for any thread. It reconnects by itself. Meanwhile writes wait for as long as {@link RedisConfig#appendWait} says and then
 * fail with {@link LogException.Unavailable}, and reads fail at once. Times and expiry go by the clock of Redis. What is promised, and
 * what lies in Redis, stands in the module's README.
 *
 * <pre>{@code
 * try (StreamStore streams = RedisStreamStore.connect(RedisConfig.of("redis://localhost"), StreamLimits.defaults())) {
 *     streams.listen(change -> System.out.println(change.name() + " has now " + change.tail()));
 *     streams.create("answers/1", StreamSpec.of("text/plain").expiringAfter(Duration.ofHours(1)), StreamAppend.NOTHING);
 *     streams.append("answers/1", StreamAppend.of("Hel".getBytes(UTF_8)));
 * }
 * }</pre>
 */
public final class RedisStreamStore implements StreamStore {
    private final Circuit circuit;
    private final StreamWriter writer;
    private final StreamReader reader;
    private final StreamChanges changes = new StreamChanges();
    private final RedisBus bus;

    private RedisStreamStore(RedisConfig config, StreamLimits limits) {
        SecureRandom random = new SecureRandom();
        StreamKeys keys = new StreamKeys(new Keys(config.prefix()));
        this.circuit =
                new Circuit(config, new Connector.Opening(Script.STREAM_OPEN, keys.shared(), keys::arguments), random);
        Link link = circuit.link();
        this.bus = new RedisBus(link, keys.changes(), circuit.newThread("tidewire-redis-streams"));
        OwnChanges own = new OwnChanges(link, bus::deliver);
        bus.listen(message -> {
            own.heard(StreamChanges.versionOf(message));
            changes.hear(message);
        });
        String hub = Long.toString(random.nextLong() >>> 1, Character.MAX_RADIX);
        this.writer = new StreamWriter(link, config, keys, limits, hub, own::answered);
        this.reader = new StreamReader(new ScriptQueue(link, config.commandTimeout()), keys);
        link.add(bus);
        writer.lanes().forEach(link::add);
        Trimmer.Job sweep = new Trimmer.Job(
                Script.STREAM_SWEEP, keys.shared(), cursor -> keys.arguments(), "Expired streams cannot be taken out");
        own.start();
        link.add(new Trimmer(link, sweep, config.commandTimeout()));
    }

    /**
     * Connects. Blocks until that is done, at most some multiples of the command timeout.
     *
     * @param limits how long a stream may get; the total does not count, as Redis's own {@code maxmemory} does
     * @throws LogException.Unavailable if Redis cannot be reached, or cannot be used as it is; the message says which
     * @throws IllegalArgumentException if the CA file cannot be read
     */
    public static RedisStreamStore connect(RedisConfig config, StreamLimits limits) {
        RedisStreamStore store = new RedisStreamStore(config, limits);
        store.circuit.open(store.bus);
        return store;
    }

    @Override
    public CompletionStage<Creation> create(String name, StreamSpec spec, StreamAppend first) {
        StreamStore.requireName(name);
        StreamStore.requireFirst(first);
        return writer.create(name, spec, first);
    }

    @Override
    public CompletionStage<AppendOutcome> append(String name, StreamAppend append) {
        StreamStore.requireName(name);
        return writer.append(name, append);
    }

    @Override
    public CompletionStage<Optional<StreamInfo>> info(String name) {
        StreamStore.requireName(name);
        return reader.info(name);
    }

    @Override
    public CompletionStage<Optional<StreamPage>> read(String name, Offset after, int maxBytes) {
        StreamStore.requireName(name);
        return reader.read(name, after, maxBytes);
    }

    @Override
    public CompletionStage<Boolean> delete(String name) {
        StreamStore.requireName(name);
        return writer.delete(name);
    }

    @Override
    public CompletionStage<List<StreamInfo>> list(String prefix, String after, int limit) {
        StreamStore.requireLimit(limit);
        return reader.list(prefix, after, limit);
    }

    @Override
    public void listen(Consumer<StreamChange> listener) {
        changes.listen(listener);
    }

    /** Refuses what comes after, and closes the connections. Blocks for up to some seconds. */
    @Override
    public void close() {
        if (circuit.beginClosing()) {
            writer.close();
            reader.close();
            bus.close();
            circuit.close();
        }
    }
}
