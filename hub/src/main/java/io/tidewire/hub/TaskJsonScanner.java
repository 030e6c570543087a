package io.tidewire.hub;

import java.util.function.BiConsumer;

/** Goes through a JSON text (RFC 8259) and throws an IllegalArgumentException that names the field where it is none. Not thread-safe. */
final class TaskJsonScanner {
    /** Deeper than any result is, shallow enough for any thread's stack: a reader's too. */
    private static final int MAX_DEPTH = 100;

    private final String field;
    private final String text;
    private int at;
    private int depth;

    TaskJsonScanner(String field, String text) {
        this.field = field;
        this.text = text;
    }

    private IllegalArgumentException unexpected(String expected) {
        String what = at < text.length() ? "'" + text.charAt(at) + "' at " + at : "ends at " + at;
        return new IllegalArgumentException(field + ": " + what + " (expected: " + expected + ", as JSON has it)");
    }

    private char next() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : 0;
    }

    private boolean skip(char wanted) {
        if (next() != wanted || at >= text.length()) {
            return false;
        }
        at++;
        return true;
    }

    private void require(char wanted) {
        if (!skip(wanted)) {
            throw unexpected("'" + wanted + "'");
        }
    }

    /** Nothing but white space follows. */
    void requireEnd() {
        next();
        if (at < text.length()) {
            throw unexpected("nothing more");
        }
    }

    /** Goes over an object and gives each member's name, and its value as it stands there. */
    void members(BiConsumer<String, String> member) {
        require('{');
        if (++depth > MAX_DEPTH) {
            throw unexpected("at most " + MAX_DEPTH + " levels");
        }
        boolean more = !skip('}');
        while (more) {
            next();
            String name = string();
            require(':');
            next();
            int from = at;
            value();
            member.accept(name, text.substring(from, at));
            more = skip(',');
            if (!more) {
                require('}');
            }
        }
        depth--;
    }

    /** Goes over any value. */
    void value() {
        switch (next()) {
            case '{' -> members((name, value) -> {});
            case '[' -> array();
            case '"' -> string();
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> number();
        }
    }

    private void array() {
        require('[');
        if (++depth > MAX_DEPTH) {
            throw unexpected("at most " + MAX_DEPTH + " levels");
        }
        boolean more = !skip(']');
        while (more) {
            value();
            more = skip(',');
            if (!more) {
                require(']');
            }
        }
        depth--;
    }

    private void word(String word) {
        if (!text.startsWith(word, at)) {
            throw unexpected("a value");
        }
        at += word.length();
    }

    private void number() {
        int from = at;
        if (peek() == '-') {
            at++;
        }
        if (peek() == '0') {
            at++;
        } else {
            digits(from);
        }
        if (peek() == '.') {
            at++;
            digits(from);
        }
        if (peek() == 'e' || peek() == 'E') {
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            digits(from);
        }
    }

    private void digits(int from) {
        int first = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        if (at == first) {
            throw unexpected(first == from ? "a value" : "a digit");
        }
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    /** {@return the text of a string, which it goes over} */
    String string() {
        if (peek() != '"') {
            throw unexpected("a string");
        }
        StringBuilder out = new StringBuilder();
        for (at++; peek() != '"'; at++) {
            char c = peek();
            if (c < ' ') { // the end, too
                throw unexpected("a closed string, control characters escaped");
            }
            out.append(c == '\\' ? escaped() : c);
        }
        at++;
        return out.toString();
    }

    private char escaped() {
        at++;
        return switch (peek()) {
            case '"', '\\', '/' -> peek();
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw unexpected("an escape");
        };
    }

    private char unicode() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            at++;
            char c = peek();
            int digit = c < 128 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw unexpected("four hexadecimal digits");
            }
            value = value * 16 + digit;
        }
        return (char) value;
    }
}
