package io.tidewire.sse;

import org.jspecify.annotations.Nullable;

/**
 * The data of the few small events that an engine itself sends, as a JSON object. What applications send is JSON already, or is not;
 * this module has no JSON library to carry for that. Not thread-safe.
 *
 * <pre>{@code
 * String data = new JsonData().string("reason", "shutdown").number("retry", 1000).end();
 * }</pre>
 */
public final class JsonData {
    private final StringBuilder out = new StringBuilder(128);

    /** An object without members. */
    public JsonData() {
        out.append('{');
    }

    /** {@return a text as JSON, in its quotation marks} */
    public static String quoted(String text) {
        StringBuilder out = new StringBuilder(text.length() + 8);
        quote(out, text);
        return out.toString();
    }

    /** Adds a text, or null. */
    public JsonData string(String name, @Nullable String value) {
        name(name);
        if (value == null) {
            out.append("null");
        } else {
            quote(out, value);
        }
        return this;
    }

    /** Adds a number. */
    public JsonData number(String name, long value) {
        name(name);
        out.append(value);
        return this;
    }

    /** Adds a number that may not be known, as null then. */
    public JsonData knownNumber(String name, long value) {
        name(name);
        if (value < 0) {
            out.append("null");
        } else {
            out.append(value);
        }
        return this;
    }

    /** {@return the object} */
    public String end() {
        return out.append('}').toString();
    }

    private void name(String name) {
        if (out.length() > 1) {
            out.append(',');
        }
        out.append('"').append(name).append("\":");
    }

    private static void quote(StringBuilder out, String text) {
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
