package io.tidewire.sse;

import static java.nio.charset.StandardCharsets.UTF_8;

/** UTF-8 as the WHATWG Encoding Standard has it, where Java's differs. */
final class Utf8 {

    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /*
     * The JDK decodes fast and right, except that it replaces an encoded surrogate (ED A0 80) by one U+FFFD where the
     * standard has one for each byte: the second byte is out of the range that ED allows, so the sequence ends before
     * it. Any such input shows as a U+FFFD in the result, and only then is it decoded again, slowly.
     */
    static String decode(byte[] bytes, int offset, int length) {
        String text = new String(bytes, offset, length, UTF_8);
        return text.indexOf(REPLACEMENT) < 0 ? text : decodeExactly(bytes, offset, offset + length);
    }

    private static String decodeExactly(byte[] bytes, int from, int to) {
        StringBuilder text = new StringBuilder(to - from);
        int i = from;
        while (i < to) {
            int lead = bytes[i++] & 0xFF;
            if (lead < 0x80) {
                text.append((char) lead);
                continue;
            }
            int needed = continuations(lead);
            int codePoint = lead & (0x3F >> needed);
            int lower = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
            int upper = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
            int missing = needed;
            while (missing > 0 && i < to && (bytes[i] & 0xFF) >= lower && (bytes[i] & 0xFF) <= upper) {
                codePoint = (codePoint << 6) | (bytes[i++] & 0x3F);
                lower = 0x80;
                upper = 0xBF;
                missing--;
            }
            text.appendCodePoint(needed > 0 && missing == 0 ? codePoint : REPLACEMENT);
        }
        return text.toString();
    }

    /** {@return how many bytes must follow this one; 0 if none may lead with it} */
    private static int continuations(int lead) {
        if (lead >= 0xC2 && lead <= 0xDF) {
            return 1;
        }
        if (lead >= 0xE0 && lead <= 0xEF) {
            return 2;
        }
        return lead >= 0xF0 && lead <= 0xF4 ? 3 : 0;
    }

    /*
     * Java writes '?' for an unpaired surrogate, so only text that gave a '?' needs a look. If there are as many bytes
     * as chars, every char gave one byte, and the look is at the char of the same index.
     */

    /** {@return the text in UTF-8, U+FFFD for each unpaired surrogate} */
    static byte[] encode(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        int question = Words.indexOf((byte) '?', bytes, 0, bytes.length);
        if (bytes.length == text.length()) {
            while (question < bytes.length && text.charAt(question) == '?') {
                question = Words.indexOf((byte) '?', bytes, question + 1, bytes.length);
            }
            return question == bytes.length ? bytes : repaired(text).getBytes(UTF_8);
        }
        return question == bytes.length || !hasUnpairedSurrogate(text)
                ? bytes
                : repaired(text).getBytes(UTF_8);
    }

    private static boolean hasUnpairedSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (isPair(text, i)) {
                    i++;
                } else {
                    return true;
                }
            }
        }
        return false;
    }

    private static String repaired(String text) {
        StringBuilder repaired = new StringBuilder(text);
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (isPair(text, i)) {
                    i++;
                } else {
                    repaired.setCharAt(i, REPLACEMENT);
                }
            }
        }
        return repaired.toString();
    }

    private static boolean isPair(String text, int index) {
        return index + 1 < text.length() && Character.isSurrogatePair(text.charAt(index), text.charAt(index + 1));
    }
}
