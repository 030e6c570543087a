package io.tidewire.hub;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Audience;
import io.tidewire.log.Cursor;
import io.tidewire.log.EventLog;
import io.tidewire.log.Follower;
import io.tidewire.log.Interest;
import io.tidewire.log.LogEntry;
import io.tidewire.log.MessageBus;
import io.tidewire.log.Position;
import io.tidewire.log.Update;
import io.tidewire.stream.MemoryStreamStore;
import io.tidewire.stream.StreamLimits;
import io.tidewire.stream.StreamStore;
import io.tidewire.stream.Streams;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The engine: what is published goes to its log, and from there to everyone who is subscribed. Safe for any thread.
 *
 * <pre>{@code
 * Hub hub = Hub.builder(new MemoryLog(Retention.defaults(), InstantSource.system())).build();
 * Shard shard = hub.addShard(loop);                     // a transport does this, once per event loop
 * hub.publish(Update.to("news").data("hello").build()); // anyone does this
 * }</pre>
 */
public final class Hub implements AutoCloseable {
    private final EventLog log;
    private final @Nullable Peers peers;
    private final Cluster cluster;
    private final Streams streams;
    private final Tasks tasks;
    private final HubConfig config;
    private final ConnectionListener listener;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final ReconnectPacer pacer;
    private final Connections connections = new Connections();
    private final List<Shard> shards = new CopyOnWriteArrayList<>();
    private final LongAdder published = new LongAdder();
    private final LongAdder publishFailures = new LongAdder();
    private final LongAdder deferred = new LongAdder();
    private final CompletableFuture<Window> window = new CompletableFuture<>();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private volatile boolean draining;

    private Hub(Builder builder) {
        this.log = builder.log;
        this.config = builder.config;
        this.listener = builder.listener;
        this.clock = builder.clock;
        this.random = builder.random;
        this.pacer = new ReconnectPacer(config, clock, random);
        MessageBus bus = builder.bus;
        this.peers = bus == null ? null : new Peers(bus, clock, random, connections::count);
        this.cluster = new Cluster(this, peers, builder.selectors);
        // An entry may come before the window is there; its follower then waits for these two lines and no longer.
        Position start = log.follow(new Tail());
        window.complete(new Window(start, config.windowBytes(), config.windowAge()));
        this.streams = new Streams(builder.streamStore());
        this.tasks = new Tasks(streams, this::append, peers, clock, random);
        if (peers != null) {
            streams.peers(new StreamCluster(peers, streams));
            peers.join();
        }
    }

    /** {@return a builder of a hub on this log, which the hub closes when it is closed} */
    public static Builder builder(EventLog log) {
        return new Builder(log);
    }

    /** Adds a shard that the loop will own. A transport does so once for each of its event loops, before it accepts. */
    public Shard addShard(Loop loop) {
        Shard shard = new Shard(this, loop, window.join());
        shards.add(shard);
        shard.begin();
        return shard;
    }

    /**
     * Publishes one update. When the stage completes, the log has it.
     *
     * @return fails with a {@link io.tidewire.log.LogException} if the log does not take it
     * @throws IllegalArgumentException if its payload is too large
     */
    public CompletionStage<AppendResult> publish(Update update) {
        return append(List.of(Append.of(update))).thenApply(results -> results.get(0));
    }

    /**
     * Publishes a batch in order, all or nothing as far as the log's failures go.
     *
     * @return one result for each; fails with a {@link io.tidewire.log.LogException} if the log does not take them
     * @throws IllegalArgumentException if a payload is too large; then nothing was published
     */
    public CompletionStage<List<AppendResult>> append(List<Append> batch) {
        for (int i = 0; i < batch.size(); i++) {
            requireFits(batch.get(i).update());
        }
        return log.append(batch).whenComplete((results, failure) -> {
            if (failure != null) {
                publishFailures.add(batch.size());
            } else {
                countPublished(results);
            }
        });
    }

    private void countPublished(List<AppendResult> results) {
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i).outcome() == AppendResult.Outcome.APPENDED) {
                published.increment();
            }
        }
    }

    /**
     * Checks a payload's size, as {@link #append} does.
     *
     * @throws EventTooLargeException if it is beyond the limit
     */
    public void requireFits(Update update) {
        int limit = config.maxEventBytes();
        String data = update.data();
        if (data.length() > limit / 3) { // fewer characters than that fit, whatever they are
            long bytes = Utf8Length.of(data);
            if (bytes > limit) {
                throw new EventTooLargeException(bytes, limit);
            }
        }
    }

    /** What the log hands over goes into the window, from where the shards take it. */
    private final class Tail implements Follower {
        @Override
        public void entries(List<LogEntry> entries) {
            Window tail = window.join();
            for (LogEntry entry : entries) {
                tail.append(entry);
            }
            shards.forEach(Shard::wake);
        }

        @Override
        public void cutOff(Position from) {
            window.join().cutOff(from);
            shards.forEach(Shard::wake);
        }
    }

    /** {@return how many connections here an update to this audience reaches now; 0 for topics, which are not counted} */
    public int reach(Audience audience) {
        return connections.reach(audience);
    }

    /** {@return a snapshot of all connections here} */
    public List<ConnectionInfo> connections() {
        return connections.all().stream().map(Subscription::info).toList();
    }

    /**
     * {@return the next connections here in the order of their ids, at most so many}
     *
     * @param after the last id of the page before; empty for the first
     */
    public List<ConnectionInfo> connections(String after, int limit) {
        return connections.page(after, limit).stream().map(Subscription::info).toList();
    }

    /** {@return a snapshot of one user's connections here} */
    public List<ConnectionInfo> connections(String user) {
        return connections.ofUser(user).stream().map(Subscription::info).toList();
    }

    /** {@return a snapshot of one connection} */
    public Optional<ConnectionInfo> connection(String id) {
        return Optional.ofNullable(connections.find(id)).map(Subscription::info);
    }

    /**
     * {@return the id of the newest event, as a cursor for what comes after it; nothing if there is no history} A bound for
     * clients that compare states: an event that is being appended now may be newer.
     */
    public CompletionStage<Optional<String>> lastEventId() {
        Window newest = window.join();
        Entry last = newest.get(newest.head() - 1);
        if (last != null) {
            return CompletableFuture.completedFuture(Optional.of(last.logged().id()));
        }
        Position head = newest.headPosition();
        return log.resolve(new Cursor.Earliest(), Interest.ALL)
                .thenApply(oldest -> oldest.position().covers(head) ? Optional.empty() : Optional.of(head.token()));
    }

    /** {@return how many connections there are here} */
    public int connectionCount() {
        return connections.count();
    }

    /** Ends a connection, telling the client why; {@return whether there was one}. */
    public boolean disconnect(String id, CloseReason reason) {
        Subscription subscription = connections.find(id);
        if (subscription == null) {
            return false;
        }
        subscription.shard.loop().execute(() -> subscription.close(reason));
        return true;
    }

    /**
     * Ends all connections that were opened with, or have been given, a token of that id, telling the clients why; {@return how
     * many there were}.
     */
    public int disconnectToken(String tokenId, CloseReason reason) {
        return disconnectIf(
                s -> {
                    TokenLease lease = s.lease;
                    return lease != null && lease.tokenId().equals(tokenId);
                },
                reason);
    }

    /** Ends all connections of a user, telling the clients why; {@return how many there were}. */
    public int disconnectUser(String user, CloseReason reason) {
        return disconnectIf(s -> user.equals(s.user), reason);
    }

    /** Ends all connections that asked for that topic or pattern, in these words; {@return how many there were}. */
    public int disconnectTopic(String selector, CloseReason reason) {
        return disconnectIf(
                s -> s.lane.key().selectors().stream().anyMatch(t -> t.text().equals(selector)), reason);
    }

    private int disconnectIf(Predicate<Subscription> condition, CloseReason reason) {
        List<Subscription> found = connections.all().stream().filter(condition).toList();
        for (Subscription subscription : found) {
            subscription.shard.loop().execute(() -> subscription.close(reason));
        }
        return found.size();
    }

    /**
     * Adds topics and patterns to an open connection and takes others away (B2): it goes on without a reconnect, sees the new ones
     * from now on, and gets nothing twice.
     *
     * @return completes with what it is subscribed to then; with nothing if there is no such connection
     */
    public CompletionStage<Optional<List<String>>> changeTopics(
            String id, List<TopicSelector> add, List<TopicSelector> remove) {
        return onItsLoop(
                id,
                subscription -> subscription.shard.change(subscription, key -> {
                    List<TopicSelector> wanted = new ArrayList<>(key.selectors());
                    wanted.removeAll(remove);
                    wanted.addAll(add);
                    return key.withSelectors(wanted);
                }));
    }

    /**
     * Gives an open connection a new token: other grants for private updates, another expiry (B2).
     *
     * @return completes with what it is subscribed to; with nothing if there is no such connection
     */
    public CompletionStage<Optional<List<String>>> renew(String id, List<TopicSelector> grants, TokenLease lease) {
        return onItsLoop(id, subscription -> subscription.shard.renew(subscription, grants, lease));
    }

    private CompletionStage<Optional<List<String>>> onItsLoop(String id, Consumer<Subscription> task) {
        Subscription subscription = connections.find(id);
        if (subscription == null) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        CompletableFuture<Optional<List<String>>> done = new CompletableFuture<>();
        subscription.shard.loop().execute(() -> {
            try {
                task.accept(subscription);
                done.complete(
                        subscription.state == Subscription.State.CLOSED
                                ? Optional.empty()
                                : Optional.of(subscription.info().selectors()));
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    /** {@return nothing if one more connection may come now, else after how many milliseconds it should come (B12)} */
    public OptionalLong admit() {
        OptionalLong later = draining ? OptionalLong.of(retryMillis()) : pacer.admit();
        if (later.isPresent()) {
            deferred.increment();
        }
        return later;
    }

    /** {@return the reconnection time to tell a client now, in milliseconds: jittered, and stretched in a rush (S10)} */
    public long retryMillis() {
        return pacer.retryMillis();
    }

    /**
     * Ends all connections with {@link CloseReason#SHUTDOWN}, spread over the time, and admits no more.
     *
     * @return completes when none is left
     */
    public CompletionStage<Void> drain(Duration spread) {
        draining = true;
        for (Subscription subscription : connections.all()) {
            long delayMillis = spread.isZero() ? 0 : random.nextLong(spread.toMillis() + 1);
            subscription.shard.loop().schedule(() -> subscription.close(CloseReason.SHUTDOWN), delayMillis);
        }
        completeDrain();
        return drained.copy();
    }

    void ended(Subscription subscription) {
        connections.remove(subscription);
        completeDrain();
    }

    private void completeDrain() {
        if (draining && connections.count() == 0) {
            drained.complete(null);
        }
    }

    /** {@return a counter's value since the start} */
    public long count(HubCounter counter) {
        long sum = switch (counter) {
            case PUBLISHED -> published.sum();
            case PUBLISH_FAILURES -> publishFailures.sum();
            case DEFERRED -> deferred.sum();
            default -> 0;
        };
        for (Shard shard : shards) {
            sum += shard.counters().get(counter);
        }
        return sum;
    }

    /** {@return how many connections ended for this reason since the start} */
    public long closed(CloseReason reason) {
        return shards.stream().mapToLong(s -> s.counters().getClosed(reason)).sum();
    }

    /** {@return how many subscribers are behind now, other than by their own wish} */
    public int catchingUp() {
        return (int) connections.all().stream()
                .filter(s -> s.state == Subscription.State.CATCHING_UP && !s.samples())
                .count();
    }

    /** {@return the connections of all hubs that share this one's log and bus} */
    public Cluster cluster() {
        return cluster;
    }

    /** {@return the streams of all hubs that share this one's store of streams} */
    public Streams streams() {
        return streams;
    }

    /** {@return the long jobs of all hubs that share this one's store of streams} */
    public Tasks tasks() {
        return tasks;
    }

    /** {@return the settings} */
    public HubConfig config() {
        return config;
    }

    /** Closes the log, the streams and the bus; connections are the transport's to end, by {@link #drain}. */
    @Override
    public void close() {
        tasks.close();
        if (peers != null) {
            peers.close();
        }
        streams.close();
        log.close();
    }

    // --- for the shards

    EventLog log() {
        return log;
    }

    Connections registry() {
        return connections;
    }

    ConnectionListener listener() {
        return listener;
    }

    InstantSource clock() {
        return clock;
    }

    boolean isDraining() {
        return draining;
    }

    long newConnectionId() {
        long id = ConnectionIds.NONE;
        while (id == ConnectionIds.NONE) {
            id = random.nextLong();
        }
        return id;
    }

    /** Collects what a hub is made of. Not thread-safe. */
    public static final class Builder {
        private final EventLog log;
        private @Nullable MessageBus bus;
        private @Nullable StreamStore streamStore;
        private BiFunction<String, String, TopicSelector> selectors = (kind, text) -> {
            throw new IllegalArgumentException("selector: of kind " + kind + " (expected: one that this hub knows)");
        };
        private HubConfig config = HubConfig.defaults();
        private ConnectionListener listener = ConnectionListener.NONE;
        private InstantSource clock = InstantSource.system();
        private RandomGenerator random = new SecureRandom();

        private Builder(EventLog log) {
            this.log = log;
        }

        /** Sets the settings. */
        public Builder config(HubConfig settings) {
            config = settings;
            return this;
        }

        /** Sets the way to the other hubs that share the log; the hub closes it. Without one, it is alone. */
        public Builder bus(MessageBus way) {
            bus = way;
            return this;
        }

        /** Sets where streams are kept, which the hub closes; without it, in memory. One that other hubs share needs a {@link #bus} to them. */
        public Builder streams(StreamStore store) {
            streamStore = store;
            return this;
        }

        private StreamStore streamStore() {
            StreamStore given = streamStore;
            return given == null ? new MemoryStreamStore(StreamLimits.defaults(), clock) : given;
        }

        /** Sets how selectors of the transport's own are read, by their kind and text. */
        public Builder selectors(BiFunction<String, String, TopicSelector> reader) {
            selectors = reader;
            return this;
        }

        /** Sets who is told of connections. */
        public Builder listener(ConnectionListener told) {
            listener = told;
            return this;
        }

        /** Sets the clock of timestamps and of the rush. */
        public Builder clock(InstantSource source) {
            clock = source;
            return this;
        }

        /** Sets the source of connection ids and jitter; it must be safe for any thread, and unguessable outside of tests. */
        public Builder random(RandomGenerator source) {
            random = source;
            return this;
        }

        /** {@return the hub, which follows its log from now on} */
        public Hub build() {
            return new Hub(this);
        }
    }
}
