package io.tidewire.llm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;

/** A recorded stream under {@code resources/samples}. */
enum Sample {
    OPENAI_CHAT(Dialect.OPENAI_CHAT),
    OPENAI_CHAT_TOOLS(Dialect.OPENAI_CHAT),
    OPENAI_CHAT_ERROR(Dialect.OPENAI_CHAT),
    DEEPSEEK_REASONING(Dialect.OPENAI_CHAT),
    OPENROUTER(Dialect.OPENAI_CHAT),
    TWO_CHOICES_CRLF(Dialect.OPENAI_CHAT),
    CUT_SURROGATES(Dialect.OPENAI_CHAT),
    ANTHROPIC(Dialect.ANTHROPIC),
    ANTHROPIC_TOOLS(Dialect.ANTHROPIC),
    ANTHROPIC_ERROR(Dialect.ANTHROPIC),
    OPENAI_RESPONSES(Dialect.OPENAI_RESPONSES),
    OPENAI_RESPONSES_FAILED(Dialect.OPENAI_RESPONSES),
    GEMINI(Dialect.GEMINI),
    GENERIC(Dialect.GENERIC);

    final Dialect dialect;

    Sample(Dialect dialect) {
        this.dialect = dialect;
    }

    String fileName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-') + ".sse";
    }

    byte[] bytes() {
        try (InputStream in =
                Objects.requireNonNull(Sample.class.getResourceAsStream("/samples/" + fileName()), fileName())) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<byte[]> blocks() {
        return split(bytes());
    }

    List<AnswerPart> parts() {
        return read(dialect, blocks());
    }

    static List<byte[]> split(byte[] bytes) {
        List<byte[]> blocks = new ArrayList<>();
        var splitter = new EventBlocks(EventBlocks.MAX_BLOCK_BYTES, blocks::add);
        splitter.feed(bytes, 0, bytes.length);
        byte[] rest = splitter.end();
        if (rest.length > 0) {
            blocks.add(rest);
        }
        return blocks;
    }

    /** The blocks, and the rest if any, of bytes that come in pieces of random sizes. */
    static List<byte[]> splitAnyhow(byte[] bytes, Random random) {
        List<byte[]> blocks = new ArrayList<>();
        var splitter = new EventBlocks(EventBlocks.MAX_BLOCK_BYTES, blocks::add);
        int most = 1 + random.nextInt(200);
        for (int at = 0; at < bytes.length; ) {
            int length = Math.min(bytes.length - at, random.nextInt(most + 1));
            splitter.feed(bytes, at, length);
            at += length;
        }
        byte[] rest = splitter.end();
        if (rest.length > 0) {
            blocks.add(rest);
        }
        return blocks;
    }

    static List<AnswerPart> read(Dialect dialect, List<byte[]> blocks) {
        var reader = new AnswerReader(dialect);
        List<AnswerPart> parts = new ArrayList<>();
        blocks.forEach(block -> parts.addAll(reader.read(block)));
        parts.addAll(reader.end());
        return parts;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
