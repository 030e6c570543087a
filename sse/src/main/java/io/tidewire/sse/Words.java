package io.tidewire.sse;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Byte arrays read and written eight bytes at a time. */
final class Words {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
    private static final long LINE_FEEDS = '\n' * ONES;
    private static final long CARRIAGE_RETURNS = '\r' * ONES;
    private static final long PAST_CARRIAGE_RETURN = ('\r' + 1) * ONES;

    private Words() {}

    static long get(byte[] bytes, int index) {
        return (long) LONGS.get(bytes, index);
    }

    static void put(byte[] bytes, int index, long word) {
        LONGS.set(bytes, index, word);
    }

    /** {@return up to eight ASCII characters as the word that {@link #put} writes in their order} */
    static long of(String ascii) {
        long word = 0;
        for (int i = ascii.length() - 1; i >= 0; i--) {
            word = word << 8 | ascii.charAt(i);
        }
        return word;
    }

    /*
     * Subtracting n from every byte borrows into the high bit of each byte below n; those whose high bit was set before
     * are masked out. A borrow can spill into the bytes above a hit, never below, so the lowest hit is exact: that is
     * the first byte, as words are little endian. (S. E. Anderson, Bit Twiddling Hacks, "hasless"; after A. Mycroft.)
     *
     * The loop asks only "any byte up to CR?", one test instead of two; a tab is a false alarm that costs little.
     */

    /** {@return the index of the first CR or LF in the range, or {@code to} if there is none} */
    static int lineEnd(byte[] bytes, int from, int to) {
        int i = from;
        for (; i <= to - Long.BYTES; i += Long.BYTES) {
            long word = get(bytes, i);
            if (((word - PAST_CARRIAGE_RETURN) & ~word & HIGH_BITS) != 0) {
                long hits = zeroBytes(word ^ LINE_FEEDS) | zeroBytes(word ^ CARRIAGE_RETURNS);
                if (hits != 0) {
                    return i + (Long.numberOfTrailingZeros(hits) >>> 3);
                }
            }
        }
        while (i < to && bytes[i] != '\n' && bytes[i] != '\r') {
            i++;
        }
        return i;
    }

    private static long zeroBytes(long word) {
        return (word - ONES) & ~word & HIGH_BITS;
    }
}
