package io.tidewire.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Everybody who gets the events: listeners, iterators, subscribers. {@link #deliver} and {@link #end} by the source's thread, the rest
 * by any.
 */
final class Readers {

    private final List<Listening> listeners = new CopyOnWriteArrayList<>();
    private final List<Reader> readers = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by the lock.
    private boolean aborted;
    private @Nullable EventSourceException end;
    // Written by the source's thread.
    private volatile long delivered;
    // An iterator that was closed with events left in it keeps the place from moving past them. Written under the lock.
    private volatile long ceiling = Long.MAX_VALUE;

    /** A listener; {@code type} null for all events. */
    private static final class Listening {
        private final @Nullable String type;
        private final Consumer<StreamEvent> handler;
        private volatile boolean active = true;

        Listening(@Nullable String type, Consumer<StreamEvent> handler) {
            this.type = type;
            this.handler = handler;
        }
    }

    EventSource.Registration listen(String type, Consumer<StreamEvent> handler) {
        return add(new Listening(type, handler));
    }

    EventSource.Registration listenToAll(Consumer<StreamEvent> handler) {
        return add(new Listening(null, handler));
    }

    private EventSource.Registration add(Listening listening) {
        listeners.add(listening);
        return () -> {
            listening.active = false;
            listeners.remove(listening);
        };
    }

    void add(Reader reader) {
        EventSourceException over;
        lock.lock();
        try {
            readers.add(reader);
            over = end;
            if (aborted) {
                reader.abort();
            }
        } finally {
            lock.unlock();
        }
        if (over != null) {
            reader.end(over);
        }
    }

    void remove(Reader reader) {
        lock.lock();
        try {
            if (readers.contains(reader)) {
                long handled = reader.handledUpTo();
                ceiling = Math.min(ceiling, handled);
                readers.remove(reader);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Hands the event to everybody; waits for those that have no room. */
    void deliver(long number, StreamEvent event, Consumer<Throwable> failed) throws InterruptedException {
        for (Listening listening : listeners) {
            if (listening.active && (listening.type == null || listening.type.equals(event.type()))) {
                call(listening, event, failed);
            }
        }
        for (Reader reader : readers) {
            reader.put(number, event);
        }
    }

    private static void call(Listening listening, StreamEvent event, Consumer<Throwable> failed) {
        try {
            listening.handler.accept(event);
        } catch (RuntimeException | Error e) {
            failed.accept(e);
        }
    }

    /** All up to that number was handed out, and listeners returned. */
    void delivered(long number) {
        delivered = number;
    }

    /** {@return the number up to which everybody is done} */
    long handledUpTo() {
        long handled = Math.min(delivered, ceiling);
        for (Reader reader : readers) {
            handled = Math.min(handled, reader.handledUpTo());
        }
        return handled;
    }

    /** The program closed the source: nobody may go on waiting. */
    void abort() {
        lock.lock();
        try {
            aborted = true;
            readers.forEach(Reader::abort);
        } finally {
            lock.unlock();
        }
    }

    void end(EventSourceException why) {
        lock.lock();
        try {
            end = why;
        } finally {
            lock.unlock();
        }
        readers.forEach(reader -> reader.end(why));
    }
}
