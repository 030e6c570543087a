package io.tidewire.llm;

import io.tidewire.sse.EventEncoder;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Cuts the bytes of an event stream into blocks, one for each event with the blank line that ends it. Nothing is lost,
 * added or changed: all blocks in order, and the rest that {@link #end()} gives back, are the input again.
 *
 * <p>A block ends with the first blank line after a line that is not blank, so comments alone are a block too, and blank
 * lines beyond the one belong to the beginning of the next block. A block is given out as soon as its blank line is
 * complete: if that ends in CR and the LF that may follow has not come yet, the LF begins the next block, where every
 * reader of the format takes it for one more blank line. (WHATWG HTML, 9.2.5 "Parsing an event stream".)
 *
 * <p>Not thread safe: one stream, one thread at a time. Holds at most one block within the limit. A block that lies
 * whole in what is fed is copied once, into the array that the sink may keep.
 *
 * <pre>{@code
 * var blocks = new EventBlocks(EventBlocks.MAX_BLOCK_BYTES, stream::append);
 * for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
 *     blocks.feed(chunk, 0, n);
 * }
 * byte[] rest = blocks.end(); // empty unless the stream broke off within an event
 * }</pre>
 */
public final class EventBlocks {

    /** 1 MiB: the longest events are those that repeat a whole answer at its end; none came near in the field. */
    public static final int MAX_BLOCK_BYTES = 1 << 20;

    private static final byte[] NO_BYTES = {};
    // 512 bytes: a token's event with its identifiers.
    private static final int FIRST_CARRY_BYTES = 1 << 9;

    private final int maxBlockBytes;
    private final Consumer<byte[]> sink;

    // The beginning of a block whose end has not come.
    private byte[] carry = NO_BYTES;
    private int carried;

    private boolean lineIsEmpty = true;
    private boolean hasContent;
    // The line before ended in CR; an LF that comes next belongs to that end.
    private boolean afterReturn;
    private boolean closed;

    /**
     * A splitter at the start of a stream.
     *
     * @param maxBlockBytes the longest block allowed, in bytes, 1 or more
     * @param sink takes each block, during {@code feed} and on its thread; the array is its own
     * @throws IllegalArgumentException if the limit is below 1
     */
    public EventBlocks(int maxBlockBytes, Consumer<byte[]> sink) {
        if (maxBlockBytes < 1) {
            throw new IllegalArgumentException("maxBlockBytes: " + maxBlockBytes + " (expected: 1 or more)");
        }
        this.maxBlockBytes = maxBlockBytes;
        this.sink = Objects.requireNonNull(sink, "sink");
    }

    /**
     * Takes the next bytes of the stream, which may be overwritten afterwards.
     *
     * @throws EventBlockTooLargeException if a block is beyond the limit
     * @throws IllegalStateException if an earlier feed failed, by the limit or by the sink
     * @throws IndexOutOfBoundsException if the range is not within the array
     */
    public void feed(byte[] bytes, int offset, int length) {
        feed(ByteBuffer.wrap(bytes, offset, length));
    }

    /**
     * Takes all that remains in the buffer, and moves its position to the end.
     *
     * @throws EventBlockTooLargeException if a block is beyond the limit
     * @throws IllegalStateException if an earlier feed failed, by the limit or by the sink
     */
    public void feed(ByteBuffer bytes) {
        if (closed) {
            throw new IllegalStateException("feed: splitter closed (expected: end() after a failed feed)");
        }
        closed = true;
        int to = bytes.limit();
        int start = bytes.position();
        for (int end = blockEnd(bytes, start, to); end >= 0; end = blockEnd(bytes, start, to)) {
            sink.accept(block(bytes, start, end));
            start = end;
        }
        carry(bytes, start, to);
        bytes.position(to);
        closed = false;
    }

    /**
     * The stream ended. Whatever has not been ended by a blank line is given back; clients of the format drop it.
     *
     * @return the rest, empty if the last block was complete; afterwards a new stream may begin
     */
    public byte[] end() {
        byte[] rest = Arrays.copyOf(carry, carried);
        carry = NO_BYTES;
        carried = 0;
        startBlock();
        closed = false;
        return rest;
    }

    /**
     * {@return a copy of the block with an id line before its blank line}, where it prevails over an id that the upstream
     * gave, and where neither a byte order mark nor blank lines at the block's beginning are in its way
     *
     * @param block as a splitter gave it
     * @param id without CR, LF and NUL
     * @throws IllegalArgumentException if the id has one of them, or the block no blank line at its end
     */
    public static byte[] withId(byte[] block, String id) {
        byte[] line = new EventEncoder().id(id).toByteArray();
        int blank = blankLine(block);
        byte[] marked = Arrays.copyOf(block, block.length + line.length);
        System.arraycopy(line, 0, marked, blank, line.length);
        System.arraycopy(block, blank, marked, blank + line.length, block.length - blank);
        return marked;
    }

    private static int blankLine(byte[] block) {
        int last = block.length - 1;
        boolean pair = last > 0 && block[last] == '\n' && block[last - 1] == '\r';
        int blank = pair ? last - 1 : last;
        if (blank < 1 || !isLineEnd(block[last]) || !isLineEnd(block[blank - 1])) {
            throw new IllegalArgumentException(
                    "block: " + block.length + " bytes without an end (expected: a blank line at the end)");
        }
        return blank;
    }

    private static boolean isLineEnd(byte b) {
        return b == '\n' || b == '\r';
    }

    /** {@return the index after the block's blank line, or -1 if that is not there yet} */
    private int blockEnd(ByteBuffer bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            byte b = bytes.get(i);
            if (!isLineEnd(b)) {
                lineIsEmpty = false;
                hasContent = true;
                afterReturn = false;
            } else if (b == '\n' && afterReturn) {
                afterReturn = false;
            } else if (lineIsEmpty && hasContent) {
                startBlock();
                boolean pair = b == '\r' && i + 1 < to && bytes.get(i + 1) == '\n';
                return i + (pair ? 2 : 1);
            } else {
                lineIsEmpty = true;
                afterReturn = b == '\r';
            }
        }
        return -1;
    }

    private void startBlock() {
        lineIsEmpty = true;
        hasContent = false;
        afterReturn = false;
    }

    private byte[] block(ByteBuffer bytes, int from, int to) {
        int length = to - from;
        requireFits(length);
        byte[] block = Arrays.copyOf(carry, carried + length);
        bytes.get(from, block, carried, length);
        carried = 0;
        return block;
    }

    private void carry(ByteBuffer bytes, int from, int to) {
        int length = to - from;
        requireFits(length);
        if (length > carry.length - carried) {
            int doubled = Math.max(FIRST_CARRY_BYTES, Math.min(maxBlockBytes, 2 * carry.length));
            carry = Arrays.copyOf(carry, Math.max(carried + length, doubled));
        }
        bytes.get(from, carry, carried, length);
        carried += length;
    }

    private void requireFits(int length) {
        if (length > maxBlockBytes - carried) {
            throw new EventBlockTooLargeException(maxBlockBytes);
        }
    }
}
