package io.tidewire.log.kafka;

import io.tidewire.log.Position;
import java.util.Arrays;
import java.util.Objects;

/**
 * A place in the log, as one hub sees it.
 *
 * <p>It is this hub's own if everything up to {@link #index} in the order in which this hub follows, and nothing else, has been seen.
 * An id that another hub gave need not be such: what had been seen there may be scattered over this hub's order. Then
 * {@link #until} is the last of those, and until it is reached the vector says what has been seen beyond the index.
 */
final class Place implements Position {
    private final Tokens tokens;
    private final long index;
    private final long[] vector;
    private final int slot;
    private final long until;
    private final long told;

    /**
     * Makes a place.
     *
     * @param index everything up to here has been seen
     * @param vector what has been seen, by partition
     * @param slot the partition of the event that the place names
     * @param until nothing beyond here has been seen
     * @param told cuts of single topics up to this number have been told
     */
    @SuppressWarnings("TooManyParameters")
    Place(Tokens tokens, long index, long[] vector, int slot, long until, long told) {
        this.tokens = tokens;
        this.index = index;
        this.vector = vector;
        this.slot = slot;
        this.until = until;
        this.told = told;
    }

    long index() {
        return index;
    }

    long[] vector() {
        return vector;
    }

    int slot() {
        return slot;
    }

    long until() {
        return until;
    }

    long told() {
        return told;
    }

    boolean isOwn() {
        return until <= index;
    }

    Tokens tokens() {
        return tokens;
    }

    /** {@return whether it had seen the event before {@code next} in this partition} */
    boolean hasSeen(int partition, long next) {
        return next <= vector[partition];
    }

    /** {@return the place of whoever went on from here to that row of this hub's order} */
    Place advanced(long toIndex, long[] rowVector, int rowSlot) {
        return new Place(tokens, Math.max(index, toIndex), Offsets.max(vector, rowVector), rowSlot, until, told);
    }

    @Override
    public String token() {
        return tokens.write(vector, slot);
    }

    /*
     * A foreign place covers none of this hub's own, so that whoever stands there is served by the log and not by a window, which knows
     * places by their order only. It does cover those that were made on the way from the same id.
     */
    @Override
    public boolean covers(Position entry) {
        return entry instanceof Place other
                && other.tokens == tokens
                && other.index <= index
                && (isOwn() || (other.until == until && !other.isOwn()));
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof Place other
                && other.tokens == tokens
                && other.index == index
                && other.until == until
                && Arrays.equals(other.vector, vector);
    }

    @Override
    public int hashCode() {
        return Objects.hash(index, until);
    }

    @Override
    public String toString() {
        return token();
    }
}
