package io.tidewire.client;

import static io.tidewire.client.Recorder.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.client.EventSourceException.Reason;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What is sent: methods, bodies, headers, ids, redirects. */
@SuppressWarnings("try") // some servers are only there
class RequestsTest {
    private static final FaultServer.Script DONE = peer -> peer.status(204);
    private static final RetryPolicy QUICK =
            RetryPolicy.defaults().withInitial(Duration.ofMillis(5)).withMax(Duration.ofMillis(20));
    private static final Transport SHARED = Transport.jdk(HttpClient.newHttpClient());

    private final Recorder heard = new Recorder();

    private EventSource start(FaultServer server, UnaryOperator<EventSourceBuilder> more) {
        EventSource source = more.apply(EventSource.builder(server.uri("/events?topic=a"))
                        .transport(SHARED)
                        .retry(QUICK)
                        .listener(heard))
                .build();
        source.onAny(heard);
        return source.start();
    }

    @Test
    void theFirstRequestHasNoLastEventId() throws Exception {
        try (FaultServer server = new FaultServer(DONE);
                EventSource source =
                        start(server, b -> b.header("X-Custom", "1").header("accept", "text/event-stream, */*"))) {
            source.awaitClosed();
            FaultServer.Seen request = server.request();
            assertThat(request.line()).isEqualTo("GET /events?topic=a HTTP/1.1");
            assertThat(request.header("accept")).isEqualTo("text/event-stream, */*");
            assertThat(request.header("cache-control")).isEqualTo("no-cache");
            assertThat(request.header("x-custom")).isEqualTo("1");
            assertThat(request.head().toLowerCase(java.util.Locale.ROOT)).doesNotContain("last-event-id");
        }
    }

    @Test
    void anIdThatWasResetIsNotSent() throws Exception {
        try (FaultServer server = new FaultServer(
                        peer -> peer.open()
                                .send("id: 7\ndata: a\n\nid\ndata: b\n\n")
                                .cut(),
                        DONE);
                EventSource source = start(server, b -> b.lastEventId("3"))) {
            source.awaitClosed();
            assertThat(server.request().header("last-event-id")).isEqualTo("3");
            assertThat(server.request().header("last-event-id")).isEmpty();
            assertThat(take(heard.events).id()).isEqualTo("7");
            assertThat(take(heard.events).id()).isEmpty();
        }
    }

    @Test
    void anIdBeyondAsciiGoesIntoTheQueryWhereTheJdkCannotSendIt() throws Exception {
        try (FaultServer server = new FaultServer(
                        peer -> peer.open().send("id: é€/1\ndata: a\n\n").cut(), DONE);
                EventSource source = start(server, b -> b)) {
            source.awaitClosed();
            server.request();
            FaultServer.Seen second = server.request();
            assertThat(second.line()).isEqualTo("GET /events?topic=a&last_event_id=%C3%A9%E2%82%AC%2F1 HTTP/1.1");
            assertThat(second.header("last-event-id")).isEmpty();
        }
    }

    @Test
    void anIdOnlyBlockMovesThePlace() throws Exception {
        try (FaultServer server =
                        new FaultServer(peer -> peer.open().send("id: 8\n\n").cut(), DONE);
                EventSource source = start(server, b -> b)) {
            source.awaitClosed();
            server.request();
            assertThat(server.request().header("last-event-id")).isEqualTo("8");
        }
    }

    @Test
    void aPostIsResumedWithTheSameBodyAndTheId() throws Exception {
        try (FaultServer server = new FaultServer(
                        peer -> peer.open().send("id: 1\ndata: a\n\n").cut(), DONE);
                EventSource source = start(server, b -> b.post("application/json", "{\"é\":1}"))) {
            assertThat(source.awaitClosed().reason()).isEqualTo(Reason.COMPLETED);
            FaultServer.Seen first = server.request();
            FaultServer.Seen second = server.request();
            assertThat(first.line()).startsWith("POST ");
            assertThat(first.header("content-type")).isEqualTo("application/json");
            assertThat(first.body()).isEqualTo("{\"é\":1}").isEqualTo(second.body());
            assertThat(second.header("last-event-id")).isEqualTo("1");
        }
    }

    @Test
    void aPostWithoutAnyIdIsNotRepeated() throws Exception {
        try (FaultServer server =
                        new FaultServer(peer -> peer.open().send("data: a\n\n").cut(), DONE);
                EventSource source = start(server, b -> b.post("text/plain", "pay"))) {
            EventSourceException end = source.awaitClosed();
            assertThat(end.reason()).isEqualTo(Reason.NOT_REPEATABLE);
            assertThat(end.getCause())
                    .isInstanceOfSatisfying(
                            EventSourceException.class,
                            cause -> assertThat(cause.reason()).isEqualTo(Reason.CUT));
            server.request();
            assertThat(server.waitingRequests()).isZero();
        }
    }

    @Test
    void aPostThatGetsNoAnswerOrA500IsNotRepeated() throws Exception {
        for (FaultServer.Script script : new FaultServer.Script[] {FaultServer.Peer::cut, peer -> peer.status(500)}) {
            try (FaultServer server = new FaultServer(script, DONE);
                    EventSource source = start(server, b -> b.post("text/plain", "pay"))) {
                assertThat(source.awaitClosed().reason()).isEqualTo(Reason.NOT_REPEATABLE);
                server.request();
                assertThat(server.waitingRequests()).isZero();
            }
        }
    }

    @Test
    void aPostThatWasRefusedOrIsRepeatableIsRepeated() throws Exception {
        try (FaultServer server = new FaultServer(peer -> peer.status(429), DONE);
                EventSource source = start(server, b -> b.post("text/plain", "ask"))) {
            assertThat(source.awaitClosed().reason()).isEqualTo(Reason.COMPLETED);
        }
        try (FaultServer server = new FaultServer(FaultServer.Peer::cut, peer -> peer.status(500), DONE);
                EventSource source =
                        start(server, b -> b.post("text/plain", "ask").repeatable())) {
            assertThat(source.awaitClosed().reason()).isEqualTo(Reason.COMPLETED);
        }
    }

    @Test
    void aRedirectIsFollowedAndTheOriginalAddressIsUsedAgain() throws Exception {
        try (FaultServer server = new FaultServer(
                        peer -> peer.status(307, "Location: /moved"),
                        peer -> peer.open().send("id: 1\ndata: a\n\n").cut(),
                        DONE);
                EventSource source = start(server, b -> b.header("Authorization", "secret"))) {
            source.awaitClosed();
            assertThat(server.request().line()).startsWith("GET /events?topic=a ");
            FaultServer.Seen moved = server.request();
            assertThat(moved.line()).startsWith("GET /moved ");
            assertThat(moved.header("authorization")).isEqualTo("secret");
            assertThat(server.request().line()).startsWith("GET /events?topic=a ");
            assertThat(take(heard.events).origin()).isEqualTo(server.uri("/moved"));
        }
    }

    @Test
    void anotherOriginGetsNoSecret() throws Exception {
        try (FaultServer other = new FaultServer(DONE);
                FaultServer server = new FaultServer(peer -> peer.status(308, "Location: " + other.uri("/there")));
                EventSource source = start(
                        server,
                        b -> b.header("Authorization", "secret")
                                .header("Cookie", "secret")
                                .header("X-Api-Key", "secret")
                                .header("Accept-Language", "de")
                                .lastEventId("5"))) {
            source.awaitClosed();
            assertThat(server.request().head()).contains("secret");
            FaultServer.Seen there = other.request();
            assertThat(there.head()).doesNotContain("secret");
            assertThat(there.header("accept-language")).isEqualTo("de");
            assertThat(there.header("last-event-id")).isEqualTo("5");
        }
    }

    @Test
    void aPostBecomesAGetOrStaysOneAsTheStatusSays() throws Exception {
        for (int status : new int[] {301, 302, 303}) {
            try (FaultServer server = new FaultServer(peer -> peer.status(status, "Location: /b"), DONE);
                    EventSource source = start(server, b -> b.post("text/plain", "ask"))) {
                source.awaitClosed();
                server.request();
                FaultServer.Seen second = server.request();
                assertThat(second.line()).startsWith("GET /b");
                assertThat(second.body()).isEmpty();
                assertThat(second.header("content-type")).isEmpty();
            }
        }
        try (FaultServer server = new FaultServer(peer -> peer.status(307, "Location: /b"), DONE);
                EventSource source = start(server, b -> b.post("text/plain", "ask"))) {
            source.awaitClosed();
            server.request();
            assertThat(server.request().body()).isEqualTo("ask");
        }
    }

    @Test
    void redirectsThatLeadNowhereAreTheEnd() throws Exception {
        String[] locations = {
            "Location: /events", "Location: ftp://x/", "X-None: 1", "Location: http://[", "Location: mailto:a"
        };
        for (String location : locations) {
            try (FaultServer server = new FaultServer(peer -> peer.status(301, location));
                    EventSource source = start(server, b -> b)) {
                assertThat(source.awaitClosed().reason()).as(location).isEqualTo(Reason.REDIRECT);
            }
        }
    }

    @Test
    void thereIsNoWayDownFromHttps() {
        assertThatThrownBy(() -> AnswerRules.redirect(
                        new RequestPlan.Hop(URI.create("https://a/"), "GET", true),
                        new Transport.Answer(302, java.util.Map.of("location", java.util.List.of("http://a/")))))
                .hasMessageContaining("from https to http");
    }

    @Test
    void anAddressThatIsNoneIsRefusedAtOnce() {
        assertThatThrownBy(() -> EventSource.builder(URI.create("ftp://x/")))
                .hasMessage("uri: ftp (expected: http or https, and a host)");
        assertThatThrownBy(() -> EventSource.builder(URI.create("/events")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
