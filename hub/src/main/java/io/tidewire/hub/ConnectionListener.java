package io.tidewire.hub;

import java.util.List;

/**
 * Is told of connections that come and go (S9), on the loop of the connection: it must be quick, and hand what is not
 * to a thread of its own. What it throws is logged and harms nobody.
 */
public interface ConnectionListener {

    /** A listener that does nothing. */
    ConnectionListener NONE = new ConnectionListener() {};

    /** {@return one that tells them all, in this order; what one of them throws keeps nothing from the others} */
    static ConnectionListener all(List<? extends ConnectionListener> listeners) {
        return listeners.size() == 1 ? listeners.get(0) : new ConnectionListeners(List.copyOf(listeners));
    }

    /** A connection was opened and has been told its id. */
    default void connected(ConnectionInfo connection) {}

    /** An open connection was given other topics than it had. */
    default void topicsChanged(ConnectionInfo connection) {}

    /** A connection ended; called exactly once for each that was opened. */
    default void disconnected(ConnectionInfo connection, CloseReason reason) {}
}
