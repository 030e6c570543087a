package io.tidewire.stream;

/**
 * Who appends, and its how manieth append it is: what lets a store take a repeated one for what it is (Durable Streams, section
 * 5.2.1).
 *
 * @param id the producer's own name
 * @param epoch which life of the producer; grows with each restart
 * @param seq which append in that life; counts from 0
 */
public record Producer(String id, long epoch, long seq) {
    /** The largest epoch and sequence number: what JavaScript counts exactly. */
    public static final long MAX = (1L << 53) - 1;

    /** Longest name: a UUID and what stands around it. A stream remembers each that ever wrote to it. */
    public static final int MAX_ID_CHARS = 256;

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException if one is exceeded
     */
    public Producer {
        if (id.isEmpty() || id.length() > MAX_ID_CHARS) {
            throw new IllegalArgumentException(
                    "producer-id: of " + id.length() + " characters (expected: 1 to " + MAX_ID_CHARS + ")");
        }
        requireCount("producer-epoch", epoch);
        requireCount("producer-seq", seq);
    }

    private static void requireCount(String field, long value) {
        if (value < 0 || value > MAX) {
            throw new IllegalArgumentException(field + ": " + value + " (expected: 0 to " + MAX + ")");
        }
    }
}
