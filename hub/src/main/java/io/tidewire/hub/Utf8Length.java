package io.tidewire.hub;

/** How long a text is in UTF-8, without making the bytes. */
final class Utf8Length {
    private Utf8Length() {}

    static long of(String text) {
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // Each half of a surrogate pair counts for two of its four bytes; a lone one becomes U+FFFD, of three, at
            // most one more.
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return bytes;
    }
}
