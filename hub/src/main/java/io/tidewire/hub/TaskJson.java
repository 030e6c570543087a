package io.tidewire.hub;

import io.tidewire.sse.JsonData;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A task's state as JSON: what is stored, published and served. The hub carries no JSON library for this one object. */
final class TaskJson {
    private TaskJson() {}

    /** {@return the object, in one line} */
    static String write(TaskState state) {
        TaskProgress progress = state.progress();
        StringBuilder out = new StringBuilder(256);
        out.append("{\"id\":").append(JsonData.quoted(state.id()));
        text(out, "title", state.title());
        text(out, "status", state.status().label());
        out.append(",\"percent\":").append(progress.percent());
        out.append(",\"step\":").append(progress.step());
        out.append(",\"total\":").append(progress.total());
        String message = progress.message();
        out.append(",\"message\":").append(message == null ? "null" : JsonData.quoted(message));
        if (state.result() != null) {
            out.append(",\"result\":").append(state.result());
        }
        text(out, "error", state.error());
        if (state.cancelRequested()) {
            out.append(",\"cancelRequested\":true");
        }
        text(out, "created", state.created().toString());
        text(out, "updated", state.updated().toString());
        text(out, "owner", state.owner());
        return out.append('}').toString();
    }

    private static void text(StringBuilder out, String name, @Nullable String value) {
        if (value != null) {
            out.append(",\"").append(name).append("\":").append(JsonData.quoted(value));
        }
    }

    /**
     * {@return the state that was written so}
     *
     * @throws IllegalArgumentException if it was not: somebody else wrote into the task's stream
     */
    static TaskState read(String json) {
        Map<String, String> members = new HashMap<>();
        TaskJsonScanner scanner = new TaskJsonScanner("state", json);
        scanner.members(members::put);
        scanner.requireEnd();
        return new TaskState(
                required(members, "id"),
                text(members, "title"),
                text(members, "owner"),
                TaskState.Status.of(required(members, "status")),
                new TaskProgress(
                        percent(members), count(members, "step"), count(members, "total"), text(members, "message")),
                members.get("result"),
                text(members, "error"),
                "true".equals(members.get("cancelRequested")),
                time(members, "created"),
                time(members, "updated"));
    }

    private static @Nullable String text(Map<String, String> members, String name) {
        String raw = members.get(name);
        return raw == null || raw.equals("null") ? null : new TaskJsonScanner(name, raw).string();
    }

    private static String required(Map<String, String> members, String name) {
        String text = text(members, name);
        if (text == null) {
            throw new IllegalArgumentException(name + ": none (expected: a task's state)");
        }
        return text;
    }

    private static @Nullable Long count(Map<String, String> members, String name) {
        String raw = members.get(name);
        return raw == null || raw.equals("null") ? null : Long.valueOf(raw);
    }

    private static @Nullable Integer percent(Map<String, String> members) {
        Long percent = count(members, "percent");
        return percent == null ? null : Math.toIntExact(percent);
    }

    private static Instant time(Map<String, String> members, String name) {
        try {
            return Instant.parse(required(members, name));
        } catch (java.time.format.DateTimeParseException e) {
            throw new IllegalArgumentException(name + ": no time (expected: as in 2026-01-31T12:00:00Z)", e);
        }
    }

    /**
     * {@return a JSON text without the white space between its tokens, so that it stays one line}
     *
     * @throws IllegalArgumentException if it is no JSON
     */
    static String compact(String field, String json) {
        TaskJsonScanner scanner = new TaskJsonScanner(field, json);
        scanner.value();
        scanner.requireEnd();
        StringBuilder out = new StringBuilder(json.length());
        boolean inString = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (inString && c == '\\') {
                out.append(c);
                c = json.charAt(++i);
            } else if (c == '"') {
                inString = !inString;
            }
            if (inString || (c != ' ' && c != '\n' && c != '\r' && c != '\t')) {
                out.append(c);
            }
        }
        return out.toString();
    }
}
