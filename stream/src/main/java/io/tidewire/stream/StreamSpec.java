package io.tidewire.stream;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a stream is from its creation on. Immutable.
 *
 * <pre>{@code
 * StreamSpec spec = StreamSpec.of("text/plain").expiringAfter(Duration.ofHours(1)).with(StreamSpec.OWNER, "alice");
 * }</pre>
 *
 * @param contentType the media type of its messages, as its creator wrote it
 * @param timeToLive after how long without a read or a write it is gone; null if that does not matter
 * @param expiresAt when it is gone whatever happens; null if never
 * @param attributes what else its creator keeps with it; few and short, {@value #MAX_ATTRIBUTES_CHARS} characters in all
 */
public record StreamSpec(
        String contentType,
        @Nullable Duration timeToLive,
        @Nullable Instant expiresAt,
        Map<String, String> attributes) {
    /** The attribute that names the only user who may read the stream. */
    public static final String OWNER = "owner";

    /** The attribute of a stream that one process alone writes ({@link Streams#writer}): open without that writer, it was broken off. */
    public static final String WRITTEN_BY_ONE = "written-by-one";

    /** The longest time to live, so that no sum with it overflows: some 300 years. */
    public static final Duration MAX_TIME_TO_LIVE = Duration.ofDays(100_000);

    private static final int MAX_ATTRIBUTES_CHARS = 8192;
    private static final int MAX_CONTENT_TYPE_CHARS = 256;

    // What RFC 3339 can write, and every store can count in milliseconds.
    private static final Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException if one is exceeded
     */
    public StreamSpec {
        if (contentType.isBlank() || contentType.length() > MAX_CONTENT_TYPE_CHARS) {
            throw new IllegalArgumentException("content-type: of " + contentType.length()
                    + " characters (expected: 1 to " + MAX_CONTENT_TYPE_CHARS + ")");
        }
        if (timeToLive != null && (timeToLive.isNegative() || timeToLive.compareTo(MAX_TIME_TO_LIVE) > 0)) {
            throw new IllegalArgumentException(
                    "time to live: " + timeToLive + " (expected: zero to " + MAX_TIME_TO_LIVE.toDays() + " days)");
        }
        if (expiresAt != null && (expiresAt.isBefore(EARLIEST) || expiresAt.isAfter(LATEST))) {
            throw new IllegalArgumentException(
                    "expires at: " + expiresAt + " (expected: " + EARLIEST + " to " + LATEST + ")");
        }
        attributes = Map.copyOf(attributes);
        int chars = attributes.entrySet().stream()
                .mapToInt(e -> e.getKey().length() + e.getValue().length())
                .sum();
        if (chars > MAX_ATTRIBUTES_CHARS) {
            throw new IllegalArgumentException(
                    "attributes: " + chars + " characters (expected: at most " + MAX_ATTRIBUTES_CHARS + " in all)");
        }
    }

    /** {@return a stream of that type that does not expire} */
    public static StreamSpec of(String contentType) {
        return new StreamSpec(contentType, null, null, Map.of());
    }

    /** {@return the same, gone after so long without a read or a write} */
    public StreamSpec expiringAfter(Duration idle) {
        return new StreamSpec(contentType, idle, expiresAt, attributes);
    }

    /** {@return the same, gone at that time} */
    public StreamSpec expiringAt(Instant time) {
        return new StreamSpec(contentType, timeToLive, time, attributes);
    }

    /** {@return the same with one attribute more} */
    public StreamSpec with(String name, String value) {
        Map<String, String> all = new HashMap<>(attributes);
        all.put(name, value);
        return new StreamSpec(contentType, timeToLive, expiresAt, all);
    }

    /** {@return the only user who may read it, if it has one} */
    public Optional<String> owner() {
        return Optional.ofNullable(attributes.get(OWNER));
    }

    /** {@return whether one process alone writes it} */
    public boolean isWrittenByOne() {
        return attributes.containsKey(WRITTEN_BY_ONE);
    }

    /** {@return when it is gone if it is neither read nor written after that time; null if never} */
    public @Nullable Instant expiryAfter(Instant lastUse) {
        Duration idle = timeToLive;
        Instant end = expiresAt;
        if (idle == null) {
            return end;
        }
        Instant idleEnd = lastUse.plus(idle);
        return end != null && end.isBefore(idleEnd) ? end : idleEnd;
    }
}
