package io.tidewire.log.sqlite;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What waits for a writer, bounded by its bytes. Safe for any thread. */
final class AppendQueue<T extends AppendQueue.Queued> {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final long maxBytes;
    // Guarded by the lock.
    private final ArrayDeque<T> waiting = new ArrayDeque<>();
    private long bytes;
    private boolean closed;

    /** What can wait. */
    interface Queued {
        long bytes();
    }

    /** What became of an offer. */
    enum Offer {
        ACCEPTED,
        FULL,
        CLOSED
    }

    AppendQueue(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    Offer offer(T batch) {
        lock.lock();
        try {
            if (closed) {
                return Offer.CLOSED;
            }
            if (bytes > 0 && bytes + batch.bytes() > maxBytes) {
                return Offer.FULL;
            }
            waiting.add(batch);
            bytes += batch.bytes();
            more.signal();
            return Offer.ACCEPTED;
        } finally {
            lock.unlock();
        }
    }

    /** Takes batches of at most so many bytes together, but one if there is any; waits for it, and no longer than this. */
    List<T> take(long maxWaitMillis, long maxGroupBytes) throws InterruptedException {
        lock.lock();
        try {
            long nanos = TimeUnit.MILLISECONDS.toNanos(maxWaitMillis);
            while (waiting.isEmpty() && !closed && nanos > 0) {
                nanos = more.awaitNanos(nanos);
            }
            List<T> group = new ArrayList<>();
            long taken = 0;
            for (T next = waiting.peek();
                    next != null && (taken == 0 || taken + next.bytes() <= maxGroupBytes);
                    next = waiting.peek()) {
                group.add(waiting.remove());
                taken += next.bytes();
            }
            bytes -= taken;
            return group;
        } finally {
            lock.unlock();
        }
    }

    /** Takes everything, to refuse it. */
    List<T> drain() {
        lock.lock();
        try {
            List<T> all = List.copyOf(waiting);
            waiting.clear();
            bytes = 0;
            return all;
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether nothing will ever come again} */
    boolean isOver() {
        lock.lock();
        try {
            return closed && waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
