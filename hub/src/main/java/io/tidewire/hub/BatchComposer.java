package io.tidewire.hub;

import java.nio.ByteBuffer;

/**
 * Puts encoded events into one contiguous direct buffer, for one write. Owned by one shard, which uses it for one batch
 * after the other.
 */
final class BatchComposer {
    private final int maxBytes;
    private ByteBuffer buffer;
    private int end = Batch.HEADROOM;
    private int events;
    private long serial;

    BatchComposer(int maxBytes) {
        this.maxBytes = maxBytes;
        this.buffer = ByteBuffer.allocateDirect(Batch.HEADROOM + maxBytes + Batch.TAILROOM);
    }

    /** Begins the next batch; the last one is void from now on. */
    void begin() {
        end = Batch.HEADROOM;
        events = 0;
        serial++;
    }

    /** Adds an event if it fits; the first always does. */
    boolean add(byte[] frame) {
        if (events > 0 && size() + frame.length > maxBytes) {
            return false;
        }
        put(frame);
        events++;
        return true;
    }

    /** Adds what is not counted as an event. */
    void put(byte[] bytes) {
        if (end + bytes.length + Batch.TAILROOM > buffer.capacity()) {
            grow(end + bytes.length + Batch.TAILROOM);
        }
        buffer.put(end, bytes, 0, bytes.length);
        end += bytes.length;
    }

    boolean isEmpty() {
        return end == Batch.HEADROOM;
    }

    int size() {
        return end - Batch.HEADROOM;
    }

    /** {@return the number of the batch being composed} */
    long serial() {
        return serial;
    }

    Batch batch() {
        return new Batch(buffer, end, serial, events);
    }

    // Only an event bigger than a batch comes here; the buffer then stays as big as the biggest event so far, of which
    // there is one
    // per shard and a limit of size.
    private void grow(int needed) {
        ByteBuffer bigger = ByteBuffer.allocateDirect(needed);
        bigger.put(buffer.slice(0, end)).clear();
        buffer = bigger;
    }
}
