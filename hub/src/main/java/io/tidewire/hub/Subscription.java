package io.tidewire.hub;

import io.tidewire.log.Audience;
import io.tidewire.log.Position;
import io.tidewire.log.Update;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection's place in the stream. Its methods are called on its shard's loop, those of a transport's included.
 *
 * <pre>
 * from          to            when
 * CATCHING_UP   LIVE          its cursor has reached the shard's head
 * LIVE          CATCHING_UP   its outlet is full, or something is for it alone
 * any           CLOSED        the client left, or it was closed for another reason
 * </pre>
 */
public final class Subscription {

    /** The states; a subscription is born catching up. */
    enum State {
        CATCHING_UP,
        LIVE,
        CLOSED
    }

    final Shard shard;
    final Outlet outlet;
    final long connectionId;
    final @Nullable String user;
    final String remote;
    final SlowPolicy slow;
    final boolean heartbeatEvents;
    final boolean announce;
    final long sinceMillis;
    final int openedTick;

    // Owned by the shard's thread; the state is read by listings too.
    volatile State state = State.CATCHING_UP;

    /** What it sees; changes when its topics or grants do, and is read by listings too. */
    volatile Lane lane;

    /** The token that it came with, or the one that took its place. */
    volatile @Nullable TokenLease lease;

    /** Whether the outlet takes more. */
    boolean ready = true;

    /** Whether a page of the log is on its way. */
    boolean reading;

    /** Whether the current value of each topic is still to be sent first. */
    boolean latestFirst;

    /** Whether it has fallen behind, so that a conflating one may skip. */
    boolean behind;

    /** How often its outlet was full; tells one stall from the next. */
    int stalls;

    /** The number of the next entry it wants; -1 if only {@link #position} is known. */
    long seq;

    /** Everything up to here has been delivered. Null while live: then the shard's head is its cursor. */
    @Nullable
    Position position;

    int laneIndex = -1;
    int lastWriteTick;
    int wheelSlot = -1;

    @Nullable
    Subscription wheelNext;

    @Nullable
    Subscription wheelPrevious;

    /** Creates one that has read up to a position; the shard starts it. */
    Subscription(Shard shard, Opening opening, Outlet outlet, Lane lane) {
        SubscriptionRequest request = opening.request();
        this.shard = shard;
        this.outlet = outlet;
        this.lane = lane;
        this.connectionId = opening.id();
        this.user = request.user();
        this.lease = request.lease();
        this.remote = request.remote();
        this.slow = request.slow();
        this.heartbeatEvents = request.heartbeatEvents();
        this.announce = request.announce();
        this.latestFirst = opening.latestFirst();
        this.position = opening.position();
        this.seq = -1;
        this.sinceMillis = shard.clockMillis();
        this.openedTick = shard.tick();
        this.lastWriteTick = openedTick;
    }

    /** {@return the connection's id} */
    public String id() {
        return ConnectionIds.format(connectionId);
    }

    /** Says that the outlet takes more again. */
    public void drained() {
        shard.drained(this);
    }

    /** Says that the client is gone; calling it again does nothing. */
    public void gone() {
        shard.end(this, CloseReason.CLIENT_GONE);
    }

    /** Ends the connection, telling the client why in a last event if it can take one; calling it again does nothing. */
    public void close(CloseReason reason) {
        shard.close(this, reason);
    }

    /** {@return whether an update is for this subscriber} */
    boolean sees(Update update) {
        Audience audience = update.audience();
        if (audience instanceof Audience.Topics topics) {
            return lane.sees(update, topics);
        }
        return isAddressed(audience);
    }

    /** {@return whether an update that is not to topics is for this subscriber} */
    boolean isAddressed(Audience audience) {
        if (audience instanceof Audience.User u) {
            return u.name().equals(user);
        }
        if (audience instanceof Audience.Connection c) {
            return ConnectionIds.parse(c.id()) == connectionId;
        }
        return audience instanceof Audience.Everyone;
    }

    boolean samples() {
        return slow.kind() == SlowPolicy.Kind.SAMPLE;
    }

    boolean conflates() {
        return behind && slow.kind() == SlowPolicy.Kind.CONFLATE;
    }

    /** {@return a snapshot of it; any thread may ask} */
    ConnectionInfo info() {
        List<String> selectors = new ArrayList<>();
        for (TopicSelector selector : lane.key().selectors()) {
            selectors.add(selector.text());
        }
        return new ConnectionInfo(
                id(),
                user,
                List.copyOf(selectors),
                remote,
                Instant.ofEpochMilli(sinceMillis),
                state == State.LIVE || samples());
    }
}
