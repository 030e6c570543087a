package io.tidewire.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ConformanceTest {

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
    void whole(Case expected) {
        var recording = new Recording();
        var decoder = new EventDecoder(DecoderLimits.defaults(), recording);
        for (byte[] stream : expected.streams()) {
            decoder.feed(stream, 0, stream.length);
            decoder.reset();
        }
        expected.check(recording, decoder);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void oneByteAtATime(Case expected) {
        var recording = new Recording();
        var decoder = new EventDecoder(DecoderLimits.defaults(), recording);
        for (byte[] stream : expected.streams()) {
            for (byte b : stream) {
                decoder.feed(new byte[] {b}, 0, 1);
            }
            decoder.reset();
        }
        expected.check(recording, decoder);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void cutAtEveryByte(Case expected) {
        int longest = expected.streams().stream().mapToInt(s -> s.length).max().orElse(0);
        for (int cut = 0; cut <= longest; cut++) {
            var recording = new Recording();
            var decoder = new EventDecoder(DecoderLimits.defaults(), recording);
            for (byte[] stream : expected.streams()) {
                feedInTwo(decoder, stream, Math.min(cut, stream.length));
                decoder.reset();
            }
            expected.check(recording, decoder);
        }
    }

    // Through one array that is overwritten, as a network buffer is, so that nothing may lean on the first half.
    private static void feedInTwo(EventDecoder decoder, byte[] stream, int cut) {
        byte[] buffer = new byte[stream.length];
        System.arraycopy(stream, 0, buffer, 0, cut);
        decoder.feed(buffer, 0, cut);
        System.arraycopy(stream, cut, buffer, 0, stream.length - cut);
        decoder.feed(buffer, 0, stream.length - cut);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void outsideTheHeap(Case expected) {
        var recording = new Recording();
        var decoder = new EventDecoder(DecoderLimits.defaults(), recording);
        for (byte[] stream : expected.streams()) {
            ByteBuffer direct = ByteBuffer.allocateDirect(stream.length).put(stream);
            decoder.feed(direct.flip());
            assertThat(direct.hasRemaining()).isFalse();
            decoder.reset();
        }
        expected.check(recording, decoder);
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

        void check(Recording actual, EventDecoder decoder) {
            assertThat(actual.events).isEqualTo(events());
            assertThat(decoder.lastEventId()).isEqualTo(node.get("lastEventId").asString());
            assertThat(actual.comments).isEqualTo(texts("comments"));
            assertThat(actual.idOnlyBlocks).isEqualTo(texts("idOnlyBlocks"));
            Duration retry = actual.retry;
            if (node.has("retryAtLeast")) {
                assertThat(retry).isGreaterThanOrEqualTo(millis("retryAtLeast"));
            } else {
                assertThat(retry).isEqualTo(node.has("retry") ? millis("retry") : null);
            }
        }

        private List<Recording.Seen> events() {
            List<Recording.Seen> events = new ArrayList<>();
            for (JsonNode event : node.get("events")) {
                events.add(new Recording.Seen(
                        event.get("type").asString(),
                        event.get("data").asString(),
                        event.get("lastEventId").asString()));
            }
            return events;
        }

        private List<String> texts(String field) {
            List<String> texts = new ArrayList<>();
            node.path(field).forEach(text -> texts.add(text.asString()));
            return texts;
        }

        private Duration millis(String field) {
            return Duration.ofMillis(node.get(field).asLong());
        }

        @Override
        public String toString() {
            return node.get("name").asString();
        }
    }
}
