package io.tidewire.server;

import static io.tidewire.server.LlmFixture.CHAT;
import static io.tidewire.server.LlmFixture.HELLO;
import static io.tidewire.server.LlmFixture.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidewire.log.LocalBus;
import io.tidewire.server.LlmFixture.Answer;
import io.tidewire.server.LlmFixture.Event;
import java.net.http.HttpRequest;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two gateways on one store and one bus: whichever is asked, an answer is the same. */
class LlmClusterTest {
    private final SharedStreamStore store = new SharedStreamStore();
    private final LocalBus bus = LocalBus.create();
    private final LlmFixture llm = new LlmFixture();
    private final Tidewire near;
    private final Tidewire far;

    LlmClusterTest() {
        near = hub(bus);
        far = hub(bus.join());
    }

    private Tidewire hub(LocalBus way) {
        return Tidewire.builder()
                .port(0)
                .threads(1)
                .bus(way)
                .streams(store)
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
}
