package io.tidewire.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.sse.DecoderLimits;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The shared cases through the client: each stream is a connection, and what is dropped, kept and carried over is the client's doing. */
@SuppressWarnings("try") // closed early where the wait is not one to sit out
class ConformanceTest {
    private static final URI NOWHERE = URI.create("http://nowhere/");

    static Stream<Case> cases() throws IOException {
        try (InputStream in = ConformanceTest.class.getResourceAsStream("/io/tidewire/conformance/event-stream.json")) {
            JsonNode file = JsonMapper.shared().readTree(Objects.requireNonNull(in));
            List<Case> cases = new ArrayList<>();
            file.get("cases").forEach(node -> cases.add(new Case(node)));
            return cases.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void throughSockets(Case expected) throws Exception {
        List<FaultServer.Script> scripts = new ArrayList<>();
        expected.streams()
                .forEach(stream -> scripts.add(peer -> peer.open().send(stream).end()));
        scripts.add(peer -> peer.status(204));
        Recorder heard = new Recorder();
        List<List<String>> seen = new ArrayList<>();
        try (FaultServer server = new FaultServer(scripts.toArray(FaultServer.Script[]::new));
                EventSource source = EventSource.builder(server.uri())
                        .retry(RetryPolicy.defaults().withInitial(Duration.ofMillis(1)))
                        .listener(heard)
                        .build()) {
            source.onAny(event -> seen.add(List.of(event.type(), event.data(), event.id())));
            source.start();
            if (expected.floor().compareTo(Duration.ofMillis(500)) > 0) {
                assertThat(Recorder.take(heard.waits)).isGreaterThanOrEqualTo(expected.floor());
                source.close(); // the wait is not one to sit out
                source.awaitClosed();
                assertThat(seen).isEqualTo(expected.events().subList(0, seen.size()));
            } else {
                source.awaitClosed();
                assertThat(seen).isEqualTo(expected.events());
                assertThat(heard.comments).containsExactlyElementsOf(expected.texts("comments"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void cutAtEveryByte(Case expected) {
        int longest = expected.streams().stream().mapToInt(s -> s.length).max().orElse(0);
        for (int cut = 0; cut <= longest; cut++) {
            check(expected, cut);
        }
    }

    private static void check(Case expected, int cut) {
        Recorder heard = new Recorder();
        List<List<String>> seen = new ArrayList<>();
        Readers readers = new Readers();
        readers.listenToAll(event -> seen.add(List.of(event.type(), event.data(), event.id())));
        StreamFeed feed = new StreamFeed(
                new StreamOptions(
                        DecoderLimits.defaults(), Optional.empty(), 0, false, Set.of(), event -> false, event -> false),
                new Lifecycle(),
                readers,
                new Announcements(List.of(heard)),
                new StreamFeed.Parts(
                        new Cursor(Cursor.NONE, heard::failed), new Backoff(RetryPolicy.defaults(), () -> 0), NOWHERE));
        for (byte[] stream : expected.streams()) {
            feed.begin(new StreamOpener.OpenStream(NOWHERE, new Transport.Answer(200, Map.of()), new Ended()));
            int at = Math.min(cut, stream.length);
            byte[] chunk = new byte[stream.length];
            System.arraycopy(stream, 0, chunk, 0, at);
            feed.feed(chunk, at);
            System.arraycopy(stream, at, chunk, 0, stream.length - at);
            feed.feed(chunk, stream.length - at);
        }
        assertThat(seen).isEqualTo(expected.events());
        assertThat(feed.lastEventId())
                .isEqualTo(expected.node().get("lastEventId").asString());
        assertThat(heard.comments).containsExactlyElementsOf(expected.texts("comments"));
    }

    /** An exchange that nobody reads. */
    private static final class Ended implements Transport.Exchange {
        @Override
        public Optional<Transport.Answer> answer(Duration timeout) {
            return Optional.empty();
        }

        @Override
        public int read(byte[] into, Duration timeout) {
            return END;
        }

        @Override
        public void close() {}
    }

    /** One case of the file; its format is in conformance/README.md. */
    record Case(JsonNode node) {

        List<byte[]> streams() {
            List<byte[]> streams = new ArrayList<>();
            for (JsonNode stream : node.get("streams")) {
                streams.add(
                        stream.has("text")
                                ? stream.get("text").asString().getBytes(UTF_8)
                                : Base64.getDecoder()
                                        .decode(stream.get("base64").asString()));
            }
            return streams;
        }

        List<List<String>> events() {
            List<List<String>> events = new ArrayList<>();
            for (JsonNode event : node.get("events")) {
                events.add(List.of(
                        event.get("type").asString(),
                        event.get("data").asString(),
                        event.get("lastEventId").asString()));
            }
            return events;
        }

        List<String> texts(String field) {
            List<String> texts = new ArrayList<>();
            node.path(field).forEach(text -> texts.add(text.asString()));
            return texts;
        }

        /** {@return what the case has the client wait at least, as far as the client goes} */
        Duration floor() {
            long millis = node.has("retryAtLeast")
                    ? node.get("retryAtLeast").asLong()
                    : node.path("retry").asLong(0);
            Duration floor = Duration.ofMillis(millis);
            return floor.compareTo(Backoff.MAX_WAIT) < 0 ? floor : Backoff.MAX_WAIT;
        }

        @Override
        public String toString() {
            return node.get("name").asString();
        }
    }
}
