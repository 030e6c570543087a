package io.tidewire.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.sse.ServerSentEvent;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TokenStreamTest {
    private final SharedStore shared = new SharedStore();
    private final Streams streams = new Streams(shared.view());

    @AfterEach
    void close() {
        streams.close();
    }

    private String recorded(String name) {
        StringBuilder all = new StringBuilder();
        streams.read(name, Offset.START, 1 << 20)
                .toCompletableFuture()
                .join()
                .orElseThrow()
                .messages()
                .forEach(message -> all.append(new String(message, UTF_8)));
        return all.toString();
    }

    @Test
    void tokensAreEventsAndBlanksCount() {
        TokenStream answer = streams.open("a");
        answer.token("Hel")
                .token("lo\n \"you\"")
                .event(ServerSentEvent.builder().event("usage").data("3").build());
        assertThat(answer.done()).succeedsWithin(Duration.ofSeconds(5));
        answer.token("too late");
        assertThat(recorded("a"))
                .isEqualTo(
                        "data: \"Hel\"\n\ndata: \"lo\\n \\\"you\\\"\"\n\nevent: usage\ndata: 3\n\nevent: done\ndata: {}\n\n");
        assertThat(answer.isStopped()).isFalse();
    }

    @Test
    void aFailureIsToldToItsReaders() {
        TokenStream answer = streams.open("a");
        answer.token("Hel");
        assertThat(answer.fail("no more tokens")).succeedsWithin(Duration.ofSeconds(5));
        assertThat(recorded("a")).endsWith("event: error\ndata: {\"message\":\"no more tokens\"}\n\n");
    }

    @Test
    void aStopEndsItAndIsHeard() {
        TokenStream answer = streams.open("a").token("Hel");
        assertThat(streams.stop("a").toCompletableFuture().join()).isTrue();
        assertThat(answer.stopped()).isCompleted();
        answer.token("lo");
        assertThat(recorded("a")).isEqualTo("data: \"Hel\"\n\nevent: stopped\ndata: {}\n\n");
    }

    @Test
    void aNameThatIsTakenFailsAndStopsIt() {
        streams.open("a").done().toCompletableFuture().join();
        TokenStream again = streams.open("a").token("Hel");
        assertThat(again.isStopped()).isTrue();
        assertThatThrownBy(() -> again.done().toCompletableFuture().join()).hasMessageContaining("a exists");
    }
}
