package io.tidewire.server;

import io.tidewire.hub.CloseReason;
import io.tidewire.hub.ConnectionInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that a webhook tells. Immutable.
 *
 * @param type what happened
 * @param time when
 * @param connection whose connection it was, or whose coming or going made the difference
 * @param topics what that one is subscribed to; for a topic's event the one topic or pattern
 * @param reason why a connection ended; null unless one did
 */
record HookEvent(
        Type type,
        Instant time,
        ConnectionInfo connection,
        List<String> topics,
        @Nullable CloseReason reason) {
    /** Objects and the names of the JSON, roughly. */
    private static final int OVERHEAD_BYTES = 320;

    /** What can happen. */
    enum Type {
        CONNECTED("connected"),
        DISCONNECTED("disconnected"),
        TOPIC_OCCUPIED("topic.occupied"),
        TOPIC_VACATED("topic.vacated");

        private final String label;

        Type(String label) {
            this.label = label;
        }
    }

    /** {@return what it takes in memory, estimated} */
    long bytes() {
        long chars = connection.remote().length();
        String user = connection.user();
        if (user != null) {
            chars += user.length();
        }
        for (String topic : topics) {
            chars += topic.length() + 8;
        }
        return OVERHEAD_BYTES + chars;
    }

    void write(ObjectNode json, String id) {
        json.put("id", id);
        json.put("type", type.label);
        json.put("time", time.toString());
        json.put("connection", connection.id());
        json.put("user", connection.user());
        ArrayNode names = json.putArray("topics");
        topics.forEach(names::add);
        json.put("remote", connection.remote());
        CloseReason why = reason;
        if (why != null) {
            json.put("reason", why.label());
            Duration lasted = Duration.between(connection.since(), time);
            json.put("durationMillis", Math.max(0, lasted.toMillis())); // a clock may be set back
        }
    }
}
