package io.tidewire.sse;

/**
 * How much one stream may make an {@link EventDecoder} hold. Immutable.
 *
 * @param maxLineBytes longest line without its end, 1 to {@value #MAX_BYTES}; bounds names, ids and comments too
 * @param maxEventBytes most data of one event, its lines joined by LF, 1 to {@value #MAX_BYTES}
 */
public record DecoderLimits(int maxLineBytes, int maxEventBytes) {

    /** 1 GiB: what still fits a Java array while it grows. */
    public static final int MAX_BYTES = 1 << 30;

    // 4 MiB: the hub's own largest update is 1 MiB, one line of JSON, and an envelope escapes it once more.
    private static final int DEFAULT_LINE_BYTES = 4 << 20;
    // 4 MiB: pretty-printed documents of many lines, still small next to a heap with thousands of streams.
    private static final int DEFAULT_EVENT_BYTES = 4 << 20;

    private static final DecoderLimits DEFAULTS = new DecoderLimits(DEFAULT_LINE_BYTES, DEFAULT_EVENT_BYTES);

    /**
     * Checks the range of both.
     *
     * @throws IllegalArgumentException if one is outside 1 to {@value #MAX_BYTES}
     */
    public DecoderLimits {
        requireInRange("maxLineBytes", maxLineBytes);
        requireInRange("maxEventBytes", maxEventBytes);
    }

    /** {@return lines of 4 MiB, events of 4 MiB} */
    public static DecoderLimits defaults() {
        return DEFAULTS;
    }

    private static void requireInRange(String name, int value) {
        if (value < 1 || value > MAX_BYTES) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 1 to " + MAX_BYTES + ")");
        }
    }
}
