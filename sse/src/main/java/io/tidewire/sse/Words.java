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

    // Where a line stops being short: an id, a token, a name end before.
    private static final int SHORT_LINE_BYTES = 64;
    private static final int BLOCK_BYTES = 4 * Long.BYTES;

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
            word = (word << 8) | ascii.charAt(i);
        }
        return word;
    }

    /** {@return whether these ASCII characters stand at the index; there must be room for them} */
    static boolean startWith(String ascii, byte[] bytes, int from) {
        for (int i = 0; i < ascii.length(); i++) {
            if (bytes[from + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /*
     * Subtracting n from every byte borrows into the high bit of each byte below n; those whose high bit was set before
     * are masked out. A borrow can spill into the bytes above a hit, never below, so the lowest hit is exact: that is
     * the first byte, as words are little endian. (S. E. Anderson, Bit Twiddling Hacks, "hasless"; after A. Mycroft.)
     *
     * The loops ask only "any byte up to CR?", one test instead of two; a tab is a false alarm that costs little. Most
     * lines are short, so the first words are asked one by one; from there on, blocks of four share a branch.
     */

    /** {@return the index of the first CR or LF in the range, or {@code to} if there is none} */
    static int lineEnd(byte[] bytes, int from, int to) {
        int wordsEnd = to - Long.BYTES;
        int oneByOneEnd = Math.min(wordsEnd, from + SHORT_LINE_BYTES);
        int i = from;
        for (; i <= oneByOneEnd; i += Long.BYTES) {
            int hit = lineEndIn(get(bytes, i));
            if (hit < Long.BYTES) {
                return i + hit;
            }
        }
        while (i <= wordsEnd) {
            i = skipBlocks(bytes, i, to);
            int blockEnd = Math.min(wordsEnd, i + BLOCK_BYTES - Long.BYTES);
            for (; i <= blockEnd; i += Long.BYTES) {
                int hit = lineEndIn(get(bytes, i));
                if (hit < Long.BYTES) {
                    return i + hit;
                }
            }
        }
        while (i < to && bytes[i] != '\n' && bytes[i] != '\r') {
            i++;
        }
        return i;
    }

    private static int skipBlocks(byte[] bytes, int from, int to) {
        int i = from;
        while (i <= to - BLOCK_BYTES) {
            long hits = upToCarriageReturn(get(bytes, i))
                    | upToCarriageReturn(get(bytes, i + 8))
                    | upToCarriageReturn(get(bytes, i + 16))
                    | upToCarriageReturn(get(bytes, i + 24));
            if ((hits & HIGH_BITS) != 0) {
                break;
            }
            i += BLOCK_BYTES;
        }
        return i;
    }

    /** {@return which byte of the word is the first CR or LF, or 8} */
    private static int lineEndIn(long word) {
        if ((upToCarriageReturn(word) & HIGH_BITS) == 0) {
            return Long.BYTES;
        }
        long hits = zeroBytes(word ^ LINE_FEEDS) | zeroBytes(word ^ CARRIAGE_RETURNS);
        return Long.numberOfTrailingZeros(hits) >>> 3;
    }

    /** {@return the index of the first such byte, or {@code to} if there is none} */
    static int indexOf(byte wanted, byte[] bytes, int from, int to) {
        long wantedWord = wanted * ONES;
        int i = from;
        while (i <= to - BLOCK_BYTES) {
            long hits = zeroes(get(bytes, i) ^ wantedWord)
                    | zeroes(get(bytes, i + 8) ^ wantedWord)
                    | zeroes(get(bytes, i + 16) ^ wantedWord)
                    | zeroes(get(bytes, i + 24) ^ wantedWord);
            if ((hits & HIGH_BITS) != 0) {
                break;
            }
            i += BLOCK_BYTES;
        }
        for (; i <= to - Long.BYTES; i += Long.BYTES) {
            long hits = zeroBytes(get(bytes, i) ^ wantedWord);
            if (hits != 0) {
                return i + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
        }
        while (i < to && bytes[i] != wanted) {
            i++;
        }
        return i;
    }

    private static long upToCarriageReturn(long word) {
        return (word - PAST_CARRIAGE_RETURN) & ~word;
    }

    private static long zeroBytes(long word) {
        return zeroes(word) & HIGH_BITS;
    }

    private static long zeroes(long word) {
        return (word - ONES) & ~word;
    }
}
