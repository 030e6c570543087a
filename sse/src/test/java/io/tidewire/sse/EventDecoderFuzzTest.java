package io.tidewire.sse;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.List;

final class EventDecoderFuzzTest {

    private static final DecoderLimits TIGHT = new DecoderLimits(24, 40);

    // The duration holds with JAZZER_FUZZ=1 only; else the seeds beside this class are run once each.
    @FuzzTest(maxDuration = "20s")
    void readsAsTheStandardDoesHoweverCut(byte[] stream) {
        var plain = new PlainReading(stream);
        for (int chunk : new int[] {Integer.MAX_VALUE, 1, 7}) {
            var recording = new Recording();
            var decoder = new EventDecoder(DecoderLimits.defaults(), recording);
            feed(decoder, stream, chunk);
            assertThat(recording.events).isEqualTo(plain.events);
            assertThat(decoder.lastEventId()).isEqualTo(plain.lastEventId);
        }
        assertThat(untilTooLarge(stream, 1)).isEqualTo(untilTooLarge(stream, Integer.MAX_VALUE));
    }

    private static List<Recording.Seen> untilTooLarge(byte[] stream, int chunk) {
        var recording = new Recording();
        try {
            feed(new EventDecoder(TIGHT, recording), stream, chunk);
            return recording.events;
        } catch (EventTooLargeException e) {
            List<Recording.Seen> events = new ArrayList<>(recording.events);
            events.add(new Recording.Seen("too large", "", ""));
            return events;
        }
    }

    private static void feed(EventDecoder decoder, byte[] stream, int chunk) {
        int at = 0;
        while (at < stream.length) {
            int length = Math.min(chunk, stream.length - at);
            decoder.feed(stream, at, length);
            at += length;
        }
    }
}
