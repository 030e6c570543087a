package io.tidewire.log.sqlite;

import java.util.Arrays;
import java.util.List;

/**
 * The newest messages of a stream. Readers that keep up find them here, not in the file.
 *
 * <p>Never changes for who has it: a longer one may share its array, beyond what this one looks at. Only the newest may be made longer.
 */
final class Window {
    /** A second or more of any answer of a model; who is further behind reads the file. */
    private static final int MAX_BYTES = 32 << 10;

    /** What a message takes beside its bytes. */
    private static final int MESSAGE_OVERHEAD = 24;

    private static final int FEWEST_SLOTS = 8;
    private static final byte[][] NO_SLOTS = {};

    private final byte[][] slots;
    private final int from;
    private final int to;
    private final long first;
    private final int bytes;

    private Window(byte[][] slots, int from, int to, long first, int bytes) {
        this.slots = slots;
        this.from = from;
        this.to = to;
        this.first = first;
        this.bytes = bytes;
    }

    /** {@return one without messages, after so many} */
    static Window at(long tail) {
        return new Window(NO_SLOTS, 0, 0, tail, 0);
    }

    /** {@return the number of messages before it} */
    long first() {
        return first;
    }

    int bytes() {
        return bytes;
    }

    /** {@return this one and these messages, without so many of its oldest as are too many} */
    Window plus(List<byte[]> messages) {
        byte[][] grown = slots;
        int start = from;
        int end = to;
        if (end + messages.size() > grown.length) {
            int count = to - from;
            grown = Arrays.copyOf(
                    Arrays.copyOfRange(slots, from, to), Math.max(FEWEST_SLOTS, 2 * (count + messages.size())));
            start = 0;
            end = count;
        }
        long sum = bytes;
        for (byte[] message : messages) {
            grown[end++] = message;
            sum += message.length + MESSAGE_OVERHEAD;
        }
        int oldest = start;
        while (sum > MAX_BYTES) {
            sum -= grown[oldest++].length + MESSAGE_OVERHEAD;
        }
        return new Window(grown, oldest, end, first + oldest - start, (int) sum);
    }

    /** Fills a page with what comes after the place, which is in the window. */
    void read(long after, PageOfStream page) {
        int at = from + (int) (after - first);
        while (at < to && page.test(slots[at])) {
            at++;
        }
    }
}
