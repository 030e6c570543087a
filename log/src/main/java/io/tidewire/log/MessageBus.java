package io.tidewire.log;

import java.util.function.Consumer;

/**
 * Carries small messages between the hubs of one cluster: who is alive, who asks whom for what. Nothing that must not be lost: a
 * message reaches every hub that is connected at the moment, once, or, when the network or the store fails, none.
 *
 * <p>Safe for any thread; no method blocks.
 */
public interface MessageBus extends AutoCloseable {

    /** Longest message, in bytes. */
    int MAX_BYTES = 512 << 10;

    /**
     * Sends a message to every hub, the sender included. One that cannot be sent now is dropped.
     *
     * @throws IllegalArgumentException if it is longer than {@link #MAX_BYTES}
     */
    void send(byte[] message);

    /**
     * Hands each message to the listener, one at a time, those of one sender in their order, on a thread of the bus. The listener must
     * be quick and must not throw.
     */
    void listen(Consumer<byte[]> listener);

    /**
     * Checks a message's length, as {@link #send} does.
     *
     * @throws IllegalArgumentException if it is longer than {@link #MAX_BYTES}
     */
    static void requireFits(byte[] message) {
        if (message.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "message: " + message.length + " bytes (expected: at most " + MAX_BYTES + ")");
        }
    }

    /** Ends listening and refuses to send. */
    @Override
    void close();
}
