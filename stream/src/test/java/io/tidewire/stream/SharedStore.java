package io.tidewire.stream;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One store for several processes, each with a view of its own; can hold back what it took. */
final class SharedStore {
    final MemoryStreamStore memory = new MemoryStreamStore(StreamLimits.defaults(), InstantSource.system());
    private final List<Consumer<StreamChange>> listeners = new CopyOnWriteArrayList<>();
    private final Queue<Runnable> held = new ArrayDeque<>();
    private boolean holding;
    private boolean mute;

    SharedStore() {
        memory.listen(change -> {
            if (!mute) {
                listeners.forEach(listener -> listener.accept(change));
            }
        });
    }

    /** From now on, appends wait. */
    void hold() {
        synchronized (held) {
            holding = true;
        }
    }

    /** Takes what waited, in order. */
    void release() {
        while (true) {
            Runnable next;
            synchronized (held) {
                next = held.poll();
                if (next == null) {
                    holding = false;
                    return;
                }
            }
            next.run();
        }
    }

    /** Changes get lost on their way. */
    void mute() {
        mute = true;
    }

    private <T> CompletionStage<T> late(Supplier<CompletionStage<T>> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Runnable run = () -> action.get().whenComplete((value, failure) -> {
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(failure);
            }
        });
        synchronized (held) {
            if (holding) {
                held.add(run);
                return result;
            }
        }
        run.run();
        return result;
    }

    StreamStore view() {
        return new StreamStore() {
            @Override
            public CompletionStage<Creation> create(String name, StreamSpec spec, StreamAppend first) {
                return memory.create(name, spec, first);
            }

            @Override
            public CompletionStage<AppendOutcome> append(String name, StreamAppend append) {
                return late(() -> memory.append(name, append));
            }

            @Override
            public CompletionStage<Optional<StreamInfo>> info(String name) {
                return memory.info(name);
            }

            @Override
            public CompletionStage<Optional<StreamPage>> read(String name, Offset after, int maxBytes) {
                return memory.read(name, after, maxBytes);
            }

            @Override
            public CompletionStage<Boolean> delete(String name) {
                return memory.delete(name);
            }

            @Override
            public CompletionStage<List<StreamInfo>> list(String prefix, String after, int limit) {
                return memory.list(prefix, after, limit);
            }

            @Override
            public void listen(Consumer<StreamChange> listener) {
                listeners.add(listener);
            }

            @Override
            public void close() {
                // the store is everybody's
            }
        };
    }
}
