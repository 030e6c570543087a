package io.tidewire.hub;

/** How connections' ids are written: 64 random bits, base 36. */
final class ConnectionIds {
    private static final int RADIX = 36;

    /** An id that no connection has. */
    static final long NONE = 0;

    private ConnectionIds() {}

    static String format(long id) {
        return Long.toUnsignedString(id, RADIX);
    }

    /** {@return the id that was written so, or {@link #NONE}} Any text may come here: it is what a client sent. */
    static long parse(String text) {
        if (text.isEmpty() || text.length() > 13) {
            return NONE;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'z')) {
                return NONE;
            }
        }
        long id = 0;
        for (int i = 0; i < text.length(); i++) {
            id = id * RADIX + Character.digit(text.charAt(i), RADIX);
        }
        return format(id).equals(text) ? id : NONE; // no second spelling of the same id
    }
}
