package io.tidewire.testkit;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** The reading thread of an {@link AwaitingClient}, which can be made to leave the socket alone. */
final class StallableReader implements Runnable {
    /** How long a read may hold the gate, and so the longest that {@link #pause} waits. */
    private static final int READ_MILLIS = 20;

    private static final int BUFFER_BYTES = 8 << 10;

    private final Socket socket;
    private final BodyFraming framing;
    private final Inbox inbox;
    /** Held while reading, and while paused: so nothing at all is read from {@link #pause} to {@link #resume}. */
    private final Semaphore gate = new Semaphore(1, true);
    // The test's thread only.
    private boolean paused;

    StallableReader(Socket socket, BodyFraming framing, Inbox inbox) {
        this.socket = socket;
        this.framing = framing;
        this.inbox = inbox;
    }

    void start() throws IOException {
        socket.setSoTimeout(READ_MILLIS);
        Thread thread = new Thread(this, "awaiting-client");
        thread.setDaemon(true);
        thread.start();
    }

    void pause() {
        if (!paused) {
            gate.acquireUninterruptibly();
            paused = true;
        }
    }

    void resume() {
        if (paused) {
            paused = false;
            gate.release();
        }
    }

    @Override
    public void run() {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            boolean open = true;
            while (open && !framing.isComplete()) {
                gate.acquireUninterruptibly();
                try {
                    open = readOnce(buffer);
                } finally {
                    gate.release();
                }
            }
            end(framing.isComplete() || framing.endsWithTheConnection(), null);
        } catch (IOException | RuntimeException e) {
            end(false, e);
        }
    }

    private void end(boolean complete, @Nullable Throwable cause) {
        inbox.end(complete ? AwaitingClient.Ending.COMPLETE : AwaitingClient.Ending.CUT, cause);
    }

    /** Reads what is there, waiting for it but shortly; {@return false at the connection's end}. */
    private boolean readOnce(byte[] buffer) throws IOException {
        int length;
        try {
            length = socket.getInputStream().read(buffer);
        } catch (SocketTimeoutException e) {
            return true;
        }
        if (length > 0) {
            framing.feed(buffer, length);
        }
        return length >= 0;
    }
}
