package io.tidewire.testkit;

import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.AppendOutcome.Kind;
import io.tidewire.stream.Offset;
import io.tidewire.stream.Producer;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One stream as the rules of the protocol read, in the plainest way: every accepted append is kept, every question goes through all. */
final class StreamStoreModel {
    final StreamSpec spec;
    final List<byte[]> messages = new ArrayList<>();
    private final List<StreamAppend> taken = new ArrayList<>();
    Instant lastUse;
    boolean closed;

    StreamStoreModel(StreamSpec spec, Instant now) {
        this.spec = spec;
        this.lastUse = now;
    }

    boolean isExpired(Instant now) {
        Instant end = spec.expiryAfter(lastUse);
        return end != null && !now.isBefore(end);
    }

    long bytes() {
        return messages.stream().mapToLong(message -> message.length).sum();
    }

    AppendOutcome append(StreamAppend append) {
        Kind kind = kindOf(append);
        if (kind == Kind.APPENDED) {
            taken.add(append);
            messages.addAll(append.messages());
            closed |= append.close();
        }
        Producer by = append.producer();
        Producer last = by == null ? null : last(by.id());
        long epoch = last == null ? 0 : last.epoch();
        long seq = last == null ? 0 : last.seq() + (kind == Kind.SEQ_GAP ? 1 : 0);
        return new AppendOutcome(kind, new Offset(messages.size()), closed, epoch, seq);
    }

    private Kind kindOf(StreamAppend append) {
        Producer by = append.producer();
        Producer last = by == null ? null : last(by.id());
        if (by != null && last != null && by.epoch() < last.epoch()) {
            return Kind.EPOCH_STALE;
        }
        if (by != null && last != null && by.epoch() == last.epoch() && by.seq() <= last.seq()) {
            return Kind.DUPLICATE;
        }
        if (closed) {
            return by == null && append.close() && append.messages().isEmpty() ? Kind.DUPLICATE : Kind.CLOSED;
        }
        if (by != null && last != null && by.epoch() > last.epoch() && by.seq() > 0) {
            return Kind.EPOCH_NOT_AT_ZERO;
        }
        if (by != null && by.seq() > 0 && (last == null || by.seq() > last.seq() + 1)) {
            return Kind.SEQ_GAP;
        }
        String text = append.seq();
        boolean grows = text == null
                || taken.stream()
                        .allMatch(before -> before.seq() == null || before.seq().compareTo(text) < 0);
        return grows ? Kind.APPENDED : Kind.SEQ_NOT_GREATER;
    }

    /** {@return the newest that was taken from the producer, or null} */
    private @Nullable Producer last(String id) {
        Map<String, Producer> newest = new HashMap<>();
        for (StreamAppend append : taken) {
            Producer by = append.producer();
            if (by != null) {
                newest.put(by.id(), by);
            }
        }
        return newest.get(id);
    }
}
