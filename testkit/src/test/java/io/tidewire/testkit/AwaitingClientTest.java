package io.tidewire.testkit;

import static io.tidewire.testkit.ScriptedServer.CHUNKED;
import static io.tidewire.testkit.ScriptedServer.STREAM;
import static io.tidewire.testkit.ScriptedServer.chunk;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.testkit.AwaitingClient.Ending;
import io.tidewire.testkit.AwaitingClient.Event;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class AwaitingClientTest {
    private static final String END = "0\r\n\r\n";

    @Test
    void eventsComeWithTypeDataAndId() throws Exception {
        String body = "retry: 1500\n\nid: #a.1\ndata: one\n\n: ping\n\nevent: price\ndata: two\ndata: lines\n\n";
        try (ScriptedServer server = ScriptedServer.answering(CHUNKED + chunk(body) + END);
                AwaitingClient client = AwaitingClient.connect(server.uri())) {
            assertThat(client.status()).isEqualTo(200);
            assertThat(client.header("content-TYPE")).hasValue("text/event-stream");
            assertThat(client.header("X-None")).isEmpty();
            assertThat(client.take(2))
                    .containsExactly(new Event("message", "one", "#a.1"), new Event("price", "two\nlines", "#a.1"));
            assertThat(client.awaitEnd()).isEqualTo(Ending.COMPLETE);
            assertThat(client.awaitComment()).isEqualTo("ping");
            assertThat(client.comments()).containsExactly("ping");
            assertThat(client.lastEventId()).isEqualTo("#a.1");
            assertThat(client.retry()).hasValue(Duration.ofMillis(1500));
        }
    }

    @Test
    void idWithoutDataCountsForTheReconnect() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(CHUNKED + chunk("id: 7\n\n") + END);
                AwaitingClient client = AwaitingClient.connect(server.uri())) {
            client.awaitEnd();
            assertThat(client.lastEventId()).isEqualTo("7");
            assertThat(client.received()).isEmpty();
        }
    }

    @Test
    void chunksMayBeCutAnywhere() throws Exception {
        String wire = CHUNKED + "C;ext=1\r\ndata: é1\n\nd\r\n" + chunk("ata: 2\n\n") + "0\r\nTrailer: x\r\n\r\n";
        ScriptedServer.Script byteByByte = socket -> {
            socket.setTcpNoDelay(true);
            for (byte each : wire.getBytes(StandardCharsets.UTF_8)) {
                socket.getOutputStream().write(each);
            }
        };
        try (ScriptedServer server = new ScriptedServer(byteByByte);
                AwaitingClient client = AwaitingClient.connect(server.uri())) {
            assertThat(client.take(2)).extracting(Event::data).containsExactly("é1", "2");
            assertThat(client.awaitEnd()).isEqualTo(Ending.COMPLETE);
        }
    }

    @Test
    void requestSaysWhatTheBuilderWasTold() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(STREAM + "Content-Length: 0\r\n\r\n");
                AwaitingClient client = AwaitingClient.to(server.uri())
                        .header("Authorization", "Bearer t")
                        .lastEventId("#a.1")
                        .connect()) {
            assertThat(server.request())
                    .startsWith("GET /events?topic=a%20b HTTP/1.1\r\n")
                    .contains("\r\nHost: 127.0.0.1:", "\r\nAccept: text/event-stream\r\n")
                    .contains("\r\nAuthorization: Bearer t\r\n", "\r\nLast-Event-ID: #a.1\r\n");
            assertThat(client.awaitEnd()).isEqualTo(Ending.COMPLETE);
        }
    }

    @Test
    void nextOfATypeSkipsOthers() throws Exception {
        String body = "data: 1\n\nevent: gap\ndata: 2\n\ndata: 3\n\n";
        try (ScriptedServer server = ScriptedServer.answering(CHUNKED + chunk(body) + END);
                AwaitingClient client = AwaitingClient.connect(server.uri())) {
            assertThat(client.next("gap").data()).isEqualTo("2");
            assertThat(client.next().data()).isEqualTo("3");
        }
    }

    @Test
    void failureListsWhatCame() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        ScriptedServer.Script script = socket -> {
            ScriptedServer.write(socket, CHUNKED + chunk("data: one\n\n: ping\n\ndata: two\n\n"));
            over.await();
        };
        try (ScriptedServer server = new ScriptedServer(script);
                AwaitingClient client = AwaitingClient.to(server.uri())
                        .timeout(Duration.ofMillis(300))
                        .connect()) {
            client.next();
            assertThatThrownBy(() -> client.next("price"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContainingAll("an event of type price", "data=one", "data=two", "ping");
            over.countDown();
        }
    }

    @Test
    void waitingFailsAtOnceWhenTheStreamIsOver() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(CHUNKED + chunk("data: one\n\n") + END);
                AwaitingClient client = AwaitingClient.to(server.uri())
                        .timeout(Duration.ofHours(1))
                        .connect()) {
            client.next();
            assertThatThrownBy(client::next)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("the stream ended, COMPLETE");
        }
    }

    @Test
    void endInTheMiddleOfAChunkedBodyIsACut() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(CHUNKED + chunk("data: one\n\n"));
                AwaitingClient client = AwaitingClient.connect(server.uri())) {
            assertThat(client.awaitEnd()).isEqualTo(Ending.CUT);
            assertThat(client.next().data()).isEqualTo("one");
        }
    }

    @Test
    void bodyWithoutFramingEndsWithItsConnection() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(STREAM + "\r\ndata: one\n\n");
                AwaitingClient client = AwaitingClient.connect(server.uri())) {
            assertThat(client.next().data()).isEqualTo("one");
            assertThat(client.awaitEnd()).isEqualTo(Ending.COMPLETE);
        }
    }

    @Test
    void answerThatIsNoStreamIsABody() throws Exception {
        String answer =
                "HTTP/1.1 404 Not Found\r\nContent-Type: application/problem+json\r\nContent-Length: 3\r\n\r\n{é";
        try (ScriptedServer server = ScriptedServer.answering(answer);
                AwaitingClient client = AwaitingClient.connect(server.uri())) {
            assertThat(client.status()).isEqualTo(404);
            assertThat(client.body()).isEqualTo("{é");
        }
    }

    @Test
    void informationalAnswersAreSkipped() throws Exception {
        String hints = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
        try (ScriptedServer server = ScriptedServer.answering(hints + STREAM + "Content-Length: 0\r\n\r\n");
                AwaitingClient client = AwaitingClient.connect(server.uri())) {
            assertThat(client.status()).isEqualTo(200);
            assertThat(client.header("Link")).isEmpty();
        }
    }

    @Test
    void pausedClientStallsItsServer() throws Exception {
        String event = "data: " + "x".repeat(1 << 16) + "\n\n";
        int count = 400; // 26 MB: more than the buffers of both sockets ever hold
        CountDownLatch start = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        ScriptedServer.Script script = socket -> {
            ScriptedServer.write(socket, CHUNKED + chunk("data: first\n\n"));
            start.await();
            for (int i = 0; i < count; i++) {
                ScriptedServer.write(socket, chunk(event));
            }
            written.countDown();
            ScriptedServer.write(socket, END);
        };
        try (ScriptedServer server = new ScriptedServer(script);
                AwaitingClient client = AwaitingClient.to(server.uri())
                        .receiveBufferBytes(8 << 10)
                        .connect()) {
            client.next();
            client.pause();
            start.countDown();
            assertThat(written.await(500, TimeUnit.MILLISECONDS)).isFalse();
            assertThat(client.received()).isEmpty();
            client.resume();
            assertThat(client.take(count)).hasSize(count);
            assertThat(client.awaitEnd()).isEqualTo(Ending.COMPLETE);
        }
    }

    @Test
    void cutResetsTheConnection() throws Exception {
        ScriptedServer.Script script = socket -> {
            ScriptedServer.write(socket, CHUNKED + chunk("data: first\n\n"));
            socket.getInputStream().read(); // a close would be -1, not an exception
        };
        try (ScriptedServer server = new ScriptedServer(script);
                AwaitingClient client = AwaitingClient.connect(server.uri())) {
            client.next();
            client.cut();
            assertThatThrownBy(server::awaitDone).hasMessageContaining("reset");
            assertThat(client.awaitEnd()).isEqualTo(Ending.CUT);
        }
    }

    @Test
    void pausedClientCanBeCutAndClosed() throws Exception {
        ScriptedServer.Script script = socket -> socket.getInputStream().read(new byte[1]);
        try (ScriptedServer server = new ScriptedServer(socket -> {
                    ScriptedServer.write(socket, CHUNKED);
                    script.run(socket);
                });
                AwaitingClient client = AwaitingClient.connect(server.uri())) {
            client.pause();
            client.cut();
            assertThatThrownBy(server::awaitDone).hasMessageContaining("reset");
        }
    }

    @Test
    void whatIsNoHttpIsRefused() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering("SSH-2.0-x\r\n\r\n")) {
            assertThatThrownBy(() -> AwaitingClient.connect(server.uri())).isInstanceOf(UncheckedIOException.class);
        }
    }

    @Test
    void onlyPlainHttpIsSpoken() {
        assertThatThrownBy(() -> AwaitingClient.connect(URI.create("https://localhost/")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: http://");
    }
}
