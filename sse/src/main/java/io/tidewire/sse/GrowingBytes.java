package io.tidewire.sse;

import java.util.Arrays;

/** Bytes that are appended to and read in place. Whoever appends has checked the size. Not thread safe. */
final class GrowingBytes {

    // 64 KiB: a stream that once had a huge event should not hold on to it over the next connection.
    private static final int KEPT_BYTES = 1 << 16;
    private static final int FIRST_BYTES = 128;

    private byte[] bytes = new byte[FIRST_BYTES];
    private int size;

    /** {@return the array that holds the bytes from 0 to {@link #size()}, until the next append} */
    byte[] array() {
        return bytes;
    }

    int size() {
        return size;
    }

    void append(byte[] source, int from, int to) {
        int length = to - from;
        reserve(length);
        System.arraycopy(source, from, bytes, size, length);
        size += length;
    }

    void append(byte value) {
        reserve(1);
        bytes[size++] = value;
    }

    void clear() {
        size = 0;
    }

    /** Clears, and gives back memory beyond the usual. */
    void release() {
        size = 0;
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[FIRST_BYTES];
        }
    }

    private void reserve(int more) {
        if (more > bytes.length - size) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), bytes.length * 2));
        }
    }
}
