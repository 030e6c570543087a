package io.tidewire.hub;

import org.jspecify.annotations.Nullable;

/**
 * Writes the few small JSON objects that the engine itself sends. What applications send is JSON already, or is not; this
 * module has no JSON library to carry for its four control events.
 */
final class Json {
    private final StringBuilder out = new StringBuilder(128).append('{');

    Json string(String name, @Nullable String value) {
        name(name);
        if (value == null) {
            out.append("null");
        } else {
            quote(value);
        }
        return this;
    }

    Json number(String name, long value) {
        name(name);
        out.append(value);
        return this;
    }

    /** Adds a number that may not be known, as null then. */
    Json knownNumber(String name, long value) {
        name(name);
        if (value < 0) {
            out.append("null");
        } else {
            out.append(value);
        }
        return this;
    }

    String end() {
        return out.append('}').toString();
    }

    private void name(String name) {
        if (out.length() > 1) {
            out.append(',');
        }
        out.append('"').append(name).append("\":");
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ') {
                        out.append("\\u00")
                                .append(Character.forDigit(c >> 4, 16))
                                .append(Character.forDigit(c & 15, 16));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
