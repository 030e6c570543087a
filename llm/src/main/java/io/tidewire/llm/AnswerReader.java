package io.tidewire.llm;

import java.util.List;

/**
 * Reads one answer, block by block, in any dialect. The same blocks give the same parts. Nothing an upstream sends is an
 * error here: what is unknown, or not JSON, is an {@link AnswerPart.Aside}.
 *
 * <p>Not thread safe: one answer, one thread at a time.
 *
 * <pre>{@code
 * var reader = new AnswerReader(Dialect.ANTHROPIC);
 * for (byte[] block : blocks) {
 *     reader.read(block).forEach(part -> part.accept(screen));
 * }
 * reader.end().forEach(part -> part.accept(screen));
 * }</pre>
 */
public final class AnswerReader {

    private final BlockDecoder decoder = new BlockDecoder();
    private final PartCollector parts = new PartCollector();
    private final DialectReading reading;

    /** A reader before the first block. */
    public AnswerReader(Dialect dialect) {
        this.reading = dialect.reading();
    }

    /**
     * {@return what the next block says, at least one part}
     *
     * @param block as {@link EventBlocks} gave it
     */
    public List<AnswerPart> read(byte[] block) {
        BlockEvent event = decoder.decode(block);
        if (event == null) {
            return List.of(new AnswerPart.Aside("comment"));
        }
        read(event);
        return parts.take();
    }

    private void read(BlockEvent event) {
        if (!parts.isEnded()) {
            reading.read(event, parts);
        }
        if (parts.isEmpty()) {
            parts.aside(event.name());
        }
    }

    /**
     * There are no more blocks.
     *
     * @return nothing, if a terminal event has come; the end, if the answer may be over without one; otherwise a failure
     *     with the code {@link AnswerPart.Failure#INTERRUPTED}
     */
    public List<AnswerPart> end() {
        if (reading.isCompleteWithoutTerminal()) {
            parts.done();
        } else {
            parts.failure("the upstream ended before its answer did", AnswerPart.Failure.INTERRUPTED);
        }
        return parts.take();
    }

    /** {@return whether a terminal event or an error has come} */
    public boolean isEnded() {
        return parts.isEnded();
    }

    static boolean completes(Dialect dialect, byte[] block) {
        var reader = new AnswerReader(dialect);
        reader.read(block);
        return reader.isEnded() || reader.reading.isCompleteWithoutTerminal();
    }
}
