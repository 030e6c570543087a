package io.tidewire.log.redis;

import io.tidewire.log.EventLog;
import io.tidewire.log.LogException;
import io.tidewire.log.MessageBus;
import io.tidewire.log.Retention;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;

/**
 * A log and a bus in Redis, which all hubs with the same Redis and prefix share: what one appends, all of them follow, in one
 * order.
 *
 * <p>Safe for any thread. It reconnects by itself; meanwhile what cannot be done fails with {@link LogException.Unavailable}.
 * What Redis must be like, and what happens when it fails, stands in the module's README.
 *
 * <pre>{@code
 * try (RedisStore store = RedisStore.connect(
 *         RedisConfig.of("redis://localhost"), Retention.defaults(), InstantSource.system())) {
 *     store.log().append(List.of(Append.of(Update.to("news").data("hello").build())));
 * }
 * }</pre>
 */
public final class RedisStore implements AutoCloseable {
    private final Circuit circuit;
    private final RedisLog log;
    private final RedisBus bus;

    private RedisStore(RedisConfig config, Retention retention, InstantSource clock) {
        SecureRandom random = new SecureRandom();
        Keys keys = new Keys(config.prefix());
        Bounds bounds = new Bounds(retention, clock, random);
        this.circuit = new Circuit(config, bounds.opening(keys.log()), random);
        Link link = circuit.link();
        EntryDecoder decoder = new EntryDecoder();
        Followers followers = new Followers();
        ExecutorService tailThread = circuit.newThread("tidewire-redis-tail");
        Tail tail = new Tail(link, keys, decoder, config.commandTimeout(), followers, tailThread);
        byte[][] appendKeys = keys.logAndHub(Long.toString(random.nextLong() >>> 1, Character.MAX_RADIX));
        Appender appender = new Appender(link, config, new AppendEncoder(retention), bounds, followers, appendKeys);
        ScriptQueue scripts = new ScriptQueue(link, config.commandTimeout());
        this.bus = new RedisBus(link, keys.bus(), circuit.newThread("tidewire-redis-bus"));
        this.log = new RedisLog(appender, new PageReader(scripts, bounds, keys.log(), decoder), tail, followers);
        link.add(tail); // before the appender: it must know the head of the session's Redis
        link.add(appender.requests());
        link.add(bus);
        link.add(new Trimmer(link, bounds.trimming(keys.log()), config.commandTimeout()));
    }

    /**
     * Connects, and begins a log if there is none under the prefix. Blocks until that is done, at most some multiples of the
     * command timeout.
     *
     * @param clock gives events their time; that of another hub may differ a little, an event is never older than the one before
     * @throws LogException.Unavailable if Redis cannot be reached, or cannot be used as it is; the message says which
     * @throws IllegalArgumentException if the CA file cannot be read
     */
    public static RedisStore connect(RedisConfig config, Retention retention, InstantSource clock) {
        RedisStore store = new RedisStore(config, retention, clock);
        store.circuit.open(store.bus);
        return store;
    }

    /** {@return the log; closing it refuses what comes after and leaves the connections to {@link #close}} */
    public EventLog log() {
        return log;
    }

    /** {@return the bus} */
    public MessageBus bus() {
        return bus;
    }

    /** Closes the log, the bus and the connections. What was acknowledged stays in Redis. Blocks for up to some seconds. */
    @Override
    public void close() {
        if (circuit.beginClosing()) {
            log.close();
            bus.close();
            circuit.close();
        }
    }
}
