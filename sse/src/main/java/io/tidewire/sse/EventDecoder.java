package io.tidewire.sse;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads an event stream incrementally, by the rules of the WHATWG HTML standard: feed it bytes as they come, cut
 * anywhere, and it tells a sink about every event as soon as its blank line is there. No input is an error; bytes that
 * are not UTF-8 become U+FFFD and unknown fields are skipped.
 *
 * <p>Not thread safe: one stream, one thread at a time. Holds no more than a line and an event within the limits, and
 * copies nothing of an event that lies whole in the array fed and has one line of data.
 *
 * <p>Throws {@link EventTooLargeException} beyond the limits, and whatever the sink throws; both leave it closed until
 * {@link #reset()}.
 *
 * <pre>{@code
 * var decoder = new EventDecoder(DecoderLimits.defaults(), event -> System.out.println(event.data()));
 * for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
 *     decoder.feed(chunk, 0, n);
 * }
 * decoder.reset();
 * }</pre>
 */
public final class EventDecoder {

    /*
     * A line is handled where it was found: in the array fed, or in `carry` if it began in an earlier one. So data
     * and id are views on one of the two until the feed ends; they are detached before `carry` takes the new remainder.
     *
     * A CR ends its line at once; the LF that may follow is skipped when it comes, perhaps as the first byte of the next
     * feed. Waiting for it would hold back an event for as long as the server is silent.
     */

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    // 8 KiB: a buffer outside the heap is read in pieces of this size.
    private static final int SCRATCH_BYTES = 1 << 13;
    // The longest name that means anything is "event" or "retry".
    private static final int MAX_NAME_BYTES = 5;

    private static final long DATA_COLON = Words.of("data:");
    private static final long FIVE_BYTES = 0xFF_FFFF_FFFFL;
    private static final long ID_COLON = Words.of("id:");
    private static final long THREE_BYTES = 0xFF_FFFFL;

    private final int maxLineBytes;
    private final EventSink sink;
    private final GrowingBytes carry = new GrowingBytes();
    private final PendingData data;
    private final LastEventId lastEventId = new LastEventId();
    private final DecodedEvent event = new DecodedEvent(lastEventId);
    private final NameCache names = new NameCache();

    private @Nullable String type;
    private byte @Nullable [] scratch;
    // How much of the mark has been matched; all of it, once other bytes have come.
    private int markMatched;
    private boolean skipLineFeed;
    // While feeding, and for good if a feed ended by an exception.
    private boolean closed;

    /**
     * A decoder at the start of a stream.
     *
     * @param limits what it may hold
     * @param sink whom to tell
     */
    public EventDecoder(DecoderLimits limits, EventSink sink) {
        this.maxLineBytes = limits.maxLineBytes();
        this.sink = Objects.requireNonNull(sink, "sink");
        this.data = new PendingData(limits.maxEventBytes());
    }

    /**
     * Reads the next bytes of the stream; they may be overwritten afterwards.
     *
     * @throws EventTooLargeException if a line or an event is beyond the limits
     * @throws IllegalStateException if an earlier feed failed, or is still running
     * @throws IndexOutOfBoundsException if the range is not within the array
     */
    public void feed(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (closed) {
            throw new IllegalStateException("feed: decoder closed (expected: reset() after a failed feed)");
        }
        closed = true;
        try {
            read(bytes, offset, offset + length);
        } finally {
            // Even after a failure: the last event id is what a reconnect needs.
            lastEventId.detach();
            event.hide();
        }
        closed = false;
    }

    private void read(byte[] bytes, int offset, int end) {
        int from = skipByteOrderMark(bytes, offset, end);
        if (skipLineFeed && from < end) {
            skipLineFeed = false;
            from += bytes[from] == '\n' ? 1 : 0;
        }
        from = readLines(bytes, from, end);
        data.detach();
        lastEventId.detach();
        carry(bytes, from, end);
    }

    /**
     * Reads all that remains in the buffer, as {@link #feed(byte[], int, int)} does, and moves its position to the end.
     *
     * @throws EventTooLargeException if a line or an event is beyond the limits
     * @throws IllegalStateException if an earlier feed failed, or is still running
     */
    public void feed(ByteBuffer bytes) {
        if (bytes.hasArray()) {
            int offset = bytes.arrayOffset() + bytes.position();
            int length = bytes.remaining();
            bytes.position(bytes.limit());
            feed(bytes.array(), offset, length);
            return;
        }
        byte[] piece = scratch;
        if (piece == null) {
            piece = new byte[SCRATCH_BYTES];
            scratch = piece;
        }
        while (bytes.hasRemaining()) {
            int length = Math.min(piece.length, bytes.remaining());
            bytes.get(piece, 0, length);
            feed(piece, 0, length);
        }
    }

    /** {@return the id to send when reconnecting; empty if no block with one has ended yet} */
    public String lastEventId() {
        return lastEventId.text();
    }

    /**
     * The stream ended, or another begins: drops the unfinished event and takes a byte order mark again. The last event
     * id stays, as in browsers, so that a stream resumed and lost before its first id can be resumed once more.
     */
    public void reset() {
        carry.release();
        data.release();
        lastEventId.rollBack();
        type = null;
        markMatched = 0;
        skipLineFeed = false;
        closed = false;
    }

    private int skipByteOrderMark(byte[] bytes, int from, int to) {
        int i = from;
        while (markMatched < BYTE_ORDER_MARK.length && i < to) {
            if (bytes[i] == BYTE_ORDER_MARK[markMatched]) {
                markMatched++;
                i++;
            } else {
                carry(BYTE_ORDER_MARK, 0, markMatched);
                markMatched = BYTE_ORDER_MARK.length;
            }
        }
        return i;
    }

    /** {@return where the line begins that has no end yet} */
    private int readLines(byte[] bytes, int from, int to) {
        int start = from;
        int end = Words.lineEnd(bytes, start, to);
        if (end < to && carry.size() > 0) {
            carry(bytes, start, end);
            line(carry.array(), 0, carry.size());
            carry.clear();
            start = afterLineEnd(bytes, end, to);
            end = Words.lineEnd(bytes, start, to);
        }
        while (end < to) {
            line(bytes, start, end);
            start = afterLineEnd(bytes, end, to);
            if (start < to && bytes[start] == '\n') {
                dispatch();
                start++;
            }
            end = Words.lineEnd(bytes, start, to);
        }
        return start;
    }

    private int afterLineEnd(byte[] bytes, int lineEnd, int to) {
        int next = lineEnd + 1;
        if (bytes[lineEnd] == '\n') {
            return next;
        }
        if (next == to) {
            skipLineFeed = true;
            return next;
        }
        return bytes[next] == '\n' ? next + 1 : next;
    }

    private void carry(byte[] bytes, int from, int to) {
        if (from < to) {
            requireLine((long) carry.size() + to - from);
            carry.append(bytes, from, to);
        }
    }

    private void line(byte[] bytes, int from, int to) {
        if (from == to) {
            dispatch();
            return;
        }
        requireLine(to - from);
        // The two most frequent names are told by one read; a shorter line is told by its name below.
        long start = to - from < Long.BYTES ? 0 : Words.get(bytes, from);
        if ((start & FIVE_BYTES) == DATA_COLON) {
            data.addLine(bytes, afterColon(bytes, from + 4, to), to);
        } else if ((start & THREE_BYTES) == ID_COLON) {
            lastEventId.set(bytes, afterColon(bytes, from + 2, to), to);
        } else {
            field(bytes, from, to);
        }
    }

    private void field(byte[] bytes, int from, int to) {
        int colon = from;
        int limit = Math.min(to, from + MAX_NAME_BYTES + 1);
        while (colon < limit && bytes[colon] != ':') {
            colon++;
        }
        int value = afterColon(bytes, colon, to);
        switch (colon - from) {
            case 0 -> sink.comment(names.get(bytes, value, to));
            case 2 -> {
                if (Words.startWith("id", bytes, from)) {
                    lastEventId.set(bytes, value, to);
                }
            }
            case 4 -> {
                if (Words.startWith("data", bytes, from)) {
                    data.addLine(bytes, value, to);
                }
            }
            case 5 -> eventOrRetry(bytes, from, value, to);
            default -> {}
        }
    }

    private void eventOrRetry(byte[] bytes, int from, int value, int to) {
        if (Words.startWith("event", bytes, from)) {
            type = names.get(bytes, value, to);
        } else if (Words.startWith("retry", bytes, from)) {
            retry(bytes, value, to);
        }
    }

    /** {@return where the value begins: past the colon, if there is one, and past one space} */
    private static int afterColon(byte[] bytes, int colon, int to) {
        int value = Math.min(colon + 1, to);
        return value < to && bytes[value] == ' ' ? value + 1 : value;
    }

    private void retry(byte[] bytes, int from, int to) {
        long millis = 0;
        for (int i = from; i < to; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return;
            }
            boolean fits = millis < Long.MAX_VALUE / 10;
            millis = fits ? millis * 10 + digit : Long.MAX_VALUE;
        }
        if (from < to) {
            sink.retry(Duration.ofMillis(millis));
        }
    }

    private void dispatch() {
        boolean hasNewId = lastEventId.commit();
        String name = type;
        type = null;
        if (data.isPresent()) {
            data.showIn(event, name == null || name.isEmpty() ? "message" : name);
            sink.event(event);
            data.clear();
        } else if (hasNewId) {
            sink.lastEventId(lastEventId.text());
        }
    }

    private void requireLine(long bytes) {
        if (bytes > maxLineBytes) {
            throw new EventTooLargeException("line", maxLineBytes);
        }
    }
}
