package io.tidewire.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.tidewire.stream.Offset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a GET wants to read a stream (Durable Streams, sections 5.5 to 5.7 and 6).
 *
 * @param mode how
 * @param after from where; null for the tail of now
 * @param cursor what an earlier answer said, or an empty text
 */
record DurableQuery(Mode mode, @Nullable Offset after, String cursor) {

    /** How a stream is read. */
    enum Mode {
        /** What is there. */
        CATCH_UP,
        /** What is there, or the next that comes. */
        LONG_POLL,
        /** All that comes, as the protocol's events. */
        SSE,
        /** All that comes, as events of the browser's own kind. */
        NATIVE
    }

    static DurableQuery of(Exchange exchange) {
        Map<String, List<String>> query = exchange.query();
        String live = single(query, "live");
        String offset = single(query, "offset");
        Mode mode = mode(exchange, live, offset);
        Optional<Offset> seen = mode == Mode.SSE || mode == Mode.NATIVE ? lastSeen(exchange) : Optional.empty();
        if (offset == null && live != null && seen.isEmpty()) {
            throw Problem.badRequest("offset: none (expected: one, beside live)");
        }
        String cursor = single(query, "cursor");
        Offset after = seen.orElseGet(() -> parse(offset));
        return new DurableQuery(mode, after, cursor == null ? "" : cursor);
    }

    boolean isNow() {
        return after == null;
    }

    private static Mode mode(Exchange exchange, @Nullable String live, @Nullable String offset) {
        if (live == null) {
            return offset == null && wantsEvents(exchange) ? Mode.NATIVE : Mode.CATCH_UP;
        }
        return switch (live) {
            case "long-poll" -> Mode.LONG_POLL;
            case "sse" -> Mode.SSE;
            default -> throw Problem.badRequest("live: " + live + " (expected: long-poll or sse)");
        };
    }

    private static boolean wantsEvents(Exchange exchange) {
        return exchange.request().headers().getAll(HttpHeaderNames.ACCEPT).stream()
                .flatMap(field -> List.of(field.split(",")).stream())
                .anyMatch(type -> NativeEvents.essence(type).equals(DurableFields.SERVER_SENT_EVENTS));
    }

    /** {@return the offset of the newest event that the client has seen} An id of some other source is none. */
    private static Optional<Offset> lastSeen(Exchange exchange) {
        String id = LastEventId.of(exchange.request().headers());
        return id == null ? Optional.empty() : Offset.parse(id);
    }

    private static @Nullable Offset parse(@Nullable String offset) {
        if (offset == null || offset.equals("-1")) {
            return Offset.START;
        }
        if (offset.equals("now")) {
            return null;
        }
        return Offset.parse(offset)
                .orElseThrow(() -> Problem.badRequest(
                        "offset: " + offset + " (expected: one that an answer gave, -1 for the start, or now)"));
    }

    private static @Nullable String single(Map<String, List<String>> query, String name) {
        List<String> values = query.getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw Problem.badRequest(name + ": " + values.size() + " of them (expected: one)");
        }
        return values.isEmpty() ? null : values.get(0);
    }
}
