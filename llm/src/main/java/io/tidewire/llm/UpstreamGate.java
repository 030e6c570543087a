package io.tidewire.llm;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Lets a few calls of an upstream at a time look for a connection; the others wait. Otherwise a burst of calls would open a connection
 * each, though over HTTP/2 the first few would have carried them all. Who waits is counted among the calls, which are bounded. Any thread.
 */
final class UpstreamGate {
    /** At 100 streams for each connection this is plenty; and so many TLS handshakes at once do not starve each other. */
    private static final int MOST_SECURE = 16;

    /** Without TLS there is nothing to share, and less work; this only spreads the burst. */
    private static final int MOST_PLAIN = 256;

    private final Executor loop;
    private final int most;

    // guarded by this
    private final Deque<UpstreamExchange> waiting = new ArrayDeque<>();
    private int inside;

    UpstreamGate(Executor loop, boolean secure) {
        this.loop = loop;
        most = secure ? MOST_SECURE : MOST_PLAIN;
    }

    /** Starts the call, now or when others have left. */
    void enter(UpstreamExchange call) {
        synchronized (this) {
            if (inside == most) {
                waiting.add(call);
                return;
            }
            inside++;
        }
        if (!call.start()) {
            leave();
        }
    }

    /** A call inside has its connection, or is over. */
    void leave() {
        UpstreamExchange next = next();
        if (next == null) {
            return;
        }
        try {
            // Not here: with kept connections one start may lead to the next, and so on down the stack.
            loop.execute(() -> {
                if (!next.start()) {
                    leave();
                }
            });
        } catch (RejectedExecutionException e) {
            // Closed: all calls have been told, those that wait, too.
        }
    }

    /** A call that waits, perhaps, is over. */
    synchronized void forget(UpstreamExchange call) {
        waiting.remove(call);
    }

    private synchronized @Nullable UpstreamExchange next() {
        UpstreamExchange next = waiting.poll();
        if (next == null) {
            inside--;
        }
        return next;
    }
}
