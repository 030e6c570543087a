package io.tidewire.hub;

/**
 * Is told of connections that come and go (S9), on the loop of the connection: it must be quick, and hand what is not
 * to a thread of its own. What it throws is logged and harms nobody.
 */
public interface ConnectionListener {

    /** A listener that does nothing. */
    ConnectionListener NONE = new ConnectionListener() {};

    /** A connection was opened and has been told its id. */
    default void connected(ConnectionInfo connection) {}

    /** A connection ended; called exactly once for each that was opened. */
    default void disconnected(ConnectionInfo connection, CloseReason reason) {}
}
