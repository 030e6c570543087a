package io.tidewire.hub;

/**
 * The way to one client, implemented by a transport. The shard calls it on its loop's thread; the transport tells the
 * {@link Subscription} when the way is free again ({@link Subscription#drained}) or gone ({@link Subscription#gone}), on
 * the same thread.
 */
public interface Outlet {

    /** What became of a write. */
    enum Written {
        /** All is on its way, and there is room for more. */
        READY,
        /** All is taken (what the network did not take, the outlet keeps), but it wants no more until it has drained. */
        FULL,
        /** The client is gone; the outlet calls {@link Subscription#gone} if it has not yet. */
        GONE
    }

    /** Takes a whole batch. Called only when the outlet is ready: never between {@code FULL} and drained. */
    Written write(Batch batch);

    /** How often {@link #isReachable} is asked. */
    int LOOK_MILLIS = 3500;

    /** {@return whether the client may still be there} Asked every {@value #LOOK_MILLIS} ms; an outlet that cannot tell says that it is. */
    default boolean isReachable() {
        return true;
    }

    /**
     * Ends the connection once what it holds is written. The shard is done with the outlet. The last batch, if it has one, was written
     * before.
     */
    void close(CloseReason reason);
}
