package io.tidewire.log;

import java.util.random.RandomGenerator;

/**
 * A position in a log that numbers its entries: the log's epoch, which tells its ids from those of an earlier life, and the entry's number. Its
 * token is {@code #epoch.number}, both base 36.
 *
 * @param epoch letters and digits, drawn by {@link #newEpoch}
 * @param number the entry's number
 * @param toldUpTo up to which number whoever holds it as a cursor was told what the bounds of single topics have cut
 */
public record NumberedPosition(String epoch, long number, long toldUpTo) implements Position {
    private static final int RADIX = 36;
    private static final char SEPARATOR = '.';

    /** What fits a long, in base 36. */
    private static final int MAX_DIGITS = 12;

    /** A position of nobody who was told anything. */
    public NumberedPosition(String epoch, long number) {
        this(epoch, number, 0);
    }

    /** {@return a new epoch of so many digits; each is a little more than 5 bits} */
    public static String newEpoch(RandomGenerator random, int digits) {
        StringBuilder epoch = new StringBuilder(digits);
        for (int i = 0; i < digits; i++) {
            epoch.append(Character.forDigit(random.nextInt(RADIX), RADIX));
        }
        return epoch.toString();
    }

    /** {@return the number in a token of this epoch, or -1 if it is none} Any text may come here. */
    public static long parse(String token, String epoch) {
        int start = 1 + epoch.length() + 1;
        boolean ours = token.length() > start
                && token.length() <= start + MAX_DIGITS
                && token.charAt(0) == '#'
                && token.startsWith(epoch, 1)
                && token.charAt(start - 1) == SEPARATOR;
        if (!ours) {
            return -1;
        }
        boolean leadingZero = token.charAt(start) == '0' && token.length() > start + 1;
        long number = leadingZero ? -1 : 0;
        for (int i = start; i < token.length() && number >= 0; i++) {
            char c = token.charAt(i);
            boolean digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
            number = digit ? number * RADIX + Character.digit(c, RADIX) : -1;
        }
        return number;
    }

    @Override
    public String token() {
        return "#" + epoch + SEPARATOR + Long.toString(number, RADIX);
    }

    @Override
    public boolean covers(Position entry) {
        return entry instanceof NumberedPosition other && other.number <= number && other.epoch.equals(epoch);
    }
}
