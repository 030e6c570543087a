package io.tidewire.server;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidewire.stream.Offset;
import io.tidewire.stream.Producer;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamSpec;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The header fields of Durable Streams (sections 5.1 and 5.2), read and written. */
final class DurableFields {
    static final String NEXT_OFFSET = "Stream-Next-Offset";
    static final String CLOSED = "Stream-Closed";
    static final String PRODUCER_EPOCH = "Producer-Epoch";
    static final String PRODUCER_SEQ = "Producer-Seq";
    /** Beyond the protocol: the only user who may read the stream. */
    static final String OWNER = "Tidewire-Owner";

    static final String SERVER_SENT_EVENTS = "text/event-stream";

    private static final String PRODUCER_ID = "Producer-Id";
    private static final String SEQ = "Stream-Seq";
    private static final String TTL = "Stream-TTL";
    private static final String EXPIRES_AT = "Stream-Expires-At";
    private static final String FORKED_FROM = "Stream-Forked-From";
    private static final String DEFAULT_TYPE = "application/octet-stream";
    private static final int MAX_TTL_DIGITS = 10;
    private static final int MAX_COUNT_DIGITS = 16;
    private static final int MAX_YEAR = 9999;

    private DurableFields() {}

    // --- read

    /** {@return what a stream is to be, from the fields of the request that creates it} */
    static StreamSpec spec(HttpHeaders fields) {
        if (fields.contains(FORKED_FROM)) {
            throw new Problem(
                    HttpResponseStatus.NOT_IMPLEMENTED,
                    FORKED_FROM.toLowerCase(Locale.ROOT) + ": not offered here (expected: none)");
        }
        String ttl = fields.get(TTL);
        String expiry = fields.get(EXPIRES_AT);
        if (ttl != null && expiry != null) {
            throw Problem.badRequest("stream-ttl: beside stream-expires-at (expected: one of them)");
        }
        String type = fields.get("Content-Type");
        StreamSpec spec = StreamSpec.of(type == null ? DEFAULT_TYPE : type);
        if (ttl != null) {
            spec = spec.expiringAfter(ttl(ttl));
        }
        if (expiry != null) {
            spec = spec.expiringAt(time(expiry));
        }
        String owner = fields.get(OWNER);
        return owner == null ? spec : spec.with(StreamSpec.OWNER, owner);
    }

    private static Duration ttl(String text) {
        boolean canonical = text.equals("0") || (!text.startsWith("0") && isDigits(text, MAX_TTL_DIGITS));
        if (!canonical) {
            throw Problem.badRequest("stream-ttl: " + text + " (expected: seconds, as in 3600)");
        }
        return Duration.ofSeconds(Long.parseLong(text));
    }

    private static Instant time(String text) {
        try {
            OffsetDateTime time = OffsetDateTime.parse(text);
            if (time.getYear() >= 0 && time.getYear() <= MAX_YEAR) {
                return time.toInstant();
            }
        } catch (DateTimeException e) {
            // said below, with what was expected
        }
        throw Problem.badRequest("stream-expires-at: " + text + " (expected: a time, as in 2030-01-31T12:00:00Z)");
    }

    /** {@return whether the request closes the stream} */
    static boolean closes(HttpHeaders fields) {
        return "true".equalsIgnoreCase(fields.get(CLOSED));
    }

    /** {@return an append of those messages, with what the fields say of it} */
    static StreamAppend append(HttpHeaders fields, List<byte[]> messages) {
        return new StreamAppend(messages, fields.get(SEQ), producer(fields), closes(fields));
    }

    /** {@return whether an append must be taken as a whole, as it may be repeated} */
    static boolean isNumbered(HttpHeaders fields) {
        return fields.contains(SEQ) || producer(fields) != null;
    }

    private static @Nullable Producer producer(HttpHeaders fields) {
        String id = fields.get(PRODUCER_ID);
        String epoch = fields.get(PRODUCER_EPOCH);
        String seq = fields.get(PRODUCER_SEQ);
        if (id == null && epoch == null && seq == null) {
            return null;
        }
        if (id == null || epoch == null || seq == null) {
            throw Problem.badRequest(
                    "producer-id: without all of its fields (expected: Producer-Id, Producer-Epoch and "
                            + "Producer-Seq, or none of them)");
        }
        return new Producer(id, count(PRODUCER_EPOCH, epoch), count(PRODUCER_SEQ, seq));
    }

    private static long count(String field, String text) {
        if (!isDigits(text, MAX_COUNT_DIGITS)) {
            throw Problem.badRequest(
                    field.toLowerCase(Locale.ROOT) + ": " + text + " (expected: 0 to " + Producer.MAX + ")");
        }
        return Long.parseLong(text);
    }

    private static boolean isDigits(String text, int most) {
        return !text.isEmpty() && text.length() <= most && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** {@return whether two media types are the same but for their case and parameters} */
    static boolean sameType(String a, String b) {
        return NativeEvents.essence(a).equals(NativeEvents.essence(b));
    }

    static boolean isJson(String type) {
        return NativeEvents.essence(type).equals("application/json");
    }

    // --- written

    static String line(String name, Object value) {
        return name + ": " + value + "\r\n";
    }

    /** {@return where the stream ends, and whether it is closed} */
    static String tail(Offset tail, boolean closed) {
        return line(NEXT_OFFSET, tail.token()) + (closed ? line(CLOSED, true) : "");
    }

    /** {@return when the stream goes away} */
    static String expiry(StreamSpec spec) {
        Duration idle = spec.timeToLive();
        Instant end = spec.expiresAt();
        return (idle == null ? "" : line(TTL, idle.toSeconds())) + (end == null ? "" : line(EXPIRES_AT, end));
    }
}
