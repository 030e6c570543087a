package io.tidewire.auth;

import org.jspecify.annotations.Nullable;

/** Text of a stranger, made fit for one line of a log: printable ASCII, short. */
final class Quoted {
    /** Enough to recognise an id or a URL by. */
    private static final int MAX_CHARS = 64;

    private Quoted() {}

    static String of(@Nullable String text) {
        if (text == null) {
            return "none";
        }
        StringBuilder out = new StringBuilder(MAX_CHARS + 5).append('"');
        for (int i = 0; i < Math.min(text.length(), MAX_CHARS); i++) {
            char c = text.charAt(i);
            out.append(c >= ' ' && c < 0x7f && c != '"' ? c : '?');
        }
        return out.append(text.length() > MAX_CHARS ? "...\"" : "\"").toString();
    }
}
