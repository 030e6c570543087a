package io.tidewire.hub;

import io.tidewire.log.Cursor;
import io.tidewire.log.Gap;
import io.tidewire.log.Resolution;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A share of the subscribers and everything about them, touched by one thread only: its {@link Loop}'s. Subscribers come
 * by {@link #open}; whoever opens must be on the loop.
 */
public final class Shard {
    /*
     * How an event comes through here. The log's follower puts it into the window and wakes each shard: one task on its loop, however many events come
     * before that task runs. The task (Fanout.drain) takes all that is new, finds the lanes that see it, composes one batch per lane and
     * writes it to each of the lane's members. A member whose outlet is full leaves the lane with its cursor; once it has drained, CatchUp
     * brings it from there to the shard's head, where it joins its lane again. New subscribers come the same way, so there is
     * one way in, and no seam at which an event could be lost or doubled: a member has seen everything before Fanout.head(),
     * and nothing else ever moves a subscriber into a lane.
     */

    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);

    /** The keep-alive interval is cut into so many ticks: a tenth is as exact as its jitter. */
    private static final int TICKS_PER_INTERVAL = 10;

    private static final int MAX_TICKS_AHEAD = 1024;

    private final Hub hub;
    private final Loop loop;
    private final Fanout fanout;
    private final CatchUp catchUp;
    private final BatchComposer composer;
    private final ControlEvents events;
    private final ShardCounters counters = new ShardCounters();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final KeepAliveWheel wheel;
    private final int tickMillis;
    private final int maxAgeTicks;

    Shard(Hub hub, Loop loop, Window window) {
        this.hub = hub;
        this.loop = loop;
        HubConfig config = hub.config();
        long keepAliveMillis = config.keepAlive().toMillis();
        this.tickMillis = (int) Math.min(1000, Math.max(10, keepAliveMillis / TICKS_PER_INTERVAL));
        this.maxAgeTicks = (int) Math.min(Integer.MAX_VALUE / 2, config.maxAge().toMillis() / tickMillis);
        this.composer = new BatchComposer(config.maxBatchBytes());
        this.events = new ControlEvents(hub.clock(), keepAliveMillis);
        this.wheel = new KeepAliveWheel(MAX_TICKS_AHEAD, this::look);
        this.catchUp = new CatchUp(this, hub.log(), window);
        this.fanout = new Fanout(this, window, catchUp);
    }

    /** Begins to tick; on any thread, once. */
    void begin() {
        loop.schedule(this::tickOn, tickMillis);
    }

    /**
     * Finds the place of a new connection. On the loop.
     *
     * @return completes on the loop; at once if the log answers at once; with a {@link io.tidewire.log.LogException} if
     *     it does not answer
     */
    public CompletionStage<Opening> open(SubscriptionRequest request) {
        boolean anew = request.cursor() instanceof Cursor.Newest;
        Cursor cursor = anew && request.latest() ? new Cursor.Earliest() : request.cursor();
        if (anew && !request.latest()) {
            fanout.drain();
            return CompletableFuture.completedFuture(opening(request, new Resolution(fanout.position(), null)));
        }
        CompletableFuture<Opening> found = new CompletableFuture<>();
        hub.log()
                .resolve(cursor, LaneKey.of(request).interest(request.user()))
                .whenComplete((resolution, failure) -> onLoop(() -> {
                    if (failure != null) {
                        found.completeExceptionally(failure);
                    } else {
                        found.complete(opening(request, resolution));
                    }
                }));
        return found;
    }

    private Opening opening(SubscriptionRequest request, Resolution resolution) {
        Gap gap = resolution.gap();
        ResumeVerdict.Kind kind = gap != null
                ? ResumeVerdict.Kind.GAP
                : request.cursor() instanceof Cursor.Newest ? ResumeVerdict.Kind.NEW : ResumeVerdict.Kind.FULL;
        ResumeVerdict verdict = new ResumeVerdict(kind, resolution.position().token(), gap);
        return new Opening(this, request, verdict, resolution.position());
    }

    Subscription start(Opening opening, Outlet outlet) {
        Lane lane = fanout.lanes().retain(LaneKey.of(opening.request()));
        Subscription subscription = new Subscription(this, opening, outlet, lane);
        hub.registry().add(subscription);
        counters.add(HubCounter.OPENED, 1);
        watch(subscription);
        greet(subscription, opening);
        if (subscription.state != Subscription.State.CLOSED) {
            tell(() -> hub.listener().connected(subscription.info()));
            fanout.drain();
            catchUp.start(subscription);
        }
        if (hub.isDraining()) {
            close(subscription, CloseReason.SHUTDOWN); // it was opened while the others were being told
        }
        return subscription;
    }

    private void greet(Subscription subscription, Opening opening) {
        ResumeVerdict verdict = opening.verdict();
        composer.begin();
        // A comment has the transport's head flushed at once, and no client takes it for an event.
        composer.put(subscription.announce ? events.connected(opening, hub.retryMillis()) : events.keepAlive());
        Gap gap = verdict.gap();
        if (gap != null) {
            counters.add(HubCounter.GAPS, 1);
            if (subscription.announce) {
                composer.put(events.gap(gap));
            }
        } else if (verdict.kind() == ResumeVerdict.Kind.FULL) {
            counters.add(HubCounter.RESUMED_FULL, 1);
        }
        send(subscription, composer.batch());
    }

    /** Writes a batch to a subscriber that is ready; {@return whether it is still}. */
    boolean send(Subscription subscription, Batch batch) {
        subscription.lastWriteTick = wheel.tick();
        return switch (subscription.outlet.write(batch)) {
            case READY -> true;
            case FULL -> {
                full(subscription);
                yield false;
            }
            case GONE -> {
                end(subscription, CloseReason.CLIENT_GONE);
                yield false;
            }
        };
    }

    /** Counts batches that were written to a number of subscribers. */
    void countWrites(Batch batch, int subscribers) {
        counters.add(HubCounter.WRITES, subscribers);
        counters.add(HubCounter.DELIVERED, (long) batch.events() * subscribers);
        counters.add(HubCounter.BYTES, (long) (batch.end() - batch.start()) * subscribers);
    }

    private void full(Subscription subscription) {
        subscription.ready = false;
        int stall = ++subscription.stalls;
        if (subscription.slow.kind() == SlowPolicy.Kind.DISCONNECT) {
            long graceMillis = hub.config().slowGrace().toMillis();
            loop.schedule(
                    () -> {
                        if (!subscription.ready && subscription.stalls == stall) {
                            close(subscription, CloseReason.SLOW);
                        }
                    },
                    graceMillis);
        }
    }

    void drained(Subscription subscription) {
        if (subscription.state == Subscription.State.CLOSED || subscription.ready) {
            return;
        }
        subscription.ready = true;
        if (subscription.state == Subscription.State.CATCHING_UP) {
            catchUp.pump(subscription);
        }
    }

    /** Tells the client why, if its outlet takes anything, and ends it. */
    void close(Subscription subscription, CloseReason reason) {
        if (subscription.state == Subscription.State.CLOSED) {
            return;
        }
        if (subscription.ready && subscription.announce) {
            composer.begin();
            composer.put(events.closing(reason, hub.retryMillis()));
            send(subscription, composer.batch());
        }
        if (subscription.state != Subscription.State.CLOSED) {
            end(subscription, reason);
            subscription.outlet.close(reason);
        }
    }

    /** Gives a connection other topics or grants: what it has seen of the old ones it has, the new ones it sees from here on. */
    void change(Subscription subscription, UnaryOperator<LaneKey> change) {
        if (subscription.state == Subscription.State.CLOSED) {
            return;
        }
        fanout.drain();
        if (subscription.state == Subscription.State.LIVE) {
            fanout.stepOut(subscription);
        }
        Lane old = subscription.lane;
        subscription.lane = fanout.lanes().retain(change.apply(old.key()));
        fanout.lanes().release(old);
        if (!subscription.lane.key().selectors().equals(old.key().selectors())) {
            tell(() -> hub.listener().topicsChanged(subscription.info()));
        }
        catchUp.pump(subscription);
    }

    /** Puts another token in the place of the one that a connection was opened with. */
    void renew(Subscription subscription, List<TopicSelector> grants, TokenLease lease) {
        if (subscription.state != Subscription.State.CLOSED) {
            subscription.lease = lease;
            wheel.remove(subscription);
            watch(subscription);
            change(subscription, key -> key.withGrants(grants));
        }
    }

    /** Frees everything kept for a subscriber; the outlet is the caller's affair. */
    void end(Subscription subscription, CloseReason reason) {
        if (subscription.state == Subscription.State.CLOSED) {
            return;
        }
        fanout.forget(subscription);
        catchUp.forget(subscription);
        subscription.state = Subscription.State.CLOSED;
        wheel.remove(subscription);
        fanout.lanes().release(subscription.lane);
        counters.closed(reason);
        hub.ended(subscription);
        tell(() -> hub.listener().disconnected(subscription.info(), reason));
    }

    private void tell(Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException e) {
            LOG.error("A connection listener failed; mend the listener, the connection goes on", e);
        }
    }

    /** Wakes the shard; any thread, as often as it likes. */
    void wake() {
        // A look before the swap: under load the shard is nearly always awake already, and a plain read costs nothing.
        if (!woken.get() && woken.compareAndSet(false, true)) {
            loop.execute(this::awake);
        }
    }

    private void awake() {
        woken.set(false); // before looking, so that what comes after the look wakes again
        fanout.drain();
    }

    /** Runs a task on the loop: now, if that is where we are. */
    void onLoop(Runnable task) {
        if (loop.isCurrent()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    // --- silence and age

    private void tickOn() {
        try {
            wheel.advance();
        } finally {
            loop.schedule(this::tickOn, tickMillis);
        }
    }

    private void watch(Subscription subscription) {
        wheel.add(subscription, nextLook(subscription));
    }

    private int look(Subscription subscription, int tick) {
        if (!isReachable(subscription)) {
            end(subscription, CloseReason.CLIENT_GONE);
            return -1;
        }
        if (maxAgeTicks > 0 && tick - subscription.openedTick >= jittered(subscription, maxAgeTicks)) {
            close(subscription, CloseReason.MAX_AGE);
            return -1;
        }
        if (ticksToExpiry(subscription) == 0) {
            close(subscription, CloseReason.TOKEN_EXPIRED);
            return -1;
        }
        if (tick - subscription.lastWriteTick >= interval(subscription)) {
            keepAlive(subscription);
            subscription.lastWriteTick = tick;
        }
        return subscription.state == Subscription.State.CLOSED ? -1 : nextLook(subscription);
    }

    /** A transport that fails must not end the looks at everyone else. */
    private static boolean isReachable(Subscription subscription) {
        try {
            return subscription.outlet.isReachable();
        } catch (RuntimeException e) {
            LOG.error("A connection could not be looked at and is given up; this is a mistake in its transport", e);
            return false;
        }
    }

    private int nextLook(Subscription subscription) {
        int next = subscription.lastWriteTick + interval(subscription);
        if (maxAgeTicks > 0) {
            next = Math.min(next, subscription.openedTick + jittered(subscription, maxAgeTicks));
        }
        int reach = Math.max(1, Outlet.LOOK_MILLIS / tickMillis);
        return Math.min(next, wheel.tick() + Math.min(reach, ticksToExpiry(subscription)));
    }

    /** {@return whole ticks for which its token is good: rounded down, because no stream may outlast its token} */
    private int ticksToExpiry(Subscription subscription) {
        TokenLease lease = subscription.lease;
        Instant expiry = lease == null ? null : lease.expiry();
        if (expiry == null) {
            return Integer.MAX_VALUE / 2;
        }
        long left = Math.max(0, expiry.toEpochMilli() - clockMillis()) / tickMillis;
        return (int) Math.min(left, Integer.MAX_VALUE / 2);
    }

    private int interval(Subscription subscription) {
        long ticks = hub.config().keepAlive().toMillis() / tickMillis;
        return jittered(subscription, (int) Math.min(MAX_TICKS_AHEAD, ticks));
    }

    /** Takes up to a tenth off, always the same for one connection: those opened together do not stay together. */
    private static int jittered(Subscription subscription, int ticks) {
        long tenths = (subscription.connectionId >>> 8) & 0xff;
        return Math.max(1, ticks - (int) (ticks * tenths / 2560));
    }

    private void keepAlive(Subscription subscription) {
        if (!subscription.ready) {
            return; // there are bytes on their way already, and the peer does not take them
        }
        composer.begin();
        boolean live = subscription.state == Subscription.State.LIVE;
        composer.put(
                subscription.heartbeatEvents && live
                        ? events.heartbeat(fanout.position().token())
                        : events.keepAlive());
        counters.add(HubCounter.KEEP_ALIVES, 1);
        if (!send(subscription, composer.batch()) && live && subscription.state == Subscription.State.LIVE) {
            fanout.stepOut(subscription);
        }
    }

    // --- what the parts share

    Loop loop() {
        return loop;
    }

    BatchComposer composer() {
        return composer;
    }

    ControlEvents events() {
        return events;
    }

    ShardCounters counters() {
        return counters;
    }

    HubConfig config() {
        return hub.config();
    }

    Connections connections() {
        return hub.registry();
    }

    Fanout fanout() {
        return fanout;
    }

    CatchUp catchUp() {
        return catchUp;
    }

    int tick() {
        return wheel.tick();
    }

    long clockMillis() {
        return hub.clock().millis();
    }

    long newConnectionId() {
        return hub.newConnectionId();
    }
}
