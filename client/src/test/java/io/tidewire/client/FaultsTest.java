package io.tidewire.client;

import static io.tidewire.client.Recorder.take;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.client.EventSourceException.Reason;
import io.tidewire.sse.DecoderLimits;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each row of the table in docs/client-java.md. */
@SuppressWarnings("try") // closing early is what some tests are about; some servers are only there
class FaultsTest {
    private static final FaultServer.Script ONE_EVENT =
            peer -> peer.open().send("data: there\n\n").stall();
    private static final RetryPolicy QUICK =
            RetryPolicy.defaults().withInitial(Duration.ofMillis(5)).withMax(Duration.ofMillis(20));
    private static final Transport SHARED = Transport.jdk(HttpClient.newHttpClient());

    private final Recorder heard = new Recorder();

    @AfterAll
    static void close() {
        SHARED.close();
    }

    private EventSource start(URI uri, UnaryOperator<EventSourceBuilder> more) {
        EventSource source = more.apply(
                        EventSource.builder(uri).transport(SHARED).retry(QUICK).listener(heard))
                .build();
        source.onAny(heard);
        return source.start();
    }

    private EventSource start(FaultServer server) {
        return start(server.uri(), builder -> builder);
    }

    @Test
    void aRefusedConnectionIsTriedAgain() throws Exception {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        try (EventSource source = start(URI.create("http://127.0.0.1:" + port + "/"), builder -> builder)) {
            assertThat(take(heard.disconnects).reason()).isEqualTo(Reason.CONNECT);
            assertThat(take(heard.disconnects).getCause()).isInstanceOf(java.net.ConnectException.class);
            assertThat(source.state()).isEqualTo(ConnectionState.CONNECTING);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504})
    void aStatusOfTheMomentIsTriedAgain(int status) throws Exception {
        try (FaultServer server = new FaultServer(peer -> peer.status(status), ONE_EVENT);
                EventSource source = start(server)) {
            assertThat(heard.data()).isEqualTo("there");
            EventSourceException cause = take(heard.disconnects);
            assertThat(cause.status()).hasValue(status);
            assertThat(cause).hasMessage("answer: " + status + " (expected: 200)");
            assertThat(source.lastError()).containsSame(cause);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "204, COMPLETED",
        "205, STATUS",
        "299, STATUS",
        "304, STATUS",
        "400, STATUS",
        "401, STATUS",
        "403, STATUS",
        "404, STATUS",
        "410, STATUS",
        "418, STATUS"
    })
    void aStatusForGoodIsTheEnd(int status, Reason reason) throws Exception {
        try (FaultServer server = new FaultServer(peer -> peer.status(status));
                EventSource source = start(server)) {
            assertThat(source.awaitClosed().reason()).isEqualTo(reason);
            assertThat(source.state()).isEqualTo(ConnectionState.CLOSED);
            assertThat(take(heard.closed)).isSameAs(source.lastError().orElseThrow());
            server.request();
            assertThat(server.waitingRequests()).isZero();
        }
    }

    @Test
    void retryAfterIsAFloor() throws Exception {
        try (FaultServer server = new FaultServer(peer -> peer.status(503, "Retry-After: 100000"));
                EventSource source = start(server)) {
            assertThat(take(heard.waits)).isGreaterThanOrEqualTo(Backoff.MAX_WAIT);
            source.close();
            assertThat(source.awaitClosed().reason()).isEqualTo(Reason.CLOSED);
        }
    }

    @Test
    void anotherContentTypeIsTheEnd() throws Exception {
        try (FaultServer server = new FaultServer(peer -> peer.status(200, "Content-Type: text/html; charset=utf-8"));
                EventSource source = start(server)) {
            EventSourceException end = source.awaitClosed();
            assertThat(end.reason()).isEqualTo(Reason.CONTENT_TYPE);
            assertThat(end).hasMessage("Content-Type: text/html (expected: text/event-stream)");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/event-stream;charset=utf-8",
                "Text/Event-Stream ; bogus",
                "text/event-stream;",
                "text/event-stream; charset=latin1"
            })
    void parametersOfTheContentTypeDoNotMatter(String type) throws Exception {
        FaultServer.Script script = peer -> peer.raw("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\n\r\ndata: é\n\n")
                .stall();
        try (FaultServer server = new FaultServer(script);
                EventSource source = start(server)) {
            assertThat(heard.data()).isEqualTo("é");
            assertThat(source.state()).isEqualTo(ConnectionState.OPEN);
        }
    }

    @Test
    void aCutIsResumedFromTheLastId() throws Exception {
        FaultServer.Script second = peer -> peer.open().send("data: c\n\n").cut();
        try (FaultServer server = new FaultServer(
                        peer -> {
                            peer.open().send("id: 1\ndata: a\n\nid: 2\ndata: b\n\n");
                            peer.send("id: 3\ndata: never fini").cut();
                        },
                        second,
                        ONE_EVENT);
                EventSource source = start(server)) {
            assertThat(server.request().header("last-event-id")).isEmpty();
            assertThat(server.request().header("last-event-id")).isEqualTo("2");
            assertThat(take(heard.disconnects).reason()).isEqualTo(Reason.CUT);
            // The second connection brought no id; the place is still that of the first.
            assertThat(server.request().header("last-event-id")).isEqualTo("2");
            assertThat(heard.data() + heard.data() + heard.data() + heard.data())
                    .isEqualTo("abcthere");
        }
    }

    @Test
    void anEndInGoodOrderIsReconnected() throws Exception {
        try (FaultServer server =
                        new FaultServer(peer -> peer.open().send("data: a\n\n").end(), ONE_EVENT);
                EventSource source = start(server)) {
            assertThat(heard.data() + heard.data()).isEqualTo("athere");
            assertThat(take(heard.disconnects).reason()).isEqualTo(Reason.ENDED);
            assertThat(heard.states)
                    .containsExactly(ConnectionState.OPEN, ConnectionState.CONNECTING, ConnectionState.OPEN);
        }
    }

    @Test
    void noBytesAtAllIsACut() throws Exception {
        try (FaultServer server = new FaultServer(FaultServer.Peer::cut, FaultServer.Peer::cut, ONE_EVENT);
                EventSource source = start(server)) {
            assertThat(heard.data()).isEqualTo("there");
            assertThat(take(heard.disconnects).reason()).isEqualTo(Reason.CUT);
        }
    }

    @Test
    void silenceBeforeTheAnswerIsNoticed() throws Exception {
        try (FaultServer server = new FaultServer(FaultServer.Peer::stall, ONE_EVENT);
                EventSource source = start(server.uri(), b -> b.watchdog(Duration.ofMillis(200)))) {
            assertThat(heard.data()).isEqualTo("there");
            assertThat(take(heard.disconnects).reason()).isEqualTo(Reason.SILENT);
            assertThat(server.ends.take()).isIn("eof", "reset");
        }
    }

    @Test
    void silenceWithinTheStreamIsNoticedAndCommentsBreakIt() throws Exception {
        CountDownLatch pause = new CountDownLatch(1);
        FaultServer.Script commented = peer -> {
            peer.open();
            for (int i = 0; i < 8; i++) {
                peer.send(": " + i + "\n");
                pause.await(250, TimeUnit.MILLISECONDS); // the server's pace: all together twice the watchdog's time
            }
            peer.send("data: still here\n\n").stall();
        };
        try (FaultServer server = new FaultServer(commented, ONE_EVENT);
                EventSource source = start(server.uri(), b -> b.watchdog(Duration.ofSeconds(1)))) {
            assertThat(heard.data() + heard.data()).isEqualTo("still herethere");
            assertThat(heard.comments).hasSize(8);
            assertThat(take(heard.disconnects).reason()).isEqualTo(Reason.SILENT);
        }
    }

    @Test
    void aHugeLineIsTheEnd() throws Exception {
        try (FaultServer server = new FaultServer(
                        peer -> peer.open().send("data: " + "x".repeat(100_000)).stall());
                EventSource source = start(server.uri(), b -> b.limits(new DecoderLimits(1000, 1000)))) {
            EventSourceException end = source.awaitClosed();
            assertThat(end.reason()).isEqualTo(Reason.TOO_LARGE);
            assertThat(end).hasMessageContaining("expected: at most 1000 bytes");
        }
    }

    @Test
    void aRefusedTokenIsRefreshedOnce() throws Exception {
        List<EventSourceBuilder.Attempt> asked = new ArrayList<>();
        try (FaultServer server = new FaultServer(
                        peer -> peer.status(401),
                        peer -> peer.open().send("data: in\n\n").cut(),
                        p -> p.status(401));
                EventSource source = start(
                        server.uri(),
                        b -> b.headers(attempt -> {
                            asked.add(attempt);
                            return Map.of("Authorization", "Bearer " + asked.size());
                        }))) {
            assertThat(source.awaitClosed().status()).hasValue(401);
            assertThat(heard.data()).isEqualTo("in");
            assertThat(asked.stream().map(EventSourceBuilder.Attempt::refused))
                    .containsExactly(false, true, false, true);
            assertThat(take(heard.waits)).isZero();
            assertThat(server.request().header("authorization")).isEqualTo("Bearer 1");
            assertThat(server.request().header("authorization")).isEqualTo("Bearer 2");
        }
    }

    @Test
    void aFailingHeaderFunctionIsAFailedAttempt() throws Exception {
        int[] calls = {0};
        try (FaultServer server = new FaultServer(ONE_EVENT);
                EventSource source = start(
                        server.uri(),
                        b -> b.headers(attempt -> {
                            if (calls[0]++ == 0) {
                                throw new IllegalStateException("the token server is down");
                            }
                            return Map.of();
                        }))) {
            assertThat(heard.data()).isEqualTo("there");
            assertThat(take(heard.disconnects).reason()).isEqualTo(Reason.HEADERS);
        }
    }

    @Test
    void aHeaderThatCannotBeSentIsTheEnd() throws Exception {
        try (FaultServer server = new FaultServer(ONE_EVENT);
                EventSource source = start(server.uri(), b -> b.header("Host", "elsewhere"))) {
            assertThat(source.awaitClosed().reason()).isEqualTo(Reason.REQUEST);
        }
    }

    @Test
    void attemptsAreCounted() throws Exception {
        try (FaultServer server = new FaultServer(peer -> peer.status(500));
                EventSource source = start(server.uri(), b -> b.retry(QUICK.withMaxAttempts(3)))) {
            EventSourceException end = source.awaitClosed();
            assertThat(end.reason()).isEqualTo(Reason.ATTEMPTS_EXHAUSTED);
            assertThat(end.getCause())
                    .isInstanceOfSatisfying(
                            EventSourceException.class,
                            cause -> assertThat(cause.status()).hasValue(500));
            server.request();
            server.request();
            server.request();
            assertThat(server.waitingRequests()).isZero();
        }
    }
}
