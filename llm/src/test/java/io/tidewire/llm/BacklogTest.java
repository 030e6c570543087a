package io.tidewire.llm;

import static io.tidewire.llm.Sample.text;
import static io.tidewire.llm.Sample.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BacklogTest {

    private static final List<Dialect> DIALECTS = List.of(Dialect.values());

    private static List<String> merged(Dialect dialect, String... blocks) {
        return Backlog.merged(Stream.of(blocks).map(Sample::utf8).toList(), dialect).stream()
                .map(Sample::text)
                .toList();
    }

    private static String chat(String content) {
        return "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + content + "\"}}]}\n\n";
    }

    private static String anthropic(int index, String text) {
        return "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":" + index
                + ",\"delta\":{\"type\":\"text_delta\",\"text\":\"" + text + "\"}}\n\n";
    }

    private static String response(int number, String item, String delta) {
        return "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":"
                + number + ",\"item_id\":\"" + item + "\",\"delta\":\"" + delta + "\",\"obfuscation\":\"o" + number
                + "\"}\n\n";
    }

    @Test
    void deltasOfAChoiceBecomeOne() {
        assertThat(merged(Dialect.OPENAI_CHAT, chat("a"), chat(""), chat("b\\n"), chat("é\\u00e9\\\"")))
                .containsExactly(chat("ab\\né\\u00e9\\\""));
    }

    @Test
    void halvesOfACharacterBecomeOne() {
        List<byte[]> blocks = Sample.CUT_SURROGATES.blocks();
        assertThat(text(Backlog.merged(blocks, Dialect.OPENAI_CHAT).get(1)))
                .contains("\"wave \\ud83c\\udf0a \\u00e9\\n\"");
    }

    @Test
    void deltasOfTwoTextsStayApart() {
        assertThat(merged(
                        Dialect.ANTHROPIC, anthropic(0, "a"), anthropic(0, "b"), anthropic(1, "c"), anthropic(0, "d")))
                .containsExactly(anthropic(0, "ab"), anthropic(1, "c"), anthropic(0, "d"));
    }

    @Test
    void whatIsBetweenStaysWhereItWas() {
        String ping = "event: ping\ndata: {\"type\": \"ping\"}\n\n";
        String comment = ": waiting\n\n";
        assertThat(merged(Dialect.ANTHROPIC, anthropic(0, "a"), ping, anthropic(0, "b"), comment, anthropic(0, "c")))
                .containsExactly(anthropic(0, "a"), ping, anthropic(0, "b"), comment, anthropic(0, "c"));
    }

    @Test
    void theNumberIsThatOfTheLast() {
        assertThat(merged(
                        Dialect.OPENAI_RESPONSES, response(4, "i", "a"), response(5, "i", "b"), response(6, "j", "c")))
                .containsExactly(response(5, "i", "ab"), response(6, "j", "c"));
    }

    @Test
    void theIdIsThatOfTheLast() {
        assertThat(merged(Dialect.OPENAI_CHAT, "id: 1\n" + chat("a"), "id: 12\n" + chat("b")))
                .containsExactly("id: 12\n" + chat("ab"));
    }

    @Test
    void soundIsNotJoined() {
        String sound = "data: {\"type\":\"response.audio.delta\",\"sequence_number\":1,\"delta\":\"QQ==\"}\n\n";
        assertThat(merged(Dialect.OPENAI_RESPONSES, sound, sound)).containsExactly(sound, sound);
    }

    @Test
    void aDifferenceInAnUnknownFieldKeepsThemApart() {
        String first = chat("a").replace("{\"id\"", "{\"new\":1.0,\"id\"");
        String second = chat("b").replace("{\"id\"", "{\"new\":1.00,\"id\"");
        assertThat(merged(Dialect.OPENAI_CHAT, first, second, second))
                .containsExactly(first, second.replace("\"b\"", "\"bb\""));
    }

    @Test
    void twoTextsInOneEventAreLeftAlone() {
        String both = "data: {\"choices\":[{\"delta\":{\"content\":\"a\",\"reasoning\":\"b\"}}]}\n\n";
        assertThat(merged(Dialect.OPENAI_CHAT, both, both)).containsExactly(both, both);
    }

    @Test
    void anEventOfSeveralLinesIsLeftAlone() {
        String lines = "data: {\"choices\":[{\"delta\":\ndata: {\"content\":\"a\"}}]}\n\n";
        assertThat(merged(Dialect.OPENAI_CHAT, lines, lines)).containsExactly(lines, lines);
    }

    @Test
    void theLastUsageOfGeminiCounts() {
        List<byte[]> blocks = Sample.GEMINI.blocks();
        List<byte[]> merged = Backlog.merged(blocks, Dialect.GEMINI);
        assertThat(merged).hasSize(3);
        assertThat(text(merged.get(1))).contains("\"The sea is wide.\"").contains("\"candidatesTokenCount\": 4");
        assertThat(merged.get(2)).isSameAs(blocks.get(4));
    }

    @Test
    void aLongRunBecomesSeveralBoundedBlocks() {
        String text = "x".repeat(Backlog.MAX_MERGED_BYTES / 4);
        List<byte[]> blocks = Collections.nCopies(9, utf8(chat(text)));
        List<byte[]> merged = Backlog.merged(blocks, Dialect.OPENAI_CHAT);
        assertThat(merged).hasSize(3);
        assertThat(merged.get(0)).hasSize(Backlog.MAX_MERGED_BYTES + chat("").length());
    }

    @Test
    void otherStreamsAreLeftAlone() {
        List<byte[]> blocks = Sample.GENERIC.blocks();
        assertThat(Backlog.merged(blocks, Dialect.GENERIC)).containsExactlyElementsOf(blocks);
    }

    @Test
    void theSamplesShrink() {
        Map<Sample, Integer> blocks = Map.of(
                Sample.OPENAI_CHAT, 5,
                Sample.OPENAI_CHAT_TOOLS, 8,
                Sample.DEEPSEEK_REASONING, 5,
                Sample.ANTHROPIC, 9,
                Sample.ANTHROPIC_TOOLS, 15,
                Sample.OPENAI_RESPONSES, 20);
        blocks.forEach((sample, count) -> assertThat(
                        Backlog.merged(sample.blocks(), sample.dialect).size())
                .as(sample.name())
                .isEqualTo(count));
    }

    @ParameterizedTest
    @EnumSource
    void anyRunOfASampleReadsTheSame(Sample sample) {
        String expected = Assembled.of(sample).all();
        Seeded.check(100, random -> {
            List<byte[]> blocks = sample.blocks();
            int from = random.nextInt(blocks.size() + 1);
            int to = from + random.nextInt(blocks.size() - from + 1);
            List<byte[]> late = new ArrayList<>(blocks.subList(0, from));
            late.addAll(Backlog.merged(blocks.subList(from, to), sample.dialect));
            late.addAll(blocks.subList(to, blocks.size()));
            assertThat(Assembled.of(Sample.read(sample.dialect, late)).all()).isEqualTo(expected);
        });
    }

    @Test
    void anyMixtureReadsTheSame() {
        Seeded.check(500, random -> {
            Dialect dialect = DIALECTS.get(random.nextInt(DIALECTS.size()));
            List<byte[]> blocks = new ArrayList<>();
            for (int n = random.nextInt(60); n > 0; n--) {
                blocks.add(utf8(block(dialect, random)));
            }
            List<byte[]> merged = Backlog.merged(blocks, dialect);
            assertThat(Assembled.of(Sample.read(dialect, merged)).all())
                    .isEqualTo(Assembled.of(Sample.read(dialect, blocks)).all());
            assertThat(Backlog.merged(merged, dialect))
                    .as("nothing is left to join")
                    .hasSameSizeAs(merged);
            assertThat(merged).hasSizeLessThanOrEqualTo(blocks.size());
        });
    }

    /** Deltas of few texts, so that runs are likely, and other things between. */
    private static String block(Dialect dialect, Random random) {
        String[] texts = {"a", "", " ", "\\n", "\\\\", "\\\"", "é", "🌊", "\\ud83c", "\\udf0a", "\\u0000", "]}"};
        String text = texts[random.nextInt(texts.length)];
        int place = random.nextInt(2);
        if (random.nextInt(12) == 0) {
            return ": comment\n\n";
        }
        if (random.nextInt(12) == 0) {
            return "event: new\ndata: {\"delta\":\"x\",\"n\":[1.50,{}]}\n\n";
        }
        String thought = random.nextInt(3) == 0 ? "reasoning_content" : "content";
        return switch (dialect) {
            case OPENAI_CHAT ->
                "data: {\"created\":" + random.nextInt() + ",\"choices\":[{\"index\":" + place + ",\"delta\":{\""
                        + thought + "\":\"" + text + "\"}}]}\n\n";
            case ANTHROPIC -> anthropic(place, text);
            case OPENAI_RESPONSES -> response(random.nextInt(), "item" + place, text);
            case GEMINI ->
                "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"" + text
                        + "\"}]},\"index\":" + place + "}],\"usageMetadata\":{\"promptTokenCount\":" + random.nextInt(9)
                        + "}}\r\n\r\n";
            case GENERIC -> "data: " + text + "\n\n";
        };
    }
}
