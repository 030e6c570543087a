package io.tidewire.llm;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A block that does nothing but append text: where in its bytes that text is, and all bytes around it. Two deltas may
 * become one if what is around their texts is the same, byte for byte.
 *
 * @param block the whole block, not to be changed
 * @param from index after the text's opening quote
 * @param to index of its closing quote
 * @param around the block without the text and without what changes from delta to delta
 */
record Delta(byte[] block, int from, int to, byte[] around) {

    /*
     * Texts are joined as they stand, escapes and all: the contents of two JSON strings in a row are the contents of one
     * string. So nothing is decoded or encoded, and a surrogate pair cut in two becomes whole.
     */

    private static final JsonFactory FACTORY = new JsonFactory();

    /** {@return the block as a delta, or null if it is anything else} */
    static @Nullable Delta of(byte[] block, DeltaShape shape) {
        List<Span> holes = new ArrayList<>();
        Span data = dataOf(block, holes);
        if (data == null) {
            return null;
        }
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), block, data.from, data.to - data.from)) {
            Span text = textOf(json, data.from, shape, holes);
            return text == null ? null : new Delta(block, text.from, text.to, without(block, holes, text));
        } catch (JacksonException e) {
            return null; // not JSON, so no delta of ours
        }
    }

    boolean continues(Delta other) {
        return Arrays.equals(around, other.around);
    }

    int length() {
        return to - from;
    }

    void appendTo(ByteArrayOutputStream text) {
        text.write(block, from, to - from);
    }

    /** {@return this block with another text} */
    byte[] with(byte[] text) {
        byte[] changed = new byte[block.length - length() + text.length];
        System.arraycopy(block, 0, changed, 0, from);
        System.arraycopy(text, 0, changed, from, text.length);
        System.arraycopy(block, to, changed, from + text.length, block.length - to);
        return changed;
    }

    /** {@return the value of the only data line; null if there are more, or comments or fields other than event and id} */
    private static @Nullable Span dataOf(byte[] block, List<Span> holes) {
        Span data = null;
        int from = 0;
        while (from < block.length) {
            int to = from;
            while (to < block.length && block[to] != '\n' && block[to] != '\r') {
                to++;
            }
            if (startsWith("data:", block, from, to) && data == null) {
                data = new Span(from + "data:".length(), to);
            } else if (startsWith("id:", block, from, to)) {
                holes.add(new Span(from, to));
            } else if (to > from && !startsWith("event:", block, from, to)) {
                return null;
            }
            from = to + 1;
        }
        return data;
    }

    private static @Nullable Span textOf(JsonParser json, int offset, DeltaShape shape, List<Span> holes) {
        Span empty = null;
        Span found = null;
        boolean isRightType = shape.types().isEmpty();
        for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
            if (token == JsonToken.PROPERTY_NAME || token.isStructEnd()) {
                continue;
            }
            String path = path(json.streamReadContext());
            if (token == JsonToken.VALUE_STRING && shape.texts().contains(path)) {
                Span quoted = span(json, offset);
                Span text = new Span(quoted.from + 1, quoted.to - 1);
                if (text.from == text.to) {
                    empty = empty == null ? text : empty;
                } else if (found != null) {
                    return null;
                } else {
                    found = text;
                }
            } else if (shape.changing().contains(path)) {
                holes.add(span(json, offset));
            } else if (token == JsonToken.VALUE_STRING && path.equals("type")) {
                isRightType |= shape.types().contains(json.getString());
            }
        }
        return !isRightType ? null : found == null ? empty : found;
    }

    /** {@return the place of the value that begins with the current token; reads to its end} */
    private static Span span(JsonParser json, int offset) {
        long from = json.currentTokenLocation().getByteOffset();
        json.skipChildren();
        json.finishToken();
        return new Span(
                offset + Math.toIntExact(from),
                offset + Math.toIntExact(json.currentLocation().getByteOffset()));
    }

    private static String path(TokenStreamContext context) {
        TokenStreamContext parent = context.getParent();
        String above = parent == null ? "" : path(parent);
        String name = context.currentName();
        if (name == null) {
            return above;
        }
        return above.isEmpty() ? name : above + "." + name;
    }

    private static byte[] without(byte[] block, List<Span> holes, Span text) {
        List<Span> ordered = new ArrayList<>(holes);
        ordered.add(text);
        ordered.sort((a, b) -> Integer.compare(a.from, b.from));
        var around = new ByteArrayOutputStream(block.length);
        int from = 0;
        for (Span hole : ordered) {
            around.write(block, from, hole.from - from);
            from = hole.to;
        }
        around.write(block, from, block.length - from);
        return around.toByteArray();
    }

    private static boolean startsWith(String ascii, byte[] bytes, int from, int to) {
        if (to - from < ascii.length()) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if (bytes[from + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Bytes of the block, from one index to before another. */
    private record Span(int from, int to) {}
}
