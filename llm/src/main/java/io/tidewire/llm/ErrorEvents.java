package io.tidewire.llm;

import io.tidewire.sse.EventEncoder;
import tools.jackson.databind.node.ObjectNode;

/** The events by which dialects tell an error in mid-stream, blank line included. */
final class ErrorEvents {

    /** A sentence or two; a longer one is a dump. */
    private static final int MAX_CHARS = 500;

    private ErrorEvents() {}

    /** {@return the first line, up to the limit} */
    static String line(String text) {
        String first = text.lines().findFirst().orElse("");
        return first.length() <= MAX_CHARS ? first : first.substring(0, MAX_CHARS);
    }

    static byte[] chat(String message, String code) {
        ObjectNode error = DialectJson.object().put("message", message).put("type", code);
        error.putNull("param").put("code", code);
        return event("", DialectJson.object().set("error", error));
    }

    static byte[] responses(String message, String code) {
        return event("error", responsesError(message, code));
    }

    static byte[] responses(String message, String code, long sequenceNumber) {
        return event("error", responsesError(message, code).put("sequence_number", sequenceNumber));
    }

    private static ObjectNode responsesError(String message, String code) {
        ObjectNode error = DialectJson.object().put("type", "error").put("code", code);
        return error.put("message", message).putNull("param");
    }

    static byte[] anthropic(String message, String code) {
        ObjectNode error = DialectJson.object().put("type", code).put("message", message);
        ObjectNode event = DialectJson.object().put("type", "error");
        return event("error", event.set("error", error));
    }

    static byte[] gemini(String message, String code) {
        // 500: clients take a number from 400 on for an error; the name of ours is the status.
        ObjectNode error = DialectJson.object().put("code", 500).put("message", message);
        return event("", DialectJson.object().set("error", error.put("status", code)));
    }

    static byte[] generic(String message, String code) {
        return event("error", DialectJson.object().put("message", message).put("code", code));
    }

    private static byte[] event(String name, ObjectNode data) {
        var encoder = new EventEncoder();
        if (!name.isEmpty()) {
            encoder.event(name);
        }
        DialectJson.event(encoder, data);
        return encoder.toByteArray();
    }
}
