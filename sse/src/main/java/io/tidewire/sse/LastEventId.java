package io.tidewire.sse;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The last event id: set by an id line, in force from the next blank line, kept until another replaces it. A view on
 * the array it was found in until {@link #detach()}; made a String when asked. Not thread safe.
 */
final class LastEventId {

    private static final byte[] NO_BYTES = {};

    private byte[] committed = NO_BYTES;
    private int committedFrom;
    private int committedTo;
    private boolean committedBorrowed;

    private byte[] pending = NO_BYTES;
    private int pendingFrom;
    private int pendingTo;
    private boolean pendingBorrowed;
    private boolean isPending;

    private @Nullable String text = "";

    /** An id line; ignored, as the standard says, if it contains NUL. */
    void set(byte[] bytes, int from, int to) {
        if (Words.indexOf((byte) 0, bytes, from, to) == to) {
            pending = bytes;
            pendingFrom = from;
            pendingTo = to;
            pendingBorrowed = true;
            isPending = true;
        }
    }

    /** {@return whether the block that ends had an id line} */
    boolean commit() {
        if (!isPending) {
            return false;
        }
        committed = pending;
        committedFrom = pendingFrom;
        committedTo = pendingTo;
        committedBorrowed = pendingBorrowed;
        isPending = false;
        text = null;
        return true;
    }

    /** Keeps the ids independently of the arrays they came in. */
    void detach() {
        if (committedBorrowed) {
            committed = Arrays.copyOfRange(committed, committedFrom, committedTo);
            committedTo -= committedFrom;
            committedFrom = 0;
            committedBorrowed = false;
        }
        if (!isPending) {
            pending = NO_BYTES;
        } else if (pendingBorrowed) {
            pending = Arrays.copyOfRange(pending, pendingFrom, pendingTo);
            pendingTo -= pendingFrom;
            pendingFrom = 0;
            pendingBorrowed = false;
        }
    }

    /** The block will not end: the stream did. */
    void rollBack() {
        isPending = false;
        pending = NO_BYTES;
    }

    String text() {
        String current = text;
        if (current == null) {
            current = Utf8.decode(committed, committedFrom, committedTo - committedFrom);
            text = current;
        }
        return current;
    }
}
