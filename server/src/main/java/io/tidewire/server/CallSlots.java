package io.tidewire.server;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Lets so many calls run at once, and so many wait. Safe for any thread; holds its lock for a few steps only. */
final class CallSlots {

    /** A call that begins and ends later. */
    @FunctionalInterface
    interface Call {
        /** Begins. It must not throw, and must see to it that this is run once, when it has ended. */
        void begin(Runnable ended);
    }

    private final int most;
    private final int mostWaiting;

    /** Guards the three below. */
    private final Object lock = new Object();

    private final Queue<Call> waiting = new ArrayDeque<>();
    private int running;
    private boolean beginning;

    CallSlots(int most, int mostWaiting) {
        this.most = most;
        this.mostWaiting = mostWaiting;
    }

    /** Begins a call, now or when another has ended; {@return whether there was room}. */
    boolean offer(Call call) {
        synchronized (lock) {
            if (running >= most && waiting.size() >= mostWaiting) {
                return false;
            }
            waiting.add(call);
        }
        beginNext();
        return true;
    }

    /** One thread at a time, in a loop: calls that end as soon as they begin must not pile up on the stack. */
    private void beginNext() {
        synchronized (lock) {
            if (beginning) {
                return;
            }
            beginning = true;
        }
        for (Call call = next(); call != null; call = next()) {
            call.begin(this::ended);
        }
    }

    private @Nullable Call next() {
        synchronized (lock) {
            Call call = running < most ? waiting.poll() : null;
            if (call == null) {
                beginning = false;
            } else {
                running++;
            }
            return call;
        }
    }

    private void ended() {
        synchronized (lock) {
            running--;
        }
        beginNext();
    }
}
