package io.tidewire.server;

import static io.tidewire.server.LlmFixture.CHAT;
import static io.tidewire.server.LlmFixture.HELLO;
import static io.tidewire.server.LlmFixture.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidewire.log.LocalBus;
import io.tidewire.server.LlmFixture.Answer;
import io.tidewire.server.LlmFixture.Event;
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
import java.net.http.HttpRequest;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two gateways on one store and one bus: whichever is asked, an answer is the same. */
class LlmClusterTest {
    private final MemoryStreamStore store = new MemoryStreamStore(StreamLimits.defaults(), InstantSource.system());
    private final List<Consumer<StreamChange>> listeners = new CopyOnWriteArrayList<>();
    private final LocalBus bus = LocalBus.create();
    private final LlmFixture llm = new LlmFixture();
    private final Tidewire near;
    private final Tidewire far;

    LlmClusterTest() {
        store.listen(change -> listeners.forEach(told -> told.accept(change)));
        near = hub(bus);
        far = hub(bus.join());
    }

    private Tidewire hub(LocalBus way) {
        return Tidewire.builder()
                .port(0)
                .threads(1)
                .bus(way)
                .streams(new Shared(store, listeners))
                .llm(llm.config())
                .start();
    }

    @AfterEach
    void stop() {
        near.close();
        far.close();
        llm.close();
        store.close();
    }

    @Test
    void anAnswerIsReadOnAnyHubWhileItIsGiven() throws Exception {
        try (Answer answer = llm.open(post(near, CHAT, HELLO, "x-stand-in", "fault=stall@5"))) {
            List<Event> begun = answer.next(5);
            try (Answer other = llm.open(LlmFixture.request(far, answer.place()).build())) {
                assertThat(other.next(5)).isEqualTo(begun);
                llm.model.release();
                assertThat(other.rest()).isEqualTo(answer.rest());
            }
        }
    }

    @Test
    void anAnswerIsStoppedFromAnyHub() throws Exception {
        try (Answer answer = llm.open(post(near, CHAT, HELLO, "x-stand-in", "fault=stall@5"))) {
            answer.next(5);
            assertThat(llm.delete(far, answer.place()).statusCode()).isEqualTo(204);
            await().until(() -> llm.model.stats().cancelled() == 1);
            assertThat(answer.rest().toString()).contains("stopped");
            assertThat(llm.get(far, answer.place()).body()).contains("stopped");
        }
    }

    @Test
    void aKeyStartsAnAnswerOnceOnAllHubs() throws Exception {
        HttpRequest first = post(near, CHAT, HELLO, "Idempotency-Key", "k");
        String body = llm.send(first).body();
        assertThat(llm.send(post(far, CHAT, HELLO, "Idempotency-Key", "k")).body())
                .isEqualTo(body);
        assertThat(llm.model.stats().requests()).isEqualTo(1);
    }

    /** A store that its hubs do not close. */
    private record Shared(StreamStore store, List<Consumer<StreamChange>> listeners) implements StreamStore {
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
}
