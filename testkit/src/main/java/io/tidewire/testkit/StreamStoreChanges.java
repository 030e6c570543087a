package io.tidewire.testkit;

import io.tidewire.stream.StreamChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A listener that keeps what it is told, and lets a test wait for it. That an empty stream is there and open is left out: stores may tell
 * it or not. Safe for any thread.
 */
final class StreamStoreChanges implements Consumer<StreamChange> {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final Set<String> inside = ConcurrentHashMap.newKeySet();
    private final Consumer<StreamChange> also;
    // Guarded by the lock.
    private final Map<String, List<StreamChange>> changes = new ConcurrentHashMap<>();
    private boolean overlapped;

    StreamStoreChanges() {
        this(change -> {});
    }

    /** One that does something else with each change, too, while it is being told. */
    StreamStoreChanges(Consumer<StreamChange> also) {
        this.also = also;
    }

    @Override
    public void accept(StreamChange change) {
        boolean alone = inside.add(change.name());
        also.accept(change);
        lock.lock();
        try {
            overlapped |= !alone;
            if (change.state() != StreamChange.State.OPEN || change.tail().number() > 0) {
                changes.computeIfAbsent(change.name(), name -> new ArrayList<>())
                        .add(change);
                more.signalAll();
            }
        } finally {
            lock.unlock();
            inside.remove(change.name());
        }
    }

    /** {@return all that was told of the stream, once it is at least so much, as "state tail"} */
    List<String> await(String name, int count) {
        lock.lock();
        try {
            long nanos = TimeUnit.MILLISECONDS.toNanos(StreamStoreUnderTest.PATIENCE_MILLIS);
            while (of(name).size() < count) {
                if (nanos <= 0) {
                    throw new AssertionError(
                            "told of " + name + ": " + of(name) + " (expected: " + count + " changes)");
                }
                nanos = more.awaitNanos(nanos);
            }
            if (overlapped) {
                throw new AssertionError("told: two changes of a stream at once (expected: one at a time)");
            }
            return of(name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } finally {
            lock.unlock();
        }
    }

    private List<String> of(String name) {
        return changes.getOrDefault(name, List.of()).stream()
                .map(change -> change.state() + " " + change.tail().number())
                .toList();
    }
}
