package io.tidewire.llm;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a client asks the stand-in for.
 *
 * @param model the model's name, as it is repeated in answers
 * @param prompt what the user said last
 * @param stream whether events are wanted
 * @param includeUsage {@code stream_options.include_usage}
 * @param limit how many tokens at most
 */
record ModelRequest(String model, String prompt, boolean stream, boolean includeUsage, OptionalInt limit) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> LIMITS = List.of("max_completion_tokens", "max_output_tokens", "max_tokens");

    /** {@return the request; throws an IllegalArgumentException that says what is wrong} */
    static ModelRequest parse(ModelEndpoint endpoint, byte[] body) {
        if (endpoint == ModelEndpoint.GENERIC && (body.length == 0 || body[0] != '{')) {
            return new ModelRequest(
                    "stand-in",
                    new String(body, java.nio.charset.StandardCharsets.UTF_8),
                    true,
                    false,
                    OptionalInt.empty());
        }
        JsonNode json;
        try {
            json = JSON.readTree(body);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("body: no JSON (expected: an object)", e);
        }
        if (!json.isObject()) {
            throw new IllegalArgumentException("body: no object (expected: a JSON object)");
        }
        return new ModelRequest(
                json.path("model").asString("stand-in"),
                prompt(endpoint, json),
                endpoint == ModelEndpoint.GENERIC || json.path("stream").asBoolean(false),
                json.path("stream_options").path("include_usage").asBoolean(false),
                limit(json));
    }

    private static OptionalInt limit(JsonNode json) {
        for (String name : LIMITS) {
            JsonNode value = json.path(name);
            if (value.isMissingNode() || value.isNull()) {
                continue;
            }
            if (!value.canConvertToInt() || value.intValue() < 1) {
                throw new IllegalArgumentException(name + ": " + value + " (expected: a number from 1)");
            }
            return OptionalInt.of(Math.min(value.intValue(), ModelPace.MOST_TOKENS));
        }
        return OptionalInt.empty();
    }

    private static String prompt(ModelEndpoint endpoint, JsonNode json) {
        return switch (endpoint) {
            case GENERIC -> json.path("prompt").asString("");
            case RESPONSES -> lastOfUser("input", json.path("input"));
            case CHAT, MESSAGES -> lastOfUser("messages", json.path("messages"));
        };
    }

    private static String lastOfUser(String field, JsonNode messages) {
        if (messages.isString()) {
            return messages.stringValue();
        }
        if (!messages.isArray()) {
            throw new IllegalArgumentException(field + ": missing (expected: what the user said)");
        }
        String last = "";
        for (JsonNode message : messages) {
            if (message.path("role").asString("user").equals("user")) {
                last = text(message.path("content"));
            }
        }
        return last;
    }

    private static String text(JsonNode content) {
        if (content.isString()) {
            return content.stringValue();
        }
        List<String> parts = new ArrayList<>();
        for (JsonNode part : content) {
            String text = part.path("text").asString("");
            if (!text.isEmpty()) {
                parts.add(text);
            }
        }
        return String.join(" ", parts);
    }

    /** {@return the settings that came in the model's name, after its first colon: stand-in:rate=10;fault=cut@5} */
    String settingsInModel() {
        int colon = model.indexOf(':');
        return colon < 0 ? "" : model.substring(colon + 1);
    }
}
