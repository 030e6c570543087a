package io.tidewire.sse;

/** What an id and an event name must not contain, lest they end their line and start another field. */
final class FieldRules {

    private FieldRules() {}

    static void requireId(String id) {
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (c <= '\r' && (c == '\r' || c == '\n' || c == 0)) {
                throw refused("id", c, i, "no CR, LF or NUL");
            }
        }
    }

    static void requireType(String type) {
        for (int i = 0; i < type.length(); i++) {
            char c = type.charAt(i);
            if (c <= '\r' && (c == '\r' || c == '\n')) {
                throw refused("event", c, i, "no CR or LF");
            }
        }
    }

    // Not the value itself: printed, its line end would forge a line of the log.
    private static IllegalArgumentException refused(String name, char found, int index, String rule) {
        String value = String.format("U+%04X at index %d", (int) found, index);
        return new IllegalArgumentException(name + ": " + value + " (expected: " + rule + ")");
    }
}
