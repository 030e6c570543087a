package io.tidewire.log.redis;

import io.tidewire.log.Position;
import org.jspecify.annotations.Nullable;

/**
 * A position: the epoch that was drawn when the log began, and an entry's number. Its token is {@code #epoch.number}, both
 * base 36.
 *
 * @param epoch which life of which log
 * @param number the entry's number in the stream; 0 before all
 * @param told up to where cuts of topics were told to the reader of this cursor
 */
record StreamPosition(long epoch, long number, long told) implements Position {
    private static final int RADIX = 36;

    private static final char SEPARATOR = '.';

    /** 2^53 and all below it have no more digits in base 36. */
    private static final int MAX_DIGITS = 11;

    private static final int MAX_TOKEN_LENGTH = 1 + MAX_DIGITS + 1 + MAX_DIGITS;

    static StreamPosition of(long epoch, long number) {
        return new StreamPosition(epoch, number, 0);
    }

    /** {@return the position with this token, or null if it is none} Any text may come here. */
    static @Nullable StreamPosition parse(String token) {
        int separator = token.indexOf(SEPARATOR);
        if (token.length() > MAX_TOKEN_LENGTH || separator < 0 || token.charAt(0) != '#') {
            return null;
        }
        long epoch = digits(token, 1, separator);
        long number = digits(token, separator + 1, token.length());
        return epoch < 0 || number < 0 ? null : of(epoch, number);
    }

    private static long digits(String token, int from, int to) {
        boolean canonical = to > from && to - from <= MAX_DIGITS && (token.charAt(from) != '0' || to == from + 1);
        if (!canonical) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            char c = token.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'z')) {
                return -1;
            }
            value = value * RADIX + Character.digit(c, RADIX);
        }
        return value;
    }

    @Override
    public String token() {
        return "#" + Long.toString(epoch, RADIX) + SEPARATOR + Long.toString(number, RADIX);
    }

    /*
     * Numbers alone decide: they go on rising from one epoch to the next, so what a hub was handed before its Redis was emptied
     * comes before what it is handed afterwards.
     */
    @Override
    public boolean covers(Position entry) {
        return entry instanceof StreamPosition other && other.number <= number;
    }
}
