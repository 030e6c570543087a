package io.tidewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DurableSplitterTest {
    private static final int MAX = 1000;

    private static List<String> cut(DurableSplitter cut, byte[] body, Random random) {
        List<byte[]> found = new ArrayList<>();
        int from = 0;
        while (from < body.length) {
            int to = Math.min(body.length, from + 1 + random.nextInt(5));
            cut.feed(Arrays.copyOfRange(body, from, to), found::add);
            from = to;
        }
        cut.end(found::add);
        return found.stream().map(b -> new String(b, StandardCharsets.UTF_8)).toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void blocksAreTheSameHoweverTheyAreCut() {
        RandomRuns.check(200, random -> {
            List<String> blocks = new ArrayList<>();
            for (int i = random.nextInt(6); i >= 0; i--) {
                String end = random.nextBoolean() ? "\n" : "\r";
                blocks.add("event: é" + end + "data: " + i + end + end);
            }
            byte[] all = bytes(String.join("", blocks));
            assertThat(cut(new DurableBlocks(MAX), all, random)).isEqualTo(blocks);
        });
    }

    @Test
    void noByteOfEventsIsLostWhateverEndsTheirLines() {
        RandomRuns.check(200, random -> {
            StringBuilder text = new StringBuilder();
            String alphabet = "a:\r\n";
            for (int i = random.nextInt(60); i >= 0; i--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            List<String> found = cut(new DurableBlocks(MAX), bytes(text.toString()), random);
            assertThat(String.join("", found)).isEqualTo(text.toString());
        });
    }

    @Test
    void blankLinesAloneAreNoMessage() {
        assertThat(cut(new DurableBlocks(MAX), bytes("\n\r\n\ndata: x\r\n\r\n"), new Random(1)))
                .singleElement()
                .satisfies(block -> assertThat(block).startsWith("\n\r\n\ndata: x\r\n\r"));
    }

    @Test
    void textIsCutBetweenCharacters() {
        String text = "añ€😀z".repeat(20);
        RandomRuns.check(50, random -> {
            List<String> found = cut(new DurableText(), bytes(text), random);
            assertThat(found).noneMatch(piece -> piece.contains("\uFFFD"));
            assertThat(String.join("", found)).isEqualTo(text);
        });
    }

    @Test
    void anArrayIsItsElementsWithTheirText() {
        String body = " [ 1.0 , \"a,]\\\"\" , [2,[3]] ,{\"k\":[ 4 ]}, 12345678901234567890 ] ";
        assertThat(DurableJson.messages(bytes(body)).stream().map(b -> new String(b, StandardCharsets.UTF_8)))
                .containsExactly("1.0", "\"a,]\\\"\"", "[2,[3]]", "{\"k\":[ 4 ]}", "12345678901234567890");
        assertThat(DurableJson.messages(bytes("[]"))).isEmpty();
        assertThat(new String(DurableJson.array(DurableJson.messages(bytes("[1,[2]]"))), StandardCharsets.UTF_8))
                .isEqualTo("[1,[2]]");
    }

    @Test
    void whatIsNotJsonIsRefused() {
        for (String body : List.of("", " ", "{", "[1", "1 2", "[1,]", "nope", "\"a\nb\"", "\uFEFF1")) {
            assertThatThrownBy(() -> DurableJson.messages(bytes(body)))
                    .as(body)
                    .isInstanceOf(Problem.class)
                    .hasMessageStartingWith("body: ");
        }
    }

    @Test
    void tooLongAMessageIsRefused() {
        assertThatThrownBy(() -> cut(new DurableBlocks(3), bytes("data: x\n\n"), new Random(1)))
                .isInstanceOf(Problem.class);
        assertThatThrownBy(() -> cut(new DurableLines(3), bytes("12345"), new Random(1)))
                .isInstanceOf(Problem.class);
    }

    @Test
    void aCursorNeverGoesBack() {
        DurableCursor cursors = new DurableCursor(InstantSource.fixed(Instant.parse("2024-10-09T00:01:05Z")));
        assertThat(cursors.next("")).isEqualTo(3);
        assertThat(cursors.next("2")).isEqualTo(3);
        assertThat(cursors.next("3")).isEqualTo(4);
        assertThat(cursors.next("x")).isEqualTo(3);
    }
}
