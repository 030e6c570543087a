package io.tidewire.llm;

import static io.tidewire.llm.Sample.split;
import static io.tidewire.llm.Sample.splitAnyhow;
import static io.tidewire.llm.Sample.text;
import static io.tidewire.llm.Sample.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.sse.DecoderLimits;
import io.tidewire.sse.EventDecoder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventBlocksTest {

    private static List<String> blocks(String stream) {
        return split(utf8(stream)).stream().map(Sample::text).toList();
    }

    private static byte[] joined(List<byte[]> blocks) {
        var all = new ByteArrayOutputStream();
        blocks.forEach(all::writeBytes);
        return all.toByteArray();
    }

    /** What a decoder finds in blocks, by name and data, cut where they are cut. */
    private static List<String> events(List<byte[]> blocks) {
        List<String> events = new ArrayList<>();
        var decoder = new EventDecoder(
                DecoderLimits.defaults(), event -> events.add(event.lastEventId() + event.type() + event.data()));
        blocks.forEach(block -> decoder.feed(block, 0, block.length));
        return events;
    }

    @Test
    void aBlockIsAnEventWithItsBlankLine() {
        assertThat(blocks("event: a\ndata: 1\n\ndata: 2\n\n")).containsExactly("event: a\ndata: 1\n\n", "data: 2\n\n");
        assertThat(blocks("data: 1\r\n\r\ndata: 2\r\n\r\n")).containsExactly("data: 1\r\n\r\n", "data: 2\r\n\r\n");
        assertThat(blocks("data: 1\r\rdata: 2\r\r")).containsExactly("data: 1\r\r", "data: 2\r\r");
        assertThat(blocks("data: 1\r\n\ndata: 2\n\r\n")).containsExactly("data: 1\r\n\n", "data: 2\n\r\n");
    }

    @Test
    void commentsAloneAreABlock() {
        assertThat(blocks(": OPENROUTER PROCESSING\n\ndata: 1\n\n"))
                .containsExactly(": OPENROUTER PROCESSING\n\n", "data: 1\n\n");
    }

    @Test
    void moreBlankLinesBelongToTheNextBlock() {
        assertThat(blocks("\n\ndata: 1\n\n\n\ndata: 2\n\n")).containsExactly("\n\ndata: 1\n\n", "\n\ndata: 2\n\n");
    }

    @Test
    void aLineOfSpacesIsNotBlank() {
        assertThat(blocks("data: 1\n \n\n")).containsExactly("data: 1\n \n\n");
    }

    @Test
    void aByteOrderMarkStaysInTheFirstBlock() {
        assertThat(blocks("\ufeffdata: 1\n\ndata: 2\n\n")).containsExactly("\ufeffdata: 1\n\n", "data: 2\n\n");
    }

    @Test
    void theRestIsGivenBack() {
        var splitter = new EventBlocks(100, block -> {});
        splitter.feed(utf8("data: 1\n\ndata: 2\n"), 0, 17);
        assertThat(text(splitter.end())).isEqualTo("data: 2\n");
        assertThat(splitter.end()).isEmpty();
    }

    @Test
    void aBlockIsThereWithItsBlankLine() {
        List<byte[]> found = new ArrayList<>();
        var splitter = new EventBlocks(100, found::add);
        splitter.feed(utf8("data: 1\n"), 0, 8);
        assertThat(found).isEmpty();
        splitter.feed(utf8("\n"), 0, 1);
        assertThat(found).hasSize(1);
    }

    @Test
    void aReturnIsNotWaitedOn() {
        List<byte[]> found = new ArrayList<>();
        var splitter = new EventBlocks(100, found::add);
        splitter.feed(utf8("data: 1\r\n\r"), 0, 10);
        assertThat(found).hasSize(1);
        splitter.feed(utf8("\ndata: 2\r\n\r\n"), 0, 12);
        assertThat(found.stream().map(Sample::text)).containsExactly("data: 1\r\n\r", "\ndata: 2\r\n\r\n");
        assertThat(events(found)).containsExactly("message1", "message2");
    }

    @Test
    void readsBuffersOutsideTheHeapFromTheirPosition() {
        List<byte[]> found = new ArrayList<>();
        ByteBuffer direct = ByteBuffer.allocateDirect(32);
        direct.put(utf8("xxdata: 1\n\ndata")).flip().position(2);
        var splitter = new EventBlocks(100, found::add);
        splitter.feed(direct);
        assertThat(direct.hasRemaining()).isFalse();
        assertThat(found).hasSize(1);
        assertThat(text(splitter.end())).isEqualTo("data");
    }

    @Test
    void aBlockMayBeAsLongAsTheLimitAndNoLonger() {
        byte[] block = utf8("data: 345\n\n");
        for (int cut = 0; cut <= block.length; cut++) {
            List<byte[]> found = new ArrayList<>();
            var enough = new EventBlocks(block.length, found::add);
            enough.feed(block, 0, cut);
            enough.feed(block, cut, block.length - cut);
            assertThat(found).hasSize(1);

            var tooFew = new EventBlocks(block.length - 1, found::add);
            int at = cut;
            assertThatThrownBy(() -> {
                        tooFew.feed(block, 0, at);
                        tooFew.feed(block, at, block.length - at);
                    })
                    .isInstanceOf(EventBlockTooLargeException.class)
                    .hasMessageContaining("at most 10 bytes");
            assertThat(found).hasSize(1);
            assertThatThrownBy(() -> tooFew.feed(block, 0, 1)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aBlockWithoutEndIsRefusedBeforeItIsHeld() {
        var splitter = new EventBlocks(1000, block -> {});
        byte[] dots = new byte[400];
        Arrays.fill(dots, (byte) '.');
        splitter.feed(dots, 0, 400);
        splitter.feed(dots, 0, 400);
        assertThatThrownBy(() -> splitter.feed(dots, 0, 400)).isInstanceOf(EventBlockTooLargeException.class);
    }

    @Test
    void aLimitBelowOneIsRefused() {
        assertThatThrownBy(() -> new EventBlocks(0, block -> {})).hasMessage("maxBlockBytes: 0 (expected: 1 or more)");
    }

    @ParameterizedTest
    @EnumSource
    void samplesCutAnywhereAreTheSame(Sample sample) {
        byte[] bytes = sample.bytes();
        List<String> expected = events(List.of(bytes));
        for (int cut = 0; cut <= bytes.length; cut++) {
            List<byte[]> found = new ArrayList<>();
            var splitter = new EventBlocks(EventBlocks.MAX_BLOCK_BYTES, found::add);
            splitter.feed(bytes, 0, cut);
            splitter.feed(bytes, cut, bytes.length - cut);
            byte[] rest = splitter.end();
            found.add(rest);
            assertThat(joined(found)).isEqualTo(bytes);
            assertThat(events(found)).isEqualTo(expected);
        }
    }

    @Test
    void anyStreamInAnyPiecesComesBackWithOneEventAtMostPerBlock() {
        Seeded.check(3_000, random -> {
            byte[] stream = stream(random);
            List<byte[]> found = splitAnyhow(stream, random);
            assertThat(joined(found)).isEqualTo(stream);
            assertThat(events(found)).isEqualTo(events(List.of(stream)));
            var decoderCalls = new ArrayList<Integer>();
            var decoder = new EventDecoder(DecoderLimits.defaults(), event -> decoderCalls.add(0));
            for (byte[] block : found) {
                decoderCalls.clear();
                decoder.feed(block, 0, block.length);
                assertThat(decoderCalls).hasSizeLessThanOrEqualTo(1);
            }
        });
    }

    @Test
    void anIdGoesBeforeTheBlankLine() {
        assertThat(text(EventBlocks.withId(utf8("data: 1\n\n"), "7"))).isEqualTo("data: 1\nid: 7\n\n");
        assertThat(text(EventBlocks.withId(utf8("data: 1\r\n\r\n"), "7"))).isEqualTo("data: 1\r\nid: 7\n\r\n");
        assertThat(text(EventBlocks.withId(utf8("data: 1\r\r"), "7"))).isEqualTo("data: 1\rid: 7\n\r");
        assertThat(text(EventBlocks.withId(utf8("\n\ufeff: x\n\r"), "7"))).isEqualTo("\n\ufeff: x\nid: 7\n\r");
    }

    @Test
    void anIdNeedsAWholeBlockAndOneLine() {
        for (String block : List.of("", "\n", "\r\n", "data: 1\n", "data: 1\n\nid")) {
            assertThatThrownBy(() -> EventBlocks.withId(utf8(block), "7"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected: a blank line at the end");
        }
        assertThatThrownBy(() -> EventBlocks.withId(utf8("data: 1\n\n"), "7\ndata: forged"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void withIdsAnyStreamHasTheSameEventsAndOurIds() {
        Seeded.check(1_000, random -> {
            byte[] stream = stream(random);
            List<byte[]> marked = new ArrayList<>();
            List<String> seen = new ArrayList<>();
            List<String> expected = new ArrayList<>();
            var plain = new EventDecoder(DecoderLimits.defaults(), event -> expected.add(event.type() + event.data()));
            var splitter = new EventBlocks(EventBlocks.MAX_BLOCK_BYTES, block -> {
                int before = expected.size();
                plain.feed(block, 0, block.length);
                String id = "our-" + marked.size();
                marked.add(EventBlocks.withId(block, id));
                for (int i = before; i < expected.size(); i++) {
                    expected.set(i, id + expected.get(i));
                }
            });
            splitter.feed(stream, 0, stream.length);
            var decoder = new EventDecoder(
                    DecoderLimits.defaults(), event -> seen.add(event.lastEventId() + event.type() + event.data()));
            marked.forEach(block -> decoder.feed(block, 0, block.length));
            assertThat(seen).isEqualTo(expected);
        });
    }

    /** Pieces of lines in any order, line ends of all kinds among them. */
    private static byte[] stream(Random random) {
        String[] words = {"\n", "\r", "\r\n", "\n\n", "\r\n\r\n", "data: x", "data", "event: e", ":", "id: 7", " ", "é"
        };
        var text = new StringBuilder(random.nextInt(4) == 0 ? "\ufeff" : "");
        for (int n = random.nextInt(40); n > 0; n--) {
            text.append(words[random.nextInt(words.length)]);
        }
        return utf8(text.toString());
    }
}
