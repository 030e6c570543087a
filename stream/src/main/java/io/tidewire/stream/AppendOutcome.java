package io.tidewire.stream;

/**
 * What became of an append.
 *
 * @param kind whether it was taken, and if not, why
 * @param tail the stream's tail after it
 * @param closed whether the stream is closed now
 * @param epoch of an append by a producer: the epoch that counts for it now; else 0
 * @param seq of an append by a producer: the highest sequence number taken from it in that epoch, or, for {@link Kind#SEQ_GAP}, the
 *     one that is expected next; else 0
 */
public record AppendOutcome(Kind kind, Offset tail, boolean closed, long epoch, long seq) {

    /** Whether it was taken, and if not, why. */
    public enum Kind {
        /** It is in the stream. */
        APPENDED,
        /** It was in the stream before: the producer repeats itself, or a closed stream was closed. */
        DUPLICATE,
        /** There is no such stream. */
        NO_STREAM,
        /** The stream is closed. */
        CLOSED,
        /** The writer's sequence text is not greater than the one before. */
        SEQ_NOT_GREATER,
        /** A later life of the producer has begun: this one is not heard any more. */
        EPOCH_STALE,
        /** A producer's new life does not begin with sequence number 0. */
        EPOCH_NOT_AT_ZERO,
        /** An append of the producer before this one is missing. */
        SEQ_GAP
    }

    /** {@return what is said of a stream that does not exist} */
    public static AppendOutcome noStream() {
        return new AppendOutcome(Kind.NO_STREAM, Offset.START, false, 0, 0);
    }

    /** {@return whether what was to be added is in the stream} */
    public boolean isTaken() {
        return kind == Kind.APPENDED || kind == Kind.DUPLICATE;
    }
}
