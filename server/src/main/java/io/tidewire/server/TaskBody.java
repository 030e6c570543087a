package io.tidewire.server;

import io.tidewire.hub.TaskProgress;
import io.tidewire.hub.TaskReport;
import io.tidewire.hub.TaskSpec;
import io.tidewire.hub.TaskState;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** What a request says of a task, as a JSON object. A field that is null is as one that is not there, but for the owner. Not thread-safe. */
final class TaskBody {
    private static final Set<String> OF_SPEC =
            new TreeSet<>(Set.of("id", "title", "owner", "keep", "silence", "notify"));
    private static final Set<String> OF_REPORT =
            new TreeSet<>(Set.of("status", "percent", "step", "total", "message", "result", "error", "back"));
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS) // a result's numbers are not ours to round
            .build();

    private final JsonNode object;

    private TaskBody(JsonNode object) {
        this.object = object;
    }

    /** {@return a task as its creator wants it; nothing but defaults if the body is empty} */
    static TaskSpec spec(byte[] body, @Nullable String user) {
        TaskBody fields = body.length == 0
                ? new TaskBody(JsonNodeFactory.instance.objectNode())
                : new TaskBody(object(body, OF_SPEC));
        String owner = fields.object.has("owner") ? fields.text("owner") : user;
        TaskSpec plain = TaskSpec.untitled();
        return new TaskSpec(
                fields.text("id"),
                fields.text("title"),
                owner,
                fields.seconds("keep", plain.keep()),
                fields.seconds("silence", plain.silence()),
                fields.flag("notify", true));
    }

    /** {@return what a worker reports} */
    static TaskReport report(byte[] body) {
        TaskBody fields = new TaskBody(object(body, OF_REPORT));
        String status = fields.text("status");
        JsonNode result = fields.object.get("result");
        return new TaskReport(
                status == null ? TaskState.Status.RUNNING : TaskState.Status.of(status),
                new TaskProgress(fields.percent(), fields.count("step"), fields.count("total"), fields.text("message")),
                result == null ? null : result.toString(),
                fields.text("error"),
                fields.flag("back", false));
    }

    private static JsonNode object(byte[] body, Collection<String> known) {
        JsonNode tree;
        try {
            tree = MAPPER.readTree(Text.utf8("body", body));
        } catch (JacksonException e) {
            throw Problem.badRequest("body: " + e.getOriginalMessage() + " (expected: one JSON object)");
        }
        if (!tree.isObject()) {
            throw Problem.badRequest(
                    "body: no JSON object (expected: an object with any of " + String.join(", ", known) + ")");
        }
        for (String name : tree.propertyNames()) {
            if (!known.contains(name)) {
                throw Problem.badRequest((name.length() > 100 ? name.substring(0, 100) + "…" : name)
                        + ": unknown (expected: any of " + String.join(", ", known) + ")");
            }
        }
        return tree;
    }

    private @Nullable JsonNode given(String name) {
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? null : value;
    }

    private static Problem wrong(String name, JsonNode value, String expected) {
        return Problem.badRequest(name + ": " + value.getNodeType() + " (expected: " + expected + ")");
    }

    private @Nullable String text(String name) {
        JsonNode value = given(name);
        if (value != null && !value.isString()) {
            throw wrong(name, value, "a string");
        }
        return value == null ? null : value.asString();
    }

    private boolean flag(String name, boolean otherwise) {
        JsonNode value = given(name);
        if (value != null && !value.isBoolean()) {
            throw wrong(name, value, "true or false");
        }
        return value == null ? otherwise : value.asBoolean();
    }

    private @Nullable Long count(String name) {
        JsonNode value = given(name);
        if (value != null && (!value.isIntegralNumber() || !value.canConvertToLong())) {
            throw wrong(name, value, "a whole number, 0 to " + TaskSpec.MAX_COUNT);
        }
        return value == null ? null : value.asLong();
    }

    /** Parts of a percent are cut off: 99.9 is not yet 100. */
    private @Nullable Integer percent() {
        JsonNode value = given("percent");
        if (value == null) {
            return null;
        }
        if (!value.isNumber()) {
            throw wrong("percent", value, "a number, 0 to 100");
        }
        double percent = value.asDouble();
        if (!(percent >= 0 && percent <= 100)) {
            throw Problem.badRequest("percent: " + percent + " (expected: 0 to 100)");
        }
        return (int) percent;
    }

    private Duration seconds(String name, Duration otherwise) {
        JsonNode value = given(name);
        if (value == null) {
            return otherwise;
        }
        double seconds = value.isNumber() ? value.asDouble() : -1;
        if (!(seconds >= 0 && seconds <= TaskSpec.MAX_TIME.toSeconds())) {
            throw Problem.badRequest(name + ": " + (value.isNumber() ? value.toString() : value.getNodeType())
                    + " (expected: seconds, 0 to " + TaskSpec.MAX_TIME.toSeconds() + ")");
        }
        return Duration.ofMillis((long) (seconds * 1000));
    }
}
