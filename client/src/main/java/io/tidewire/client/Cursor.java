package io.tidewire.client;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** How far events have been handled, and the saving of it. Safe for any thread. */
final class Cursor {

    /*
     * Every event has a number. The source's thread notes at which number the id changed; whoever finishes an event asks
     * the readers for the number up to which all of them are done, and the newest id up to there is the one to keep.
     * The notes are as many as events can be on their way to readers, whose buffers are bounded.
     */
    private final CursorStore store;
    private final Consumer<EventSourceException> failed;
    private final ReentrantLock lock = new ReentrantLock();
    // All guarded by the lock.
    private final Deque<Mark> marks = new ArrayDeque<>();
    private String received = "";
    private String handled = "";
    private String saved = "";

    private record Mark(long number, String id) {}

    Cursor(CursorStore store, Consumer<EventSourceException> failed) {
        this.store = store;
        this.failed = failed;
    }

    /** {@return what an earlier life left behind} */
    String load() throws IOException {
        String id = store.load();
        lock.lock();
        try {
            received = id;
            handled = id;
            saved = id;
        } finally {
            lock.unlock();
        }
        return id;
    }

    /** The event of that number is about to be handed out, and brought that id. */
    void received(long number, String id) {
        lock.lock();
        try {
            if (!id.equals(received)) {
                received = id;
                marks.add(new Mark(number, id));
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Saves the id up to which all is handled, if it changed.
     *
     * @param handledUpTo asked under the lock, so that two threads cannot save in the wrong order
     */
    void save(LongSupplier handledUpTo) {
        EventSourceException failure = null;
        lock.lock();
        try {
            long number = handledUpTo.getAsLong();
            while (!marks.isEmpty() && marks.element().number() <= number) {
                handled = marks.remove().id();
            }
            if (!handled.equals(saved)) {
                store.save(handled);
                saved = handled;
            }
        } catch (IOException | RuntimeException e) {
            failure = new EventSourceException(
                    EventSourceException.Reason.CURSOR_STORE,
                    "cursor: not saved (expected: a store that can be written)",
                    e);
        } finally {
            lock.unlock();
        }
        if (failure != null) {
            failed.accept(failure);
        }
    }

    /** A store for those who gave none. */
    static final CursorStore NONE = new CursorStore() {
        @Override
        public String load() {
            return "";
        }

        @Override
        public void save(String id) {}
    };
}
