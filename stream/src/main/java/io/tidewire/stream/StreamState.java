package io.tidewire.stream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What decides whether an append is taken (Durable Streams, sections 5.2 and 5.2.1), for stores that judge in Java. Not thread-safe.
 */
public final class StreamState {
    private final Map<String, Progress> producers = new HashMap<>();
    private Offset tail = Offset.START;
    private boolean closed;
    private @Nullable String seq;

    /**
     * How far a producer has come.
     *
     * @param epoch its newest life
     * @param seq its newest append in that life
     */
    public record Progress(long epoch, long seq) {}

    /** The state of a stream that was just made. */
    public StreamState() {}

    /** The state of a stream as a store has it. */
    public StreamState(Offset tail, boolean closed, @Nullable String seq, Map<String, Progress> producers) {
        this.tail = tail;
        this.closed = closed;
        this.seq = seq;
        this.producers.putAll(producers);
    }

    /** {@return the place after the last message} */
    public Offset tail() {
        return tail;
    }

    /** {@return whether nothing may follow} */
    public boolean isClosed() {
        return closed;
    }

    /** {@return the newest sequence text, or null} */
    public @Nullable String seq() {
        return seq;
    }

    /** {@return how far a producer has come; null if it has not begun} */
    public @Nullable Progress progress(String producer) {
        return producers.get(producer);
    }

    /** Learns how far a producer has come, for stores that look it up when it appends. */
    public void learn(String producer, Progress progress) {
        producers.put(producer, progress);
    }

    /** {@return of how many producers it knows how far they have come} */
    public int producers() {
        return producers.size();
    }

    /** Judges an append, and counts it if it is taken. */
    public AppendOutcome apply(StreamAppend append) {
        AppendOutcome.Kind kind = judge(append).kind();
        if (kind == AppendOutcome.Kind.APPENDED) {
            tail = tail.plus(append.messages().size());
            closed |= append.close();
            if (append.seq() != null) {
                seq = append.seq();
            }
            Producer by = append.producer();
            if (by != null) {
                producers.put(by.id(), new Progress(by.epoch(), by.seq()));
            }
        }
        return outcome(kind, append.producer());
    }

    /** Judges an append, and counts nothing: what may not be taken for a reason of the store's is still known or refused by these. */
    public AppendOutcome judge(StreamAppend append) {
        return outcome(kindOf(append), append.producer());
    }

    private AppendOutcome.Kind kindOf(StreamAppend append) {
        Producer by = append.producer();
        Progress before = by == null ? null : producers.get(by.id());
        if (by != null && before != null) {
            if (by.epoch() < before.epoch()) {
                return AppendOutcome.Kind.EPOCH_STALE;
            }
            if (by.epoch() == before.epoch() && by.seq() <= before.seq()) {
                return AppendOutcome.Kind.DUPLICATE;
            }
        }
        if (closed) {
            boolean closesOnly =
                    by == null && append.close() && append.messages().isEmpty();
            return closesOnly ? AppendOutcome.Kind.DUPLICATE : AppendOutcome.Kind.CLOSED;
        }
        if (by != null) {
            boolean newLife = before != null && by.epoch() > before.epoch();
            if (newLife && by.seq() != 0) {
                return AppendOutcome.Kind.EPOCH_NOT_AT_ZERO;
            }
            if (!newLife && by.seq() != expected(before)) {
                return AppendOutcome.Kind.SEQ_GAP;
            }
        }
        boolean grows = append.seq() == null || seq == null || compare(append.seq(), seq) > 0;
        return grows ? AppendOutcome.Kind.APPENDED : AppendOutcome.Kind.SEQ_NOT_GREATER;
    }

    private static long expected(@Nullable Progress before) {
        return before == null ? 0 : before.seq() + 1;
    }

    private static int compare(String a, String b) {
        return Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }

    private AppendOutcome outcome(AppendOutcome.Kind kind, @Nullable Producer by) {
        Progress now = by == null ? null : producers.get(by.id());
        long epoch = now == null ? 0 : now.epoch();
        long number = now == null ? 0 : now.seq();
        return new AppendOutcome(
                kind, tail, closed, epoch, kind == AppendOutcome.Kind.SEQ_GAP ? expected(now) : number);
    }
}
