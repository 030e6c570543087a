package io.tidewire.matcher;

import java.util.Map;
import java.util.Set;

/** What the standard knows of schemes: the special ones and their ports (WHATWG URL Standard, section 4.2). */
final class Scheme {

    private static final int NONE = -1;
    private static final Map<String, Integer> DEFAULT_PORTS =
            Map.of("http", 80, "https", 443, "ws", 80, "wss", 443, "ftp", 21, "file", NONE);

    private Scheme() {}

    static Set<String> special() {
        return DEFAULT_PORTS.keySet();
    }

    static boolean isSpecial(String scheme) {
        return DEFAULT_PORTS.containsKey(scheme);
    }

    static boolean isDefaultPort(String scheme, int port) {
        return port >= 0 && DEFAULT_PORTS.getOrDefault(scheme, NONE) == port;
    }

    /** {@return the length of the scheme that the text starts with and a colon ends, or -1} */
    static int length(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ':') {
                return i == 0 ? NONE : i;
            }
            boolean later = AsciiSet.DIGITS.contains(c) || c == '+' || c == '-' || c == '.';
            if (!AsciiSet.LETTERS.contains(c) && (i == 0 || !later)) {
                return NONE;
            }
        }
        return NONE;
    }
}
