package io.tidewire.hub;

/** One connection's place in the stream. stub */
public final class Subscription {
    Subscription() {}

    /** The transport's outlet has drained. On the loop. */
    public void drained() {
        throw new UnsupportedOperationException();
    }

    /** The client is gone. On the loop. May be called more than once. */
    public void gone() {
        throw new UnsupportedOperationException();
    }

    /** Ends it for a reason, telling the client in a last event. On the loop. */
    public void close(CloseReason reason) {
        throw new UnsupportedOperationException();
    }

    /** {@return its connection's id} */
    public String id() {
        throw new UnsupportedOperationException();
    }
}
