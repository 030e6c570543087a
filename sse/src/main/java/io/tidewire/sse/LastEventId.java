package io.tidewire.sse;

import org.jspecify.annotations.Nullable;

/**
 * The last event id: set by an id line, in force from the next blank line, kept until another replaces it. Held as
 * bytes, made a String when asked. Not thread safe.
 */
final class LastEventId {

    private GrowingBytes committed = new GrowingBytes();
    private GrowingBytes pending = new GrowingBytes();
    private boolean isPending;
    private @Nullable String text = "";

    /** An id line; ignored, as the standard says, if it contains NUL. */
    void set(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == 0) {
                return;
            }
        }
        pending.clear();
        pending.append(bytes, from, to);
        isPending = true;
    }

    /** {@return whether the block that ends had an id line} */
    boolean commit() {
        if (!isPending) {
            return false;
        }
        GrowingBytes old = committed;
        committed = pending;
        pending = old;
        isPending = false;
        text = null;
        return true;
    }

    /** The block will not end: the stream did. */
    void rollBack() {
        isPending = false;
        pending.release();
    }

    String text() {
        String current = text;
        if (current == null) {
            current = Utf8.decode(committed.array(), 0, committed.size());
            text = current;
        }
        return current;
    }
}
