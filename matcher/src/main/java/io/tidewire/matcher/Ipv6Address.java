package io.tidewire.matcher;

import org.jspecify.annotations.Nullable;

/** IPv6 addresses (WHATWG URL Standard, section 3.5, "IPv6 parser" and "IPv6 serializer"). */
final class Ipv6Address {

    private static final int PIECES = 8;

    private Ipv6Address() {}

    /** {@return the address in its shortest form, or null if the text is none} */
    static @Nullable String canonical(String text) {
        int gap = text.indexOf("::");
        int[] pieces = new int[PIECES];
        if (gap < 0) {
            return read(text, pieces) == PIECES ? write(pieces) : null;
        }
        int[] tail = new int[PIECES];
        int before = gap == 0 ? 0 : read(text.substring(0, gap), pieces);
        int after = gap + 2 == text.length() ? 0 : read(text.substring(gap + 2), tail);
        if (before < 0
                || after < 0
                || before + after >= PIECES
                || text.substring(0, gap).contains(".")) {
            return null;
        }
        System.arraycopy(tail, 0, pieces, PIECES - after, after);
        return write(pieces);
    }

    /** {@return how many pieces the text has, or -1 if it is malformed} */
    private static int read(String text, int[] pieces) {
        if (text.length() > 45) { // eight pieces, the last two as an IPv4 address
            return -1;
        }
        String[] parts = text.split(":", -1);
        int count = 0;
        for (int i = 0; i < parts.length; i++) {
            if (i == parts.length - 1 && parts[i].contains(".")) {
                return count <= PIECES - 2 && readIpv4(parts[i], pieces, count) ? count + 2 : -1;
            }
            if (count == PIECES || !isHexPiece(parts[i])) {
                return -1;
            }
            pieces[count++] = Integer.parseInt(parts[i], 16);
        }
        return count;
    }

    private static boolean isHexPiece(String part) {
        return !part.isEmpty() && part.length() <= 4 && part.chars().allMatch(AsciiSet.HEX::contains);
    }

    private static boolean readIpv4(String text, int[] pieces, int at) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return false;
        }
        for (int i = 0; i < 4; i++) {
            String part = parts[i];
            boolean digits =
                    !part.isEmpty() && part.length() <= 3 && part.chars().allMatch(AsciiSet.DIGITS::contains);
            if (!digits || (part.length() > 1 && part.startsWith("0")) || Integer.parseInt(part) > 255) {
                return false;
            }
            pieces[at + i / 2] = pieces[at + i / 2] * 256 + Integer.parseInt(part);
        }
        return true;
    }

    private static String write(int[] pieces) {
        int start = -1;
        int length = 1; // one zero alone is not compressed
        for (int i = 0; i < PIECES; i++) {
            int end = i;
            while (end < PIECES && pieces[end] == 0) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
            i = Math.max(i, end - 1);
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < PIECES; i++) {
            if (i == start) {
                out.append(i == 0 ? "::" : ":");
                i += length - 1;
                continue;
            }
            out.append(Integer.toHexString(pieces[i])).append(i < PIECES - 1 ? ":" : "");
        }
        return out.toString();
    }
}
