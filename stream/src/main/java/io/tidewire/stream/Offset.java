package io.tidewire.stream;

import java.util.Optional;

/**
 * A place in a stream: after so many of its messages. Its token is what clients see: opaque to them, and sortable as text (Durable
 * Streams, section 6).
 *
 * @param number how many messages are before it
 */
public record Offset(long number) implements Comparable<Offset> {
    /** Before the first message. */
    public static final Offset START = new Offset(0);

    private static final int DIGITS = 16;
    private static final long MAX = 9_999_999_999_999_999L;

    /** Checks the number. */
    public Offset {
        if (number < 0 || number > MAX) {
            throw new IllegalArgumentException("offset: " + number + " (expected: 0 to " + MAX + ")");
        }
    }

    /** {@return the place so many messages later} */
    public Offset plus(long messages) {
        return new Offset(number + messages);
    }

    /** {@return the sixteen digits that clients see} */
    public String token() {
        String digits = Long.toString(number);
        return "0".repeat(DIGITS - digits.length()) + digits;
    }

    /** {@return what a token means; nothing if no stream ever gave it} */
    public static Optional<Offset> parse(String token) {
        if (token.length() != DIGITS) {
            return Optional.empty();
        }
        long number = 0;
        for (int i = 0; i < DIGITS; i++) {
            int digit = token.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return Optional.empty();
            }
            number = number * 10 + digit;
        }
        return Optional.of(new Offset(number));
    }

    @Override
    public int compareTo(Offset other) {
        return Long.compare(number, other.number);
    }

    @Override
    public String toString() {
        return token();
    }
}
