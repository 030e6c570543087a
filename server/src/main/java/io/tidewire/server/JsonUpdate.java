package io.tidewire.server;

import io.tidewire.log.Append;
import io.tidewire.log.Audience;
import io.tidewire.log.Update;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads one event from JSON. {@code data} may be any JSON: a string is sent as its text, anything else as it stands in the
 * source, without white space between its tokens, so that no number changes on its way.
 */
final class JsonUpdate {
    /** Shared, because its tables of field names pay only when they are used again; safe for any thread. */
    private static final JsonFactory FACTORY = new JsonFactory();

    private static final List<String> KNOWN = List.of(
            "topic",
            "topics",
            "event",
            "type",
            "data",
            "id",
            "key",
            "retry",
            "private",
            "idempotencyKey",
            "expectedLast");

    private final byte[] source;
    private final @Nullable Audience audience;
    private final List<String> topics = new ArrayList<>(1);
    private @Nullable String event;
    private String data = "";
    private @Nullable String id;
    private @Nullable String key;
    private @Nullable Duration retry;
    private boolean isPrivate;
    private @Nullable String idempotencyKey;
    private @Nullable String expectedLast;

    private JsonUpdate(byte[] source, @Nullable Audience audience) {
        this.source = source;
        this.audience = audience;
    }

    /**
     * Reads an event.
     *
     * @param audience whom it is for, if its fields do not say; then they must not
     * @param defaults what the request's head gave for fields that are not there
     * @throws Problem 400 if it is no JSON or not of this form
     * @throws IllegalArgumentException if a value is not allowed
     */
    static Append read(byte[] source, @Nullable Audience audience, PublishDefaults defaults) {
        Text.utf8("body", source);
        JsonUpdate reading = new JsonUpdate(source, audience);
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), source)) {
            reading.object(parser);
        } catch (JacksonException e) {
            throw Problem.badRequest("body: " + e.getOriginalMessage() + " (expected: one JSON object)");
        }
        return reading.append(defaults);
    }

    private Append append(PublishDefaults defaults) {
        Audience to = audience;
        if (to == null) {
            to = new Audience.Topics(topics.isEmpty() ? defaults.topics() : topics);
        } else if (!topics.isEmpty()) {
            throw Problem.badRequest("topic: given (expected: none here; the path says whom it is for)");
        }
        Update update = new Update(
                to,
                or(event, defaults.event()),
                data,
                or(id, defaults.id()),
                or(key, defaults.key()),
                retry,
                isPrivate);
        return new Append(
                update, or(idempotencyKey, defaults.idempotencyKey()), or(expectedLast, defaults.expectedLast()));
    }

    private static @Nullable String or(@Nullable String own, @Nullable String otherwise) {
        return own != null ? own : otherwise;
    }

    private void object(JsonParser parser) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw Problem.badRequest("body: no JSON object (expected: {\"topic\":…,\"data\":…})");
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            field(name, parser);
        }
        if (parser.nextToken() != null) {
            throw Problem.badRequest("body: more after the object (expected: one JSON object; a batch is NDJSON)");
        }
    }

    private void field(String name, JsonParser parser) {
        switch (name) {
            case "topic", "topics" -> topics(name, parser);
            case "event", "type" -> event = stringOrNull(name, parser);
            case "data" -> data = data(parser);
            case "id" -> id = stringOrNull(name, parser);
            case "key" -> key = stringOrNull(name, parser);
            case "idempotencyKey" -> idempotencyKey = stringOrNull(name, parser);
            case "expectedLast" -> expectedLast = stringOrNull(name, parser);
            case "retry" -> retry = retry(parser);
            case "private" -> isPrivate = flag(parser);
            default ->
                throw Problem.badRequest(name + ": unknown field (did you mean " + NearestName.of(name, KNOWN) + "?)");
        }
    }

    private void topics(String name, JsonParser parser) {
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                topics.add(string(name, parser));
            }
        } else {
            topics.add(string(name, parser));
        }
    }

    private static @Nullable String stringOrNull(String name, JsonParser parser) {
        return parser.currentToken() == JsonToken.VALUE_NULL ? null : string(name, parser);
    }

    private static String string(String name, JsonParser parser) {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw Problem.badRequest(name + ": " + parser.currentToken() + " (expected: a string)");
        }
        return parser.getString();
    }

    private static boolean flag(JsonParser parser) {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw Problem.badRequest("private: " + parser.currentToken() + " (expected: true or false)");
        };
    }

    private static Duration retry(JsonParser parser) {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw Problem.badRequest("retry: " + parser.currentToken() + " (expected: whole milliseconds)");
        }
        return Duration.ofMillis(parser.getLongValue());
    }

    private String data(JsonParser parser) {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            return parser.getString();
        }
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        int to = (int) parser.currentLocation().getByteOffset();
        return compact(from, to);
    }

    /** Takes the white space between tokens out: JSON has it nowhere else but in strings. */
    private String compact(int from, int to) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(to - from);
        boolean inString = false;
        for (int i = from; i < to; i++) {
            byte b = source[i];
            if (inString && b == '\\') {
                out.write(b);
                b = source[++i];
            } else if (b == '"') {
                inString = !inString;
            }
            if (inString || (b != ' ' && b != '\n' && b != '\r' && b != '\t')) {
                out.write(b);
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
