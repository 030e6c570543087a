package io.tidewire.log;

/**
 * A request for one page.
 *
 * @param after the cursor
 * @param mode which entries
 * @param interest whose
 * @param maxEvents most entries in the page
 * @param maxBytes where the page ends, by the size of its data; one entry may exceed it
 */
public record Read(Position after, Mode mode, Interest interest, int maxEvents, int maxBytes) {

    /** Which of the entries after the cursor are wanted. */
    public enum Mode {
        /** All of them. */
        ALL,
        /** Of each first topic and key, only the newest that the log has. */
        LATEST
    }

    /** Checks the bounds. */
    public Read {
        if (maxEvents < 1 || maxBytes < 1) {
            throw new IllegalArgumentException(
                    "maxEvents, maxBytes: " + maxEvents + ", " + maxBytes + " (expected: 1 or more)");
        }
    }
}
