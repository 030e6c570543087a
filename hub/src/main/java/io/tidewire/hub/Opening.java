package io.tidewire.hub;

import io.tidewire.log.Position;

/**
 * A connection whose place in history is found and whose first byte is not yet written: the moment for a transport to
 * write its head. One that is never started keeps nothing. Used on its shard's loop.
 */
public final class Opening {
    private final Shard shard;
    private final SubscriptionRequest request;
    private final ResumeVerdict verdict;
    private final Position position;
    private final long id;
    private boolean started;

    Opening(Shard shard, SubscriptionRequest request, ResumeVerdict verdict, Position position) {
        this.shard = shard;
        this.request = request;
        this.verdict = verdict;
        this.position = position;
        this.id = shard.newConnectionId();
    }

    /** {@return what the client gets of the past} */
    public ResumeVerdict verdict() {
        return verdict;
    }

    /** {@return the id that the connection will have} */
    public String connectionId() {
        return ConnectionIds.format(id);
    }

    /**
     * Starts delivery: writes the {@code connected} event at once, then history, then what comes.
     *
     * @throws IllegalStateException if it was started before
     */
    public Subscription start(Outlet outlet) {
        if (started) {
            throw new IllegalStateException("opening: started twice (expected: once)");
        }
        started = true;
        return shard.start(this, outlet);
    }

    SubscriptionRequest request() {
        return request;
    }

    Position position() {
        return position;
    }

    long id() {
        return id;
    }

    boolean latestFirst() {
        return request.latest() && verdict.kind() == ResumeVerdict.Kind.NEW;
    }
}
