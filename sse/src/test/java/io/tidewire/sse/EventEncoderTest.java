package io.tidewire.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EventEncoderTest {

    private final EventEncoder encoder = new EventEncoder();

    private String written() {
        return new String(encoder.toByteArray(), UTF_8);
    }

    @Nested
    class Data {
        @Test
        void eachLineIsAField() {
            encoder.data("a\nb\rc\r\nd");
            assertThat(written()).isEqualTo("data: a\ndata: b\ndata: c\ndata: d\n");
        }

        @Test
        void emptyLinesStay() {
            encoder.data("\n\r\na\n");
            assertThat(written()).isEqualTo("data: \ndata: \ndata: a\ndata: \n");
        }

        @Test
        void emptyTextIsStillALine() {
            encoder.data("");
            assertThat(written()).isEqualTo("data: \n");
        }

        @Test
        void aLeadingSpaceIsProtected() {
            encoder.data(" a");
            assertThat(written()).isEqualTo("data:  a\n");
        }

        @Test
        void noTextOpensAnotherField() {
            encoder.data("a\nid: 1\r\revent: e\r\n\r\n: c").end();
            var recording = new Recording();
            new EventDecoder(DecoderLimits.defaults(), recording).feed(encoder.toByteArray(), 0, encoder.size());
            assertThat(recording.events)
                    .containsExactly(new Recording.Seen("message", "a\nid: 1\n\nevent: e\n\n: c", ""));
            assertThat(recording.comments).isEmpty();
        }

        @Test
        void unpairedSurrogatesBecomeTheReplacementCharacter() {
            encoder.data("\uD83C|\uDF0A|\uD83C\uDF0A|?|\uD83C");
            assertThat(written()).isEqualTo("data: \uFFFD|\uFFFD|\uD83C\uDF0A|?|\uFFFD\n");
        }

        @Test
        void bytesAreSplitLikeText() {
            byte[] utf8 = "x\u20AC\r\nb\rx".getBytes(UTF_8);
            encoder.data(utf8, 1, utf8.length - 2);
            assertThat(written()).isEqualTo("data: \u20AC\ndata: b\ndata: \n");
        }

        @Test
        void aRangeOutsideTheArrayIsRefused() {
            assertThatThrownBy(() -> encoder.data(new byte[2], 1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(encoder.size()).isZero();
        }

        @Test
        void otherLineSeparatorsAreText() {
            encoder.data("a\u0085b\u2028c\u000Bd\u000Ce");
            assertThat(written()).isEqualTo("data: a\u0085b\u2028c\u000Bd\u000Ce\n");
        }

        @Test
        void muchTextGrowsTheArray() {
            String text = "0123456789".repeat(20_000);
            encoder.data(text).data(text);
            assertThat(written()).isEqualTo("data: " + text + "\ndata: " + text + "\n");
        }
    }

    @Nested
    class Injection {
        @ParameterizedTest
        @ValueSource(strings = {"1\n", "\r", "1\r\ndata: x", "a\nb", "\0", "1\u00002"})
        void idsThatEndTheirLineAreRefused(String id) {
            assertThatThrownBy(() -> encoder.id(id))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("id: U+00")
                    .hasMessageEndingWith("(expected: no CR, LF or NUL)");
            assertThat(encoder.size()).isZero();
        }

        @ParameterizedTest
        @ValueSource(strings = {"e\n", "\r", "e\r\ndata: x", "\ndata: x\n\n"})
        void typesThatEndTheirLineAreRefused(String type) {
            assertThatThrownBy(() -> encoder.event(type))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("event: U+000")
                    .hasMessageEndingWith("(expected: no CR or LF)");
            assertThat(encoder.size()).isZero();
        }

        @Test
        void commentsAreCommentedOnEveryLine() {
            encoder.comment("a\rdata: x\r\n\nid: 1");
            assertThat(written()).isEqualTo(": a\n: data: x\n:\n: id: 1\n");
        }

        // In UTF-16 their low bytes are LF and CR.
        @Test
        void charactersThatOnlyLookLikeLineEndsPass() {
            encoder.id("\u010A\u010D").event("\u0A0A\u0D0D");
            assertThat(written()).isEqualTo("id: \u010A\u010D\nevent: \u0A0A\u0D0D\n");
        }
    }

    @Nested
    class OtherFields {
        @Test
        void retryIsWrittenInDigits() {
            encoder.retryMillis(0).retryMillis(Long.MAX_VALUE);
            assertThat(written()).isEqualTo("retry: 0\nretry: 9223372036854775807\n");
        }

        @Test
        void negativeRetryIsRefused() {
            assertThatThrownBy(() -> encoder.retryMillis(-1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("retryMillis: -1 (expected: 0 or more)");
        }

        @Test
        void emptyCommentIsAColon() {
            encoder.comment("");
            assertThat(written()).isEqualTo(":\n");
        }

        @Test
        void emptyIdAndTypeAreWritten() {
            encoder.id("").event("");
            assertThat(written()).isEqualTo("id: \nevent: \n");
        }
    }

    @Nested
    class WholeEvent {
        @Test
        void allFieldsAndTheBlankLine() {
            var event = new ServerSentEvent("7", "e", "a\nb", Duration.ofSeconds(2), "c");
            assertThat(new String(EventEncoder.encode(event), UTF_8))
                    .isEqualTo(": c\nid: 7\nevent: e\nretry: 2000\ndata: a\ndata: b\n\n");
        }

        @Test
        void clearedEncoderStartsAnew() {
            encoder.add(ServerSentEvent.of("a"));
            encoder.clear();
            encoder.add(ServerSentEvent.of("b"));
            assertThat(written()).isEqualTo("data: b\n\n");
        }

        @Test
        void copyGoesWhereItIsTold() {
            byte[] target = new byte[encoder.add(ServerSentEvent.of("b")).size() + 2];
            encoder.copyTo(target, 1);
            assertThat(new String(target, UTF_8)).isEqualTo("\0data: b\n\n\0");
        }
    }
}
