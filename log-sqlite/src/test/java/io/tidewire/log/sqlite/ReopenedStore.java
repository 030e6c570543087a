package io.tidewire.log.sqlite;

import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Creation;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamChange;
import io.tidewire.stream.StreamInfo;
import io.tidewire.stream.StreamPage;
import io.tidewire.stream.StreamSpec;
import io.tidewire.stream.StreamStore;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store that is closed and opened again before every so many calls, when everything that was asked before is answered. */
final class ReopenedStore implements StreamStore {
    private static final int EVERY = 10;

    private final Supplier<StreamStore> opener;
    private final Queue<CompletableFuture<?>> asked = new ConcurrentLinkedQueue<>();
    private volatile StreamStore store;
    private @Nullable Consumer<StreamChange> listener;
    private int calls;
    private boolean closed;

    ReopenedStore(Supplier<StreamStore> opener) {
        this.opener = opener;
        store = opener.get();
    }

    private <T> CompletionStage<T> ask(Function<StreamStore, CompletionStage<T>> question) {
        if (Thread.currentThread() instanceof LogThread) { // a listener's: it cannot wait for the thread it is on
            return noted(question.apply(store));
        }
        return askAndReopen(question);
    }

    private synchronized <T> CompletionStage<T> askAndReopen(Function<StreamStore, CompletionStage<T>> question) {
        if (!closed && ++calls % EVERY == 0) {
            for (CompletableFuture<?> answer = asked.poll(); answer != null; answer = asked.poll()) {
                answer.handle((value, failure) -> true).join();
            }
            store.close();
            store = opener.get();
            if (listener != null) {
                store.listen(listener);
            }
        }
        return noted(question.apply(store));
    }

    private <T> CompletionStage<T> noted(CompletionStage<T> answer) {
        asked.add(answer.toCompletableFuture());
        return answer;
    }

    @Override
    public CompletionStage<Creation> create(String name, StreamSpec spec, StreamAppend first) {
        return ask(open -> open.create(name, spec, first));
    }

    @Override
    public CompletionStage<AppendOutcome> append(String name, StreamAppend append) {
        return ask(open -> open.append(name, append));
    }

    @Override
    public CompletionStage<Optional<StreamInfo>> info(String name) {
        return ask(open -> open.info(name));
    }

    @Override
    public CompletionStage<Optional<StreamPage>> read(String name, Offset after, int maxBytes) {
        return ask(open -> open.read(name, after, maxBytes));
    }

    @Override
    public CompletionStage<Boolean> delete(String name) {
        return ask(open -> open.delete(name));
    }

    @Override
    public CompletionStage<List<StreamInfo>> list(String prefix, String after, int limit) {
        return ask(open -> open.list(prefix, after, limit));
    }

    @Override
    public synchronized void listen(Consumer<StreamChange> told) {
        listener = told;
        store.listen(told);
    }

    @Override
    public synchronized void close() {
        closed = true;
        store.close();
    }
}
