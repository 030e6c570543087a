package io.tidewire.log.kafka;

/**
 * A place within a partition as one number, so that places can be compared: the record's offset and, as one record may carry a batch,
 * the number of the event in it.
 */
final class Offsets {
    private static final int EVENT_BITS = 20;

    /** Most events in one record. */
    static final int MAX_EVENTS = (1 << EVENT_BITS) - 1;

    /** Beyond it an offset is none that Kafka would ever reach. */
    static final long MAX_OFFSET = Long.MAX_VALUE >>> EVENT_BITS;

    private Offsets() {}

    static long place(long offset, int event) {
        return offset << EVENT_BITS | event;
    }

    static long offset(long place) {
        return place >>> EVENT_BITS;
    }

    static int event(long place) {
        return (int) place & MAX_EVENTS;
    }

    /** {@return the place after an event: the next one of the same record, or of the next} */
    static long next(long offset, int event, int events) {
        return event + 1 < events ? place(offset, event + 1) : place(offset + 1, 0);
    }

    /** {@return the greater of each} */
    static long[] max(long[] one, long[] other) {
        long[] max = one.clone();
        for (int slot = 0; slot < max.length; slot++) {
            max[slot] = Math.max(max[slot], other[slot]);
        }
        return max;
    }
}
