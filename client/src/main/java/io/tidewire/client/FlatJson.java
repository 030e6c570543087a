package io.tidewire.client;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads what a Tidewire server's control events carry: one JSON object of Strings and whole numbers, nothing nested. Whatever is not
 * exactly that is somebody else's data. Not thread safe.
 */
final class FlatJson {

    private final String text;
    private int at;

    private FlatJson(String text) {
        this.text = text;
    }

    /** {@return the members, as String or Long; empty if the text is anything else} */
    static Optional<Map<String, Object>> read(String text) {
        try {
            return Optional.of(new FlatJson(text).object());
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private Map<String, Object> object() {
        Map<String, Object> members = new LinkedHashMap<>();
        expect('{');
        if (peek() != '}') {
            do {
                String name = string();
                expect(':');
                Object value = peek() == '"' ? string() : (Object) number();
                if (members.put(name, value) != null) {
                    throw unexpected();
                }
            } while (taken(','));
        }
        expect('}');
        blanks();
        if (at != text.length()) {
            throw unexpected();
        }
        return members;
    }

    private String string() {
        expect('"');
        StringBuilder value = new StringBuilder();
        for (char c = text.charAt(at++); c != '"'; c = text.charAt(at++)) {
            value.append(c == '\\' ? escaped() : c);
        }
        return value.toString();
    }

    private char escaped() {
        char c = text.charAt(at++);
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                at += 4;
                yield (char) Integer.parseInt(text, at - 4, at, 16);
            }
            default -> throw unexpected();
        };
    }

    private Long number() {
        blanks();
        int start = at;
        while (at < text.length() && (text.charAt(at) == '-' || Character.isDigit(text.charAt(at)))) {
            at++;
        }
        return Long.valueOf(text.substring(start, at));
    }

    private char peek() {
        blanks();
        return text.charAt(at);
    }

    private boolean taken(char c) {
        if (peek() == c) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char c) {
        if (!taken(c)) {
            throw unexpected();
        }
    }

    private void blanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private static IllegalArgumentException unexpected() {
        return new IllegalArgumentException("JSON: another shape (expected: an object of strings and whole numbers)");
    }
}
