package io.tidewire.matcher;

/**
 * A set of ASCII characters. The components of a parsed URL contain no others, so this is all that the matchers need.
 *
 * @param low the characters 0 to 63, one bit each
 * @param high the characters 64 to 127
 */
record AsciiSet(long low, long high) {

    static final AsciiSet NONE = new AsciiSet(0, 0);
    static final AsciiSet ALL = new AsciiSet(-1L, -1L);
    static final AsciiSet DIGITS = range('0', '9');
    static final AsciiSet LETTERS = range('a', 'z').or(range('A', 'Z'));
    static final AsciiSet HEX = DIGITS.or(range('a', 'f')).or(range('A', 'F'));

    static AsciiSet of(String characters) {
        AsciiSet set = NONE;
        for (int i = 0; i < characters.length(); i++) {
            set = set.or(one(characters.charAt(i)));
        }
        return set;
    }

    /** {@return the set of one character; empty if it is not ASCII} */
    static AsciiSet one(int c) {
        return range(c, c);
    }

    /** {@return the ASCII characters from the first to the last, both included} */
    static AsciiSet range(int first, int last) {
        long low = 0;
        long high = 0;
        for (int c = Math.max(first, 0); c <= last && c < 128; c++) {
            if (c < 64) {
                low |= 1L << c;
            } else {
                high |= 1L << (c - 64);
            }
        }
        return new AsciiSet(low, high);
    }

    boolean contains(int c) {
        return c < 128 && ((c < 64 ? low >>> c : high >>> (c - 64)) & 1) != 0;
    }

    AsciiSet or(AsciiSet other) {
        return new AsciiSet(low | other.low, high | other.high);
    }

    AsciiSet and(AsciiSet other) {
        return new AsciiSet(low & other.low, high & other.high);
    }

    AsciiSet not() {
        return new AsciiSet(~low, ~high);
    }
}
