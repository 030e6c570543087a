package io.tidewire.matcher;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The percent-encode sets of the WHATWG URL Standard, section 1.3: which ASCII characters a component may not contain as
 * they are. Every set contains the C0 controls and whatever is above {@code ~}.
 */
enum EncodeSet {
    C0_CONTROL(""),
    FRAGMENT(" \"<>`"),
    QUERY(" \"#<>"),
    SPECIAL_QUERY(" \"#<>'"),
    PATH(" \"#<>?^`{}"),
    USERINFO(" \"#<>?^`{}/:;=@[\\]|");

    private static final String HEX = "0123456789ABCDEF";
    private static final int REPLACEMENT = 0xFFFD;

    @SuppressWarnings("ImmutableEnumChecker") // a record of two longs
    private final AsciiSet printable;

    EncodeSet(String printable) {
        this.printable = AsciiSet.of(printable);
    }

    private boolean contains(int c) {
        return c < 0x20 || c > 0x7E || printable.contains(c);
    }

    /** {@return the text in UTF-8, with every byte of this set as a triplet; a lone surrogate counts as U+FFFD} */
    String encode(String text) {
        int at = 0;
        while (at < text.length() && !contains(text.charAt(at))) {
            at++;
        }
        if (at == text.length()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, at);
        while (at < text.length()) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            if (contains(c)) {
                appendTriplets(out, c);
            } else {
                out.append((char) c);
            }
        }
        return out.toString();
    }

    /** Appends the triplets of one character. */
    static void appendTriplets(StringBuilder out, int codePoint) {
        int c = (codePoint >= 0xD800 && codePoint <= 0xDFFF) ? REPLACEMENT : codePoint;
        if (c < 0x80) {
            triplet(out, c);
        } else if (c < 0x800) {
            triplet(out, 0xC0 | (c >> 6));
            trail(out, c, 0);
        } else if (c < 0x10000) {
            triplet(out, 0xE0 | (c >> 12));
            trail(out, c, 6);
            trail(out, c, 0);
        } else {
            triplet(out, 0xF0 | (c >> 18));
            trail(out, c, 12);
            trail(out, c, 6);
            trail(out, c, 0);
        }
    }

    private static void trail(StringBuilder out, int c, int shift) {
        triplet(out, 0x80 | ((c >> shift) & 0x3F));
    }

    private static void triplet(StringBuilder out, int value) {
        out.append('%').append(HEX.charAt(value >> 4)).append(HEX.charAt(value & 15));
    }

    /** {@return the text with every triplet decoded once; bytes that are no UTF-8 become U+FFFD} */
    static String decode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            int high = (bytes[i] == '%' && i + 2 < bytes.length) ? Character.digit(bytes[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(bytes[i + 2], 16);
            if (low < 0) {
                out.write(bytes[i]);
            } else {
                out.write(high * 16 + low);
                i += 2;
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
