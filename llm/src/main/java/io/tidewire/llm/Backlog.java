package io.tidewire.llm;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a late reader gets in one piece: runs of deltas become one delta, in the same dialect, so that five thousand
 * tokens do not arrive as five thousand events. Holds nothing between calls; safe from any thread.
 */
public final class Backlog {

    /**
     * 512 KiB: the most text, in bytes of JSON, that is put into one event; a longer run becomes several. What is around
     * the text comes on top, and readers with the usual limit of {@link EventBlocks#MAX_BLOCK_BYTES} take the sum.
     */
    public static final int MAX_MERGED_BYTES = 1 << 19;

    private Backlog() {}

    /**
     * Joins deltas that follow each other directly and append to the same text, reasoning or tool arguments. A joined
     * block is the last one of its run, byte for byte, but for the text; so its {@code sequence_number} or id is that of
     * the last. Every other block is handed on as it is, in order, and so is a delta that differs from its neighbours in
     * any other field, known or unknown. What a client assembles is the same.
     *
     * @param blocks as {@link EventBlocks} gave them; neither the list nor the arrays are changed
     * @param dialect of the blocks; for {@link Dialect#GENERIC} nothing is joined
     * @return the blocks to send, some of them the very arrays given
     */
    public static List<byte[]> merged(List<byte[]> blocks, Dialect dialect) {
        return pieces(blocks, dialect).stream().map(Piece::block).toList();
    }

    /**
     * What is sent for some blocks that follow each other.
     *
     * @param block the block to send
     * @param count how many it stands for
     */
    public record Piece(byte[] block, int count) {}

    /** {@return the same as {@link #merged}, with how many blocks each stands for, so that a reader can go on after any of them} */
    public static List<Piece> pieces(List<byte[]> blocks, Dialect dialect) {
        DeltaShape shape = dialect.deltas();
        if (shape.texts().isEmpty()) {
            return blocks.stream().map(block -> new Piece(block, 1)).toList();
        }
        List<Piece> merged = new ArrayList<>();
        var run = new Run(merged);
        for (byte[] block : blocks) {
            Delta delta = Delta.of(block, shape);
            if (delta == null) {
                run.end();
                merged.add(new Piece(block, 1));
            } else {
                run.add(delta);
            }
        }
        run.end();
        return List.copyOf(merged);
    }

    private static final class Run {
        private final List<Piece> target;
        private final ByteArrayOutputStream text = new ByteArrayOutputStream();
        private int count;
        private @Nullable Delta last;

        Run(List<Piece> target) {
            this.target = target;
        }

        void add(Delta delta) {
            Delta before = last;
            if (before != null && (!delta.continues(before) || delta.length() > MAX_MERGED_BYTES - text.size())) {
                end();
            }
            delta.appendTo(text);
            last = delta;
            count++;
        }

        void end() {
            Delta delta = last;
            if (delta != null) {
                // A run of one has its own text: the array given is handed on.
                byte[] block = count == 1 ? delta.block() : delta.with(text.toByteArray());
                target.add(new Piece(block, count));
            }
            last = null;
            count = 0;
            text.reset();
        }
    }
}
