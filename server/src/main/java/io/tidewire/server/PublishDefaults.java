package io.tidewire.server;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a publish request's head says for the fields that its body does not have. */
record PublishDefaults(
        List<String> topics,
        @Nullable String event,
        @Nullable String id,
        @Nullable String key,
        @Nullable String idempotencyKey,
        @Nullable String expectedLast) {

    static PublishDefaults of(Map<String, List<String>> query, HttpHeaders headers) {
        return new PublishDefaults(
                query.getOrDefault("topic", List.of()),
                first(query, "event"),
                first(query, "id"),
                first(query, "key"),
                headers.get("Idempotency-Key"),
                headers.get("Expected-Last-Event-ID"));
    }

    static @Nullable String first(Map<String, List<String>> fields, String name) {
        List<String> values = fields.get(name);
        return values == null ? null : values.get(0);
    }
}
