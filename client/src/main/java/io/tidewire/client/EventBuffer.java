package io.tidewire.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Events on their way from the source's thread to one that iterates. When it is full the source's thread waits, and so stops
 * reading the socket. {@link #put}, {@link #end} by the source's thread, {@link #abort} by any, the iterator by one.
 */
final class EventBuffer implements Reader, Iterator<StreamEvent> {

    // At the latest with every hundredth event the place is saved, even if the next event is there already.
    private static final int SAVE_EVERY = 100;
    // 1 Mi characters, 1 to 2 MiB of heap: what is held beside the one event that may be larger than this by itself.
    private static final long MAX_CHARACTERS = 1 << 20;

    private final int maxEvents;
    private final Runnable saveCursor;
    private final Runnable onAbort;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // All guarded by the lock.
    private final Deque<Numbered> events = new ArrayDeque<>();
    private long characters;
    private long handled;
    private long lastTaken;
    private int sinceSave;
    private boolean aborted;
    private @Nullable EventSourceException end;

    private record Numbered(long number, StreamEvent event) {}

    /**
     * An empty one.
     *
     * @param maxEvents how many it holds at most
     * @param saveCursor what to run after some were handled
     * @param onAbort what to run when it is closed by its reader
     */
    EventBuffer(int maxEvents, Runnable saveCursor, Runnable onAbort) {
        this.maxEvents = maxEvents;
        this.saveCursor = saveCursor;
        this.onAbort = onAbort;
    }

    @Override
    public void put(long number, StreamEvent event) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while ((events.size() >= maxEvents || characters >= MAX_CHARACTERS) && !aborted) {
                changed.await();
            }
            if (!aborted) {
                events.add(new Numbered(number, event));
                characters += event.data().length();
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void end(EventSourceException why) {
        lock.lock();
        try {
            end = why;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void abort() {
        lock.lock();
        try {
            aborted = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long handledUpTo() {
        lock.lock();
        try {
            return events.isEmpty() && handled == lastTaken ? Long.MAX_VALUE : handled;
        } finally {
            lock.unlock();
        }
    }

    /** Its reader wants no more. */
    void closeByReader() {
        onAbort.run();
        abort();
    }

    /**
     * {@inheritDoc} Asking means that the event before is handled.
     *
     * @throws EventSourceException if the source ended by a failure and all events before it were taken, or if this thread was
     *     interrupted while it waited
     */
    @Override
    public boolean hasNext() {
        boolean save;
        lock.lock();
        try {
            save = handled != lastTaken && (events.isEmpty() || ++sinceSave >= SAVE_EVERY);
            handled = lastTaken;
        } finally {
            lock.unlock();
        }
        if (save) {
            saveCursor.run();
        }
        return awaitNext(save);
    }

    private boolean awaitNext(boolean saved) {
        lock.lock();
        try {
            sinceSave = saved ? 0 : sinceSave;
            while (events.isEmpty() && !aborted && end == null) {
                changed.await();
            }
            if (aborted) {
                return false;
            }
            if (!events.isEmpty()) {
                return true;
            }
            EventSourceException why = end;
            if (why == null || why.isOrderly()) {
                return false;
            }
            throw why;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EventSourceException(
                    EventSourceException.Reason.CLOSED,
                    "reader: interrupted (expected: to wait for the next event)",
                    e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public StreamEvent next() {
        if (!hasNext()) {
            throw new NoSuchElementException("event: none (expected: hasNext() to be asked first)");
        }
        lock.lock();
        try {
            Numbered taken = events.poll();
            if (taken == null) {
                throw new NoSuchElementException("event: none (expected: a source that is open)");
            }
            lastTaken = taken.number();
            characters -= taken.event().data().length();
            changed.signalAll();
            return taken.event();
        } finally {
            lock.unlock();
        }
    }
}
