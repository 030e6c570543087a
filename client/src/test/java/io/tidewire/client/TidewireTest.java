package io.tidewire.client;

import static io.tidewire.client.Recorder.take;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.client.EventSourceException.Reason;
import java.time.Duration;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What a Tidewire server says in its own name. */
@SuppressWarnings("try") // servers that are only there
class TidewireTest {
    private static final String HEADER = "Tidewire-Connection: c1";
    private static final String HELLO =
            "id: #e.5\nevent: connected\nretry: 1\ndata: {\"connection\":\"c1\",\"resume\":\"%s\",\"from\":\"#e.5\",\"keepAliveMillis\":%d}\n\n";
    private static final String CLOSING = "event: closing\ndata: {\"reason\":\"%s\",\"retryMillis\":1}\n\n";
    private static final FaultServer.Script DONE = peer -> peer.status(204);

    private final Recorder heard = new Recorder();

    private EventSource start(FaultServer server, UnaryOperator<EventSourceBuilder> more) {
        EventSource source =
                more.apply(EventSource.builder(server.uri()).listener(heard)).build();
        source.onAny(heard);
        return source.start();
    }

    @Test
    void connectedAndHeartbeatMoveThePlaceAndAreNotEvents() throws Exception {
        String heartbeat =
                "id: #e.9\nevent: heartbeat\ndata: {\"time\":\"2026-01-01T00:00:00Z\",\"cursor\":\"#e.9\"}\n\n";
        try (FaultServer server = new FaultServer(
                        peer -> peer.open(HEADER)
                                .send(HELLO.formatted("new", 30_000))
                                .end(),
                        peer -> peer.open(HEADER)
                                .send(HELLO.formatted("full", 30_000) + heartbeat + "data: a\n\n")
                                .end(),
                        DONE);
                EventSource source = start(server, b -> b)) {
            source.awaitClosed();
            assertThat(take(heard.hellos))
                    .isEqualTo(new Connected("c1", Connected.Resume.NEW, "#e.5", Duration.ofSeconds(30)));
            assertThat(take(heard.hellos).resume()).isEqualTo(Connected.Resume.FULL);
            assertThat(heard.events).extracting(StreamEvent::data).containsExactly("a");
            server.request();
            assertThat(server.request().header("last-event-id")).isEqualTo("#e.5");
            assertThat(server.request().header("last-event-id")).isEqualTo("#e.9");
        }
    }

    @Test
    void aGapIsTold() throws Exception {
        String gap = "id: #e.4\nevent: gap\ndata: {\"from\":\"#d.1\",\"to\":\"#e.4\",\"missed\":12}\n\n";
        try (FaultServer server = new FaultServer(
                        peer -> peer.open(HEADER)
                                .send(HELLO.formatted("gap", 30_000) + gap + "data: a\n\n")
                                .end(),
                        DONE);
                EventSource source = start(server, b -> b.lastEventId("#d.1"))) {
            source.awaitClosed();
            Gap told = take(heard.gaps);
            assertThat(told.from() + " " + told.to()).isEqualTo("#d.1 #e.4");
            assertThat(told.missed()).hasValue(12);
            assertThat(heard.gaps).isEmpty();
            assertThat(heard.events).extracting(StreamEvent::data).containsExactly("a");
        }
    }

    @Test
    void onRequestTheyAreEventsToo() throws Exception {
        try (FaultServer server = new FaultServer(
                        peer -> peer.open(HEADER)
                                .send(HELLO.formatted("new", 30_000) + CLOSING.formatted("completed"))
                                .end(),
                        DONE);
                EventSource source = start(server, EventSourceBuilder::controlEvents)) {
            source.awaitClosed();
            assertThat(heard.events).extracting(StreamEvent::type).containsExactly("connected", "closing");
        }
    }

    @Test
    void completedIsTheEndAndOtherReasonsAreNot() throws Exception {
        try (FaultServer server = new FaultServer(
                        peer -> peer.open(HEADER)
                                .send(CLOSING.formatted("shutdown"))
                                .end(),
                        peer -> peer.open(HEADER)
                                .send(CLOSING.formatted("completed"))
                                .end(),
                        DONE);
                EventSource source =
                        start(server, b -> b.retry(RetryPolicy.defaults().withInitial(Duration.ofMillis(1))))) {
            EventSourceException end = source.awaitClosed();
            assertThat(end.reason()).isEqualTo(Reason.COMPLETED);
            assertThat(end).hasMessageContaining("completed");
            assertThat(heard.disconnects).hasSize(1);
            assertThat(heard.events).isEmpty();
        }
    }

    @Test
    void reasonsToStopForCanBeChosen() throws Exception {
        try (FaultServer server = new FaultServer(
                        peer -> peer.open(HEADER)
                                .send(CLOSING.formatted("kicked"))
                                .stall(),
                        DONE);
                EventSource source = start(server, b -> b.stopOnClosing(Set.of("kicked")))) {
            assertThat(source.awaitClosed().reason()).isEqualTo(Reason.COMPLETED);
        }
    }

    @Test
    void somebodyElsesEventsOfThoseNamesAreEvents() throws Exception {
        String foreign = "event: connected\ndata: {\"connection\":\"x\"}\n\nevent: gap\ndata: in the market\n\n"
                + "event: heartbeat\ndata: {\"time\":\"now\",\"cursor\":1}\n\nevent: closing\ndata: {\"reason\":\"bored\"}\n\n";
        try (FaultServer server =
                        new FaultServer(peer -> peer.open(HEADER).send(foreign).end(), DONE);
                EventSource source =
                        start(server, b -> b.retry(RetryPolicy.defaults().withInitial(Duration.ofMillis(1))))) {
            source.awaitClosed();
            assertThat(heard.events)
                    .extracting(StreamEvent::type)
                    .containsExactly("connected", "gap", "heartbeat", "closing");
        }
    }

    @Test
    void theWatchdogSetsItselfFromWhatIsAnnounced() throws Exception {
        try (FaultServer server = new FaultServer(
                        peer -> peer.open(HEADER)
                                .send(HELLO.formatted("new", 100))
                                .stall(),
                        DONE);
                EventSource source = start(server, b -> b)) {
            source.awaitClosed();
            EventSourceException cause = take(heard.disconnects);
            assertThat(cause.reason()).isEqualTo(Reason.SILENT);
            assertThat(cause).hasMessageContaining("nothing for PT1.2S");
        }
    }

    @Test
    void aMercureHubThatResumesElsewhereHasAGap() throws Exception {
        try (FaultServer server = new FaultServer(
                        peer -> peer.open("Mercure-Last-Event-ID: earliest")
                                .send("data: a\n\n")
                                .end(),
                        DONE);
                EventSource source = start(
                        server,
                        b -> b.lastEventId("urn:uuid:1")
                                .retry(RetryPolicy.defaults().withInitial(Duration.ofMillis(1))))) {
            source.awaitClosed();
            assertThat(take(heard.gaps).to()).isEqualTo("earliest");
        }
    }

    @Test
    void onlyFlatObjectsAreRead() {
        assertThat(FlatJson.read("{\"a\":\"\\u00e9\\n\",\"b\":-7}"))
                .hasValueSatisfying(
                        members -> assertThat(members).containsEntry("a", "é\n").containsEntry("b", -7L));
        assertThat(FlatJson.read("{}")).isPresent();
        for (String other : new String[] {
            "",
            "{",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1.5}",
            "{\"a\":[]}",
            "{\"a\":null}",
            "{\"a\":1}x",
            "{\"a\":1,\"a\":2}",
            "{\"a\":\"\\u00\"}",
            "{\"a\":\"\\q\"}",
            "[1]",
            "{a:1}",
            "{\"a\":99999999999999999999}",
            "{\"a\":1,}"
        }) {
            assertThat(FlatJson.read(other)).as(other).isEmpty();
        }
    }
}
