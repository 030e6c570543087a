package io.tidewire.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class EventDecoderTest {

    private final Recording recording = new Recording();
    private final EventDecoder decoder = new EventDecoder(new DecoderLimits(10, 12), recording);

    private void feed(String text) {
        feed(decoder, text);
    }

    private static void feed(EventDecoder decoder, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        decoder.feed(bytes, 0, bytes.length);
    }

    private static Recording.Seen message(String data) {
        return new Recording.Seen("message", data, "");
    }

    @Nested
    class Limits {
        @Test
        void aLineOfExactlyTheLimitPasses() {
            feed("data: 7890\n\n");
            assertThat(recording.events).containsExactly(message("7890"));
        }

        @Test
        void aLongerLineIsRefused() {
            assertThatThrownBy(() -> feed("data: 78901\n\n"))
                    .isInstanceOf(EventTooLargeException.class)
                    .hasMessageStartingWith("line: too long (expected: at most 10 bytes");
        }

        @Test
        void aLineNeedNotEndToBeTooLong() {
            feed("data: ");
            assertThatThrownBy(() -> feed("78901")).isInstanceOf(EventTooLargeException.class);
        }

        @Test
        void commentsAndUnknownFieldsCountAsLines() {
            assertThatThrownBy(() -> feed(":2345678901\n")).isInstanceOf(EventTooLargeException.class);
            decoder.reset();
            assertThatThrownBy(() -> feed("x2345678901\n")).isInstanceOf(EventTooLargeException.class);
        }

        @Test
        void anEventOfExactlyTheLimitPasses() {
            feed("data:2345\ndata:2345\ndata:23\n\n");
            assertThat(recording.events).containsExactly(message("2345\n2345\n23"));
        }

        @Test
        void aLargerEventIsRefused() {
            assertThatThrownBy(() -> feed("data:2345\ndata:2345\ndata:234\n"))
                    .isInstanceOf(EventTooLargeException.class)
                    .hasMessageStartingWith("event: too long (expected: at most 12 bytes");
        }

        @Test
        void emptyDataLinesCountToo() {
            assertThatThrownBy(() -> feed("data\n".repeat(14))).isInstanceOf(EventTooLargeException.class);
        }

        @Test
        void theNextEventStartsFromZero() {
            feed("data:2345\ndata:2345\n\n".repeat(5));
            assertThat(recording.events).hasSize(5);
        }

        @Test
        void eventsBeforeTheLongLineAreReported() {
            assertThatThrownBy(() -> feed("data: a\n\ndata: 78901\n\n")).isInstanceOf(EventTooLargeException.class);
            assertThat(recording.events).containsExactly(message("a"));
        }

        @Test
        void outOfRangeLimitsAreRefused() {
            assertThatThrownBy(() -> new DecoderLimits(0, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("maxLineBytes: 0 (expected: 1 to 1073741824)");
            assertThatThrownBy(() -> new DecoderLimits(1, -1))
                    .hasMessage("maxEventBytes: -1 (expected: 1 to 1073741824)");
        }
    }

    @Nested
    class AfterAFailure {
        @Test
        void moreInputIsRefusedUntilReset() {
            assertThatThrownBy(() -> feed("12345678901")).isInstanceOf(EventTooLargeException.class);
            assertThatThrownBy(() -> feed("\n")).isInstanceOf(IllegalStateException.class);
            decoder.reset();
            feed("data: a\n\n");
            assertThat(recording.events).containsExactly(message("a"));
        }

        @Test
        void aSinkThatThrowsClosesTheDecoder() {
            var failing = new EventDecoder(DecoderLimits.defaults(), event -> {
                throw new IllegalArgumentException("mine");
            });
            assertThatThrownBy(() -> feed(failing, "data: a\n\n")).hasMessage("mine");
            assertThatThrownBy(() -> feed(failing, "x")).isInstanceOf(IllegalStateException.class);
        }

        @Test
        void theLastEventIdSurvives() {
            feed("id: 1\n\n");
            assertThatThrownBy(() -> feed("12345678901")).isInstanceOf(EventTooLargeException.class);
            decoder.reset();
            assertThat(decoder.lastEventId()).isEqualTo("1");
        }
    }

    @Nested
    class BorrowedArrays {
        private final byte[] bytes = "id: 1\ndata: a\n\nid: 2\n".getBytes(UTF_8);

        @Test
        void theLastEventIdSurvivesOverwriting() {
            decoder.feed(bytes, 0, bytes.length);
            Arrays.fill(bytes, (byte) '#');
            assertThat(decoder.lastEventId()).isEqualTo("1");
            feed("\n");
            assertThat(decoder.lastEventId()).isEqualTo("2");
        }

        // The line of the id began in an earlier feed, and the memory it was finished in is taken by the next such
        // line.
        @Test
        void theIdOfACutLineSurvivesTheNextCutLine() {
            feed("id:");
            feed(" 1\ndata:");
            feed(" a\n:xxxxxx");
            feed("x\n\n");
            assertThat(recording.events).containsExactly(new Recording.Seen("message", "a", "1"));
        }

        @Test
        void theLastEventIdSurvivesAFailureAndOverwriting() {
            var failing = new EventDecoder(DecoderLimits.defaults(), event -> {
                throw new IllegalArgumentException("mine");
            });
            assertThatThrownBy(() -> failing.feed(bytes, 0, bytes.length)).hasMessage("mine");
            Arrays.fill(bytes, (byte) '#');
            assertThat(failing.lastEventId()).isEqualTo("1");
        }
    }

    @Nested
    class Views {
        @Test
        void dataBytesAreReadOnlyAndExact() {
            List<String> seen = new ArrayList<>();
            var viewing = new EventDecoder(DecoderLimits.defaults(), event -> {
                ByteBuffer bytes = event.dataBytes();
                assertThat(bytes.remaining()).isEqualTo(event.dataLength());
                assertThatThrownBy(() -> bytes.put(0, (byte) 1)).isInstanceOf(ReadOnlyBufferException.class);
                seen.add(UTF_8.decode(bytes).toString());
            });
            feed(viewing, "data: \u20AC\n\ndata: a\ndata: b\n\n");
            assertThat(seen).containsExactly("\u20AC", "a\nb");
        }

        @Test
        void aRepeatedTypeIsOneString() {
            feed("event: e\ndata: a\n\nevent: e\ndata: a\n\n");
            assertThat(recording.events.get(0).type())
                    .isSameAs(recording.events.get(1).type());
        }

        @Test
        void aTypeThatSharesItsCachePlaceIsNotConfused() {
            var wide = new EventDecoder(DecoderLimits.defaults(), recording);
            feed(wide, "event: abxcd\ndata: 1\n\nevent: ayxyd\ndata: 2\n\nevent: abxcd\ndata: 3\n\n");
            assertThat(recording.events).extracting(Recording.Seen::type).containsExactly("abxcd", "ayxyd", "abxcd");
        }

        @Test
        void lastEventIdIsCurrentWithinTheCall() {
            List<String> ids = new ArrayList<>();
            var holder = new EventDecoder[1];
            holder[0] = new EventDecoder(DecoderLimits.defaults(), event -> ids.add(holder[0].lastEventId()));
            feed(holder[0], "id: 1\ndata: a\n\nid: 2\ndata: b\n\n");
            assertThat(ids).containsExactly("1", "2");
        }

        @Test
        void printedFormHasNoData() {
            List<String> printed = new ArrayList<>();
            var printing = new EventDecoder(DecoderLimits.defaults(), event -> printed.add(event.toString()));
            feed(printing, "data: secret\n\n");
            assertThat(printed).containsExactly("DecodedEvent[type=message, data=6 bytes]");
        }
    }

    @Nested
    class Buffers {
        @Test
        void aHeapBufferIsReadFromItsPosition() {
            ByteBuffer buffer = ByteBuffer.wrap("xxxdata: a\n\nyy".getBytes(UTF_8));
            buffer.position(1).limit(12);
            ByteBuffer slice = buffer.slice();
            slice.position(2);
            decoder.feed(slice);
            assertThat(recording.events).containsExactly(message("a"));
            assertThat(slice.hasRemaining()).isFalse();
        }

        @Test
        void aReadOnlyBufferLargerThanOnePieceIsReadWhole() {
            String text = "data: a\n\n".repeat(5_000);
            decoder.feed(ByteBuffer.wrap(text.getBytes(UTF_8)).asReadOnlyBuffer());
            assertThat(recording.events).hasSize(5_000);
        }

        @Test
        void aRangeOutsideTheArrayIsRefused() {
            assertThatThrownBy(() -> decoder.feed(new byte[3], 2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
