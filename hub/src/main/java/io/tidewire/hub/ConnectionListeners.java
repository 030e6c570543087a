package io.tidewire.hub;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Several listeners as one. As safe for any thread as they are. */
record ConnectionListeners(List<ConnectionListener> listeners) implements ConnectionListener {

    @Override
    public void connected(ConnectionInfo connection) {
        each(listener -> listener.connected(connection));
    }

    @Override
    public void topicsChanged(ConnectionInfo connection) {
        each(listener -> listener.topicsChanged(connection));
    }

    @Override
    public void disconnected(ConnectionInfo connection, CloseReason reason) {
        each(listener -> listener.disconnected(connection, reason));
    }

    private void each(Consumer<ConnectionListener> callback) {
        RuntimeException first = null;
        for (ConnectionListener listener : listeners) {
            first = failureOf(callback, listener, first);
        }
        if (first != null) {
            throw first;
        }
    }

    private static @Nullable RuntimeException failureOf(
            Consumer<ConnectionListener> callback, ConnectionListener listener, @Nullable RuntimeException before) {
        try {
            callback.accept(listener);
            return before;
        } catch (RuntimeException e) {
            if (before == null) {
                return e;
            }
            before.addSuppressed(e);
            return before;
        }
    }
}
