package io.tidewire.log.sqlite;

import io.tidewire.log.Position;
import java.security.SecureRandom;

/**
 * A position: the database's epoch and the number of an event. Its token is {@code #epoch.number}, the number in base 36.
 *
 * @param toldUpTo up to which number whoever holds it as a cursor was told what the bounds of single topics have cut
 */
record Place(String epoch, long number, long toldUpTo) implements Position {
    private static final int RADIX = 36;

    /** So many characters are 62 bits: no two databases ever draw the same. */
    private static final int EPOCH_DIGITS = 12;

    private static final char SEPARATOR = '.';

    /** What fits a long, in base 36. */
    private static final int MAX_DIGITS = 12;

    Place(String epoch, long number) {
        this(epoch, number, 0);
    }

    static String newEpoch() {
        SecureRandom random = new SecureRandom();
        StringBuilder epoch = new StringBuilder(EPOCH_DIGITS);
        for (int i = 0; i < EPOCH_DIGITS; i++) {
            epoch.append(Character.forDigit(random.nextInt(RADIX), RADIX));
        }
        return epoch.toString();
    }

    /** {@return the number in a token of this epoch, or -1 if it is none} Any text may come here. */
    static long parse(String token, String epoch) {
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
        return entry instanceof Place other && other.number <= number && other.epoch.equals(epoch);
    }
}
