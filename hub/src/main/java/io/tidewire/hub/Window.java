package io.tidewire.hub;

import io.tidewire.log.LogEntry;
import io.tidewire.log.Position;
import io.tidewire.sse.EventEncoder;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The newest part of the log in memory, bounded by bytes, by age and by the number of its slots.
 *
 * <p>One writer at a time (the log's follower), any number of readers, no lock.
 */
final class Window {
    /*
     * Entries have consecutive numbers and stand in a ring. The writer puts an entry into its slot, then moves `head`; a reader that has
     * seen `head` therefore sees every entry before it, unless that has been cut meanwhile: then the slot is empty or holds
     * a later entry, which its number tells. So "cut" is the only thing that can go wrong for a reader, and it goes to the log then.
     */

    /** A reader of small events reaches the slots' bound first; half a kibibyte for each is what they take with their objects. */
    private static final int BYTES_PER_SLOT = 512;

    private static final int MIN_SLOTS = 1 << 10;
    private static final int MAX_SLOTS = 1 << 20;

    private final AtomicReferenceArray<@Nullable Entry> slots;
    private final int mask;
    private final long maxBytes;
    private final long maxAgeMillis;
    private final EventEncoder encoder = new EventEncoder();
    private long bytes;
    private volatile long first;
    private volatile long head;
    private volatile Position headPosition;
    private volatile @Nullable Hole hole;

    Window(Position start, long maxBytes, Duration maxAge) {
        long wanted = Math.max(MIN_SLOTS, Math.min(MAX_SLOTS, maxBytes / BYTES_PER_SLOT));
        int size = (int) Long.highestOneBit(wanted);
        this.slots = new AtomicReferenceArray<>(size);
        this.mask = size - 1;
        this.maxBytes = maxBytes;
        this.maxAgeMillis = maxAge.toMillis();
        this.headPosition = start;
    }

    /** Adds the next entry and cuts what is too much. By the writer only. */
    void append(LogEntry logged) {
        long seq = head;
        Entry entry = new Entry(seq, headPosition, logged, encoder);
        if (seq - first == slots.length()) {
            cutOldest();
        }
        slots.set((int) seq & mask, entry);
        bytes += entry.weight();
        headPosition = logged.position();
        head = seq + 1;
        long oldestMillis = logged.timeMillis() - maxAgeMillis;
        while (seq > first && (bytes > maxBytes || oldest().logged().timeMillis() < oldestMillis)) {
            cutOldest();
        }
    }

    /** Drops all: something is missing between it and what comes next, which is after {@code from}. By the writer only. */
    void cutOff(Position from) {
        while (first < head) {
            cutOldest();
        }
        headPosition = from;
        long next = head + 1; // the number that no entry gets: whoever comes to it knows
        first = next;
        hole = new Hole(next, from);
        head = next;
    }

    /** {@return after the latest hole, where it goes on; null if there never was one} */
    @Nullable
    Hole latestHole() {
        return hole;
    }

    /**
     * The end of a hole.
     *
     * @param seq the number of the first entry after it
     * @param position the cursor just before that
     */
    record Hole(long seq, Position position) {}

    /** {@return the number that the next entry will have} */
    long head() {
        return head;
    }

    /** {@return the number of the oldest entry here, or {@link #head} if there is none} */
    long first() {
        return first;
    }

    /** {@return the cursor that has seen all that is here; at least as new as a head read before it} */
    Position headPosition() {
        return headPosition;
    }

    /** {@return the entry of that number, or null if it has been cut or is not there yet} */
    @Nullable
    Entry get(long seq) {
        Entry entry = slots.get((int) seq & mask);
        return entry != null && entry.seq() == seq ? entry : null;
    }

    /** {@return the number of the first entry that the cursor has not seen, or -1 if that may have been cut} */
    long seqAfter(Position cursor) {
        long low = first;
        long high = head;
        Entry oldest = low < high ? get(low) : null;
        if (oldest == null) {
            return low == high && cursor.covers(headPosition) ? high : -1;
        }
        if (!cursor.covers(oldest.before())) {
            return -1;
        }
        while (low < high) {
            long middle = (low + high) >>> 1;
            Entry entry = get(middle);
            if (entry == null) {
                return -1;
            }
            if (cursor.covers(entry.position())) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private Entry oldest() {
        Entry entry = slots.get((int) first & mask);
        if (entry == null) {
            throw new IllegalStateException("window: no entry at " + first + " (expected: one for each number)");
        }
        return entry;
    }

    private void cutOldest() {
        long seq = first;
        bytes -= oldest().weight();
        first = seq + 1;
        slots.set((int) seq & mask, null);
    }
}
