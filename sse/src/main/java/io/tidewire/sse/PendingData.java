package io.tidewire.sse;

import org.jspecify.annotations.Nullable;

/**
 * The data lines of the event being read. One line is a view on the array it was found in, which is the usual event; a
 * second line, or the end of that array, makes it a copy. Not thread safe.
 */
final class PendingData {

    private final GrowingBytes copy = new GrowingBytes();
    private final int maxBytes;
    private boolean present;
    // The array of the one line so far; null once the lines are in the copy.
    private byte @Nullable [] view;
    private int viewFrom;
    private int viewTo;

    PendingData(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    boolean isPresent() {
        return present;
    }

    void addLine(byte[] bytes, int from, int to) {
        if (!present) {
            requireWithin(to - from);
            present = true;
            view = bytes;
            viewFrom = from;
            viewTo = to;
            return;
        }
        detach();
        requireWithin((long) copy.size() + 1 + to - from);
        copy.append((byte) '\n');
        copy.append(bytes, from, to);
    }

    /** Keeps what there is independently of the array it came in. */
    void detach() {
        byte[] bytes = view;
        if (bytes != null) {
            copy.append(bytes, viewFrom, viewTo);
            view = null;
        }
    }

    void showIn(DecodedEvent event, String type) {
        byte[] bytes = view;
        if (bytes != null) {
            event.show(type, bytes, viewFrom, viewTo);
        } else {
            event.show(type, copy.array(), 0, copy.size());
        }
    }

    void clear() {
        present = false;
        view = null;
        copy.clear();
    }

    void release() {
        clear();
        copy.release();
    }

    private void requireWithin(long bytes) {
        if (bytes > maxBytes) {
            throw new EventTooLargeException("event", maxBytes);
        }
    }
}
