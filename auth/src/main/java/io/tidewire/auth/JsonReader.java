package io.tidewire.auth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one JSON object of a stranger (RFC 8259), stricter than the usual parsers: two readers of one token must never see
 * different claims. Duplicate names, ill-formed UTF-8, lone surrogates and anything lenient are refused, at every depth.
 *
 * <p>Values are Map, List, String, {@link JsonNumber}, Boolean and {@link JsonNull}. One instance reads one text, in one thread.
 */
final class JsonReader {
    /** Deeper than any claim we know; far from where recursion would hurt. */
    static final int MAX_DEPTH = 32;

    private final String text;
    private int at;

    private JsonReader(String text) {
        this.text = text;
    }

    static Map<String, Object> object(byte[] utf8) throws JsonSyntaxException {
        if (reader(utf8).document() instanceof Map<?, ?> map) {
            return members(map);
        }
        throw new JsonSyntaxException("json: not an object");
    }

    static Object value(String json) throws JsonSyntaxException {
        return new JsonReader(json).document();
    }

    /** {@return the same map; only this reader makes maps, and their keys are strings} */
    @SuppressWarnings("unchecked")
    static Map<String, Object> members(Map<?, ?> map) {
        return (Map<String, Object>) map;
    }

    private static JsonReader reader(byte[] utf8) throws JsonSyntaxException {
        try {
            // A new decoder reports what is ill-formed; new String(...) would repair it.
            return new JsonReader(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new JsonSyntaxException("json: not UTF-8");
        }
    }

    private Object document() throws JsonSyntaxException {
        Object value = value(0);
        space();
        if (at < text.length()) {
            throw bad("more after the end");
        }
        return value;
    }

    private Object value(int depth) throws JsonSyntaxException {
        if (depth > MAX_DEPTH) {
            throw bad("nested too deeply (expected: at most " + MAX_DEPTH + ")");
        }
        space();
        return switch (peek()) {
            case '{' -> members(depth + 1);
            case '[' -> elements(depth + 1);
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", JsonNull.NULL);
            default -> number();
        };
    }

    private Map<String, Object> members(int depth) throws JsonSyntaxException {
        Map<String, Object> members = new LinkedHashMap<>();
        at++;
        space();
        if (skip('}')) {
            return members;
        }
        do {
            space();
            if (peek() != '"') {
                throw bad("a name was expected");
            }
            String name = string();
            space();
            expect(':');
            if (members.put(name, value(depth)) != null) {
                throw bad("a name twice in one object");
            }
            space();
        } while (skip(','));
        expect('}');
        return members;
    }

    private List<Object> elements(int depth) throws JsonSyntaxException {
        List<Object> elements = new ArrayList<>();
        at++;
        space();
        if (skip(']')) {
            return elements;
        }
        do {
            elements.add(value(depth));
            space();
        } while (skip(','));
        expect(']');
        return elements;
    }

    private String string() throws JsonSyntaxException {
        at++;
        StringBuilder out = new StringBuilder();
        while (true) {
            char c = next();
            if (c == '"') {
                break;
            }
            if (c < ' ') {
                throw bad("a control character in a string");
            }
            out.append(c == '\\' ? escaped() : c);
        }
        String string = out.toString();
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(string)) {
            throw bad("a lone surrogate in a string");
        }
        return string;
    }

    private char escaped() throws JsonSyntaxException {
        char c = next();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw bad("an unknown escape");
        };
    }

    private char unicode() throws JsonSyntaxException {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            char c = next();
            int digit = c < 0x80 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw bad("a bad \\u escape");
            }
            unit = unit << 4 | digit;
        }
        return (char) unit;
    }

    private JsonNumber number() throws JsonSyntaxException {
        int start = at;
        skip('-');
        if (!skip('0')) {
            digits();
        }
        if (skip('.')) {
            digits();
        }
        if (skip('e') || skip('E')) {
            if (!skip('+')) {
                skip('-');
            }
            digits();
        }
        return new JsonNumber(text.substring(start, at));
    }

    private void digits() throws JsonSyntaxException {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == start) {
            throw bad("not a value");
        }
    }

    private Object word(String word, Object value) throws JsonSyntaxException {
        if (!text.startsWith(word, at)) {
            throw bad("not a value");
        }
        at += word.length();
        return value;
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() throws JsonSyntaxException {
        if (at >= text.length()) {
            throw bad("cut off");
        }
        return text.charAt(at);
    }

    private char next() throws JsonSyntaxException {
        char c = peek();
        at++;
        return c;
    }

    private boolean skip(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char c) throws JsonSyntaxException {
        if (!skip(c)) {
            throw bad("'" + c + "' was expected");
        }
    }

    private JsonSyntaxException bad(String what) {
        return new JsonSyntaxException("json: " + what + " at " + at);
    }
}
