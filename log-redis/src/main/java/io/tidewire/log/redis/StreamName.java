package io.tidewire.log.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Names as Redis has them. */
final class StreamName {
    /*
     * Redis orders by byte, Java by UTF-16 code unit, and UTF-8 differs from both where there are surrogates. So each code unit is
     * written by itself, as UTF-8 would write it were it a character (that is CESU-8, Unicode Technical Report 26): then both orders
     * are the same, what begins with a prefix begins with its bytes, and a surrogate without its other half is a name like any.
     * Names without surrogates look as in UTF-8.
     */

    private StreamName() {}

    static byte[] encode(String name) {
        byte[] bytes = new byte[3 * name.length()];
        int size = 0;
        for (int i = 0; i < name.length(); i++) {
            char unit = name.charAt(i);
            if (unit < 0x80) {
                bytes[size++] = (byte) unit;
            } else if (unit < 0x800) {
                bytes[size++] = (byte) (0xC0 | (unit >> 6));
                bytes[size++] = continuation(unit);
            } else {
                bytes[size++] = (byte) (0xE0 | (unit >> 12));
                bytes[size++] = continuation(unit >> 6);
                bytes[size++] = continuation(unit);
            }
        }
        return Arrays.copyOf(bytes, size);
    }

    private static byte continuation(int unit) {
        return (byte) (0x80 | (unit & 0x3F));
    }

    private static int bits(byte continuation) {
        return continuation & 0x3F;
    }

    /** {@return the name that {@link #encode} made this of} */
    static String decode(byte[] bytes, int from, int to) {
        StringBuilder name = new StringBuilder(to - from);
        for (int at = from; at < to; ) {
            int first = bytes[at] & 0xFF;
            if (first < 0x80) {
                name.append((char) first);
                at++;
            } else if (first < 0xE0) {
                name.append((char) (((first & 0x1F) << 6) | bits(bytes[at + 1])));
                at += 2;
            } else {
                name.append((char) (((first & 0x0F) << 12) | (bits(bytes[at + 1]) << 6) | bits(bytes[at + 2])));
                at += 3;
            }
        }
        return name.toString();
    }

    static String decode(byte[] bytes) {
        return decode(bytes, 0, bytes.length);
    }

    /** {@return where names begin that begin with a prefix and come after another, as ZRANGEBYLEX takes it} */
    static byte[] lowerBound(String prefix, String after) {
        boolean isAfter = !after.isEmpty() && after.compareTo(prefix) >= 0;
        return bound(isAfter ? '(' : '[', encode(isAfter ? after : prefix));
    }

    /** {@return where names end that begin with a prefix} */
    static byte[] upperBound(String prefix) {
        if (prefix.isEmpty()) {
            return "+".getBytes(StandardCharsets.US_ASCII);
        }
        byte[] end = encode(prefix);
        end[end.length - 1]++; // no byte is 0xFF
        return bound('(', end);
    }

    private static byte[] bound(char kind, byte[] name) {
        byte[] bound = new byte[1 + name.length];
        bound[0] = (byte) kind;
        System.arraycopy(name, 0, bound, 1, name.length);
        return bound;
    }
}
