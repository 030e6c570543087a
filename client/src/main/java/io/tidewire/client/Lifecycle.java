package io.tidewire.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What the source's thread and everybody else share about one source. Safe for any thread. */
final class Lifecycle {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // All written under the lock.
    private volatile ConnectionState state = ConnectionState.CONNECTING;
    private volatile @Nullable EventSourceException lastError;
    private volatile boolean closed;
    private volatile boolean started;
    private boolean finished;
    private Transport.@Nullable Exchange exchange;

    ConnectionState state() {
        return state;
    }

    Optional<EventSourceException> lastError() {
        return Optional.ofNullable(lastError);
    }

    boolean isClosed() {
        return closed;
    }

    /** {@return whether this is the first call, on a source that is not closed} */
    boolean start() {
        lock.lock();
        try {
            boolean first = !started && !closed;
            started |= first;
            return first;
        } finally {
            lock.unlock();
        }
    }

    boolean isStarted() {
        return started;
    }

    /** {@return whether the state was another; once closed it stays closed} */
    boolean enter(ConnectionState next) {
        lock.lock();
        try {
            boolean other = state != next && !closed;
            if (other) {
                state = next;
            }
            return other;
        } finally {
            lock.unlock();
        }
    }

    void error(EventSourceException error) {
        lock.lock();
        try {
            lastError = error;
        } finally {
            lock.unlock();
        }
    }

    /** The program wants an end: whatever the source's thread waits for is over. {@return whether it was the first to want it} */
    boolean close() {
        Transport.Exchange current;
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            closed = true;
            state = ConnectionState.CLOSED;
            finished |= !started;
            current = exchange;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (current != null) {
            current.close();
        }
        return true;
    }

    /** The exchange that a close has to end; one that comes too late is ended here. */
    void attach(Transport.Exchange current) {
        boolean late;
        lock.lock();
        try {
            exchange = current;
            late = closed;
        } finally {
            lock.unlock();
        }
        if (late) {
            current.close();
        }
    }

    /** The source's thread is at its end. */
    void finish(EventSourceException why) {
        lock.lock();
        try {
            closed = true;
            state = ConnectionState.CLOSED;
            lastError = why;
        } finally {
            lock.unlock();
        }
    }

    /** Everybody has been told; those who wait for the end may go on. */
    void finished() {
        lock.lock();
        try {
            finished = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits; {@return false if it was closed meanwhile}. */
    boolean pause(Duration time) throws InterruptedException {
        long leftNanos = time.toNanos();
        lock.lockInterruptibly();
        try {
            while (!closed && leftNanos > 0) {
                leftNanos = changed.awaitNanos(leftNanos);
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    void awaitFinished() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!finished) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    boolean awaitFinished(Duration time) throws InterruptedException {
        long leftNanos = time.toNanos();
        lock.lockInterruptibly();
        try {
            while (!finished && leftNanos > 0) {
                leftNanos = changed.awaitNanos(leftNanos);
            }
            return finished;
        } finally {
            lock.unlock();
        }
    }
}
