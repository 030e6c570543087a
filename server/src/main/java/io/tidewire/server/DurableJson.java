package io.tidewire.server;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.json.JsonMapper;

/**
 * Messages of JSON streams (Durable Streams, section 7.1): an array is its elements, one level deep. Each keeps its text: numbers are not
 * rounded, and keys not sorted.
 */
final class DurableJson {
    private static final JsonMapper JSON = new JsonMapper();

    private DurableJson() {}

    /** {@return the messages of a body; throws a 400 if it is not JSON} */
    static List<byte[]> messages(byte[] body) {
        String text = checked("body", body);
        if (!text.startsWith("[")) {
            return List.of(text.getBytes(StandardCharsets.UTF_8));
        }
        return elements(text);
    }

    /** {@return a value that stands alone; throws a 400 if it is not JSON} */
    static byte[] value(String field, byte[] bytes) {
        return checked(field, bytes).getBytes(StandardCharsets.UTF_8);
    }

    private static String checked(String field, byte[] bytes) {
        String text = Text.utf8(field, bytes);
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() != null) {
                parser.skipChildren();
                if (parser.nextToken() == null) {
                    return text.strip();
                }
            }
        } catch (JacksonException e) {
            throw Problem.badRequest(field + ": malformed JSON, " + e.getOriginalMessage() + " (expected: RFC 8259)");
        }
        throw Problem.badRequest(field + ": not one JSON value (expected: one)");
    }

    /** Cuts an array at its own commas; that it is well-formed is known. */
    private static List<byte[]> elements(String array) {
        List<byte[]> found = new ArrayList<>();
        int depth = 0;
        boolean quoted = false;
        int from = 1;
        for (int i = 0; i < array.length(); i++) {
            char c = array.charAt(i);
            if (quoted) {
                if (c == '\\') {
                    i++;
                }
                quoted = c != '"';
                continue;
            }
            quoted = c == '"';
            boolean closes = c == ']' || c == '}';
            depth += closes ? -1 : c == '[' || c == '{' ? 1 : 0;
            if ((c == ',' && depth == 1) || (closes && depth == 0)) {
                String element = array.substring(from, i).strip();
                if (!element.isEmpty()) { // only in an empty array
                    found.add(element.getBytes(StandardCharsets.UTF_8));
                }
                from = i + 1;
            }
        }
        return found;
    }

    /** {@return an array of the messages} */
    static byte[] array(List<byte[]> messages) {
        int size = 2 + Math.max(0, messages.size() - 1);
        for (byte[] message : messages) {
            size += message.length;
        }
        byte[] all = new byte[size];
        int at = 0;
        all[at++] = '[';
        for (byte[] message : messages) {
            if (at > 1) {
                all[at++] = ',';
            }
            System.arraycopy(message, 0, all, at, message.length);
            at += message.length;
        }
        all[at] = ']';
        return all;
    }
}
