package io.tidewire.stream;

import io.tidewire.log.LogException;

/**
 * How much streams may hold.
 *
 * @param streamBytes the longest that one stream may get, in bytes
 * @param totalBytes what all streams together may hold, in bytes; counts for stores that are bounded by memory
 */
public record StreamLimits(long streamBytes, long totalBytes) {
    private static final long DEFAULT_STREAM_BYTES = 64L << 20;
    private static final long DEFAULT_TOTAL_BYTES = 256L << 20;

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException if one is not positive
     */
    public StreamLimits {
        require("streams.stream-bytes", streamBytes);
        require("streams.total-bytes", totalBytes);
    }

    private static void require(String field, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(field + ": " + value + " (expected: 1 or more)");
        }
    }

    /**
     * Checks that a stream may become longer.
     *
     * @param bytes how long it is
     * @throws LogException.Full if it may not
     */
    public void requireRoom(String name, long bytes, long more) {
        if (more > 0 && bytes + more > streamBytes) {
            throw full("stream " + name + ": " + bytes + " bytes and " + more + " more (expected: at most "
                    + streamBytes + " in all, streams.stream-bytes)");
        }
    }

    static LogException.Full full(String message) {
        return new LogException.Full(message, new IllegalStateException("a bound is reached"));
    }

    /** {@return 64 MiB for one stream, 256 MiB for all} */
    public static StreamLimits defaults() {
        return new StreamLimits(DEFAULT_STREAM_BYTES, DEFAULT_TOTAL_BYTES);
    }
}
