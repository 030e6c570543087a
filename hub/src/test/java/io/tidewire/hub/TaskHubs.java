package io.tidewire.hub;

import io.tidewire.log.EventLog;
import io.tidewire.log.LocalBus;
import io.tidewire.log.LogException;
import io.tidewire.log.MemoryLog;
import io.tidewire.log.Retention;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Hubs on one store of streams and one bus, with a clock that a test moves, and a store that it can take away. */
final class TaskHubs implements AutoCloseable {
    final MemoryStreamStore store = new MemoryStreamStore(StreamLimits.defaults(), this::now);
    private final LocalBus bus = LocalBus.create();
    private final List<Consumer<StreamChange>> listeners = new CopyOnWriteArrayList<>();
    private final List<Hub> hubs = new ArrayList<>();
    private final Random random = new Random(7);
    private volatile Instant time = Instant.parse("2026-01-31T12:00:00Z");
    volatile boolean away;

    TaskHubs() {
        store.listen(change -> listeners.forEach(listener -> listener.accept(change)));
    }

    Instant now() {
        return time;
    }

    void advance(Duration by) {
        time = time.plus(by);
    }

    Hub hub() {
        EventLog log = new MemoryLog(Retention.defaults(), this::now, random);
        Hub hub = Hub.builder(log)
                .clock(this::now)
                .random(random)
                .bus(bus.join())
                .streams(new Shared())
                .build();
        hubs.add(hub);
        return hub;
    }

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }

    /** The states of a task, all that were stored. */
    List<TaskState> states(String id) {
        return get(store.read(Tasks.streamOf(id), Offset.START, Integer.MAX_VALUE)).stream()
                .flatMap(page -> page.messages().stream())
                .map(message -> TaskJson.read(new String(message, java.nio.charset.StandardCharsets.UTF_8)))
                .toList();
    }

    @Override
    public void close() {
        hubs.forEach(Hub::close);
        store.close();
    }

    /** The store as one hub has it: does not close it. */
    private final class Shared implements StreamStore {
        private <T> CompletionStage<T> there(CompletionStage<T> answer) {
            return away ? CompletableFuture.failedFuture(new LogException.Unavailable("away")) : answer;
        }

        @Override
        public CompletionStage<Creation> create(String name, StreamSpec spec, StreamAppend first) {
            return there(store.create(name, spec, first));
        }

        @Override
        public CompletionStage<AppendOutcome> append(String name, StreamAppend append) {
            return away
                    ? CompletableFuture.failedFuture(new LogException.Unavailable("away"))
                    : store.append(name, append);
        }

        @Override
        public CompletionStage<Optional<StreamInfo>> info(String name) {
            return there(store.info(name));
        }

        @Override
        public CompletionStage<Optional<StreamPage>> read(String name, Offset after, int maxBytes) {
            return there(store.read(name, after, maxBytes));
        }

        @Override
        public CompletionStage<Boolean> delete(String name) {
            return there(store.delete(name));
        }

        @Override
        public CompletionStage<List<StreamInfo>> list(String prefix, String after, int limit) {
            return there(store.list(prefix, after, limit));
        }

        @Override
        public void listen(Consumer<StreamChange> listener) {
            listeners.add(listener);
        }

        @Override
        public void close() {}
    }
}
