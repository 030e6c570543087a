package io.tidewire.server;

import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Creation;
import io.tidewire.stream.MemoryStreamStore;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamChange;
import io.tidewire.stream.StreamInfo;
import io.tidewire.stream.StreamLimits;
import io.tidewire.stream.StreamPage;
import io.tidewire.stream.StreamSpec;
import io.tidewire.stream.StreamStore;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A store of streams that several servers use, and none of them closes. */
final class SharedStreamStore implements StreamStore {
    private final MemoryStreamStore store = new MemoryStreamStore(StreamLimits.defaults(), InstantSource.system());
    private final List<Consumer<StreamChange>> listeners = new CopyOnWriteArrayList<>();

    SharedStreamStore() {
        store.listen(change -> listeners.forEach(listener -> listener.accept(change)));
    }

    @Override
    public CompletionStage<Creation> create(String name, StreamSpec spec, StreamAppend first) {
        return store.create(name, spec, first);
    }

    @Override
    public CompletionStage<AppendOutcome> append(String name, StreamAppend append) {
        return store.append(name, append);
    }

    @Override
    public CompletionStage<Optional<StreamInfo>> info(String name) {
        return store.info(name);
    }

    @Override
    public CompletionStage<Optional<StreamPage>> read(String name, Offset after, int maxBytes) {
        return store.read(name, after, maxBytes);
    }

    @Override
    public CompletionStage<Boolean> delete(String name) {
        return store.delete(name);
    }

    @Override
    public CompletionStage<List<StreamInfo>> list(String prefix, String after, int limit) {
        return store.list(prefix, after, limit);
    }

    @Override
    public void listen(Consumer<StreamChange> listener) {
        listeners.add(listener);
    }

    @Override
    public void close() {}
}
