package io.tidewire.auth;

import java.util.List;
import java.util.Map;

/** Writes what {@link JsonReader} reads, and Java's integers, compactly. */
final class JsonWriter {
    private final StringBuilder out = new StringBuilder();

    private JsonWriter() {}

    static String write(Object value) {
        JsonWriter writer = new JsonWriter();
        writer.value(value);
        return writer.out.toString();
    }

    private void value(Object value) {
        if (value instanceof Map<?, ?> map) {
            members(JsonReader.members(map));
        } else if (value instanceof List<?> list) {
            elements(list);
        } else if (value instanceof String string) {
            string(string);
        } else if (value instanceof JsonNumber number) {
            out.append(number.text());
        } else if (value == JsonNull.NULL) {
            out.append("null");
        } else {
            out.append(value); // Boolean, Integer, Long: Java writes them as JSON does
        }
    }

    private void members(Map<String, Object> map) {
        String separator = "{";
        for (Map.Entry<String, Object> each : map.entrySet()) {
            out.append(separator);
            string(each.getKey());
            out.append(':');
            value(each.getValue());
            separator = ",";
        }
        out.append(map.isEmpty() ? "{}" : "}");
    }

    private void elements(List<?> list) {
        String separator = "[";
        for (Object each : list) {
            out.append(separator);
            value(each);
            separator = ",";
        }
        out.append(list.isEmpty() ? "[]" : "]");
    }

    private void string(String string) {
        out.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || c == '\u2028' || c == '\u2029') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
