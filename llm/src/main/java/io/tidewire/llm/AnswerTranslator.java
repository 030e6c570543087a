package io.tidewire.llm;

import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * Turns the recorded blocks of an answer into the events of another protocol. To resume, translate again from the first
 * block. Not thread safe: one reader, one thread at a time.
 *
 * <pre>{@code
 * var translator = new AnswerTranslator(Dialect.OPENAI_CHAT, new UiMessageStream(answerId));
 * blocks.forEach(block -> out.write(translator.add(block)));
 * out.write(translator.end());
 * }</pre>
 */
public final class AnswerTranslator {

    private final AnswerReader reader;
    private final AnswerEncoder encoder;

    /**
     * A translator before the first block.
     *
     * @param dialect of the blocks
     * @param encoder a new one
     */
    public AnswerTranslator(Dialect dialect, AnswerEncoder encoder) {
        this.reader = new AnswerReader(dialect);
        this.encoder = encoder;
    }

    /** {@return the events before the first block, so that a client sees that the answer has begun} */
    public byte[] begin() {
        return encoder.begin();
    }

    /**
     * {@return the events of the next block; may be empty}
     *
     * @param block as {@link EventBlocks} gave it
     */
    public byte[] add(byte[] block) {
        return encode(reader.read(block));
    }

    /** {@return the events of the end, for an answer that has not told of its end itself} */
    public byte[] end() {
        return encode(reader.end());
    }

    /** {@return whether the end of the answer has been told, so that nothing more is to be sent} */
    public boolean isEnded() {
        return reader.isEnded();
    }

    private byte[] encode(List<AnswerPart> parts) {
        var bytes = new ByteArrayOutputStream();
        parts.forEach(part -> bytes.writeBytes(encoder.add(part)));
        return bytes.toByteArray();
    }
}
