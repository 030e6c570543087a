package io.tidewire.testkit;

import io.tidewire.log.Follower;
import io.tidewire.log.LogEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A follower that keeps what it is handed, and lets a test wait for it. */
final class Followed implements Follower {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final AtomicBoolean inside = new AtomicBoolean();
    // Guarded by the lock.
    private final List<LogEntry> entries = new ArrayList<>();
    private boolean overlapped;

    @Override
    public void entries(List<LogEntry> handed) {
        boolean alone = inside.compareAndSet(false, true);
        lock.lock();
        try {
            overlapped |= !alone;
            entries.addAll(handed);
            more.signalAll();
        } finally {
            lock.unlock();
            inside.set(false);
        }
    }

    /** {@return all that came, once it is at least so many} */
    List<LogEntry> await(int count) {
        lock.lock();
        try {
            long nanos = TimeUnit.MILLISECONDS.toNanos(LogUnderTest.PATIENCE_MILLIS);
            while (entries.size() < count) {
                if (nanos <= 0) {
                    throw new AssertionError("followed: " + entries.size() + " entries (expected: " + count + ")");
                }
                nanos = more.awaitNanos(nanos);
            }
            if (overlapped) {
                throw new AssertionError("followed: two calls at once (expected: one at a time)");
            }
            return List.copyOf(entries);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } finally {
            lock.unlock();
        }
    }
}
