package io.tidewire.log.kafka;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.AppendResult.Outcome;
import io.tidewire.log.Retention;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides about the appends with conditions in one partition. Guarded by its log's lock.
 */
final class Judge {
    /*
     * Kafka cannot append under a condition. So the record is written, and counts or does not when it is read: every hub reads the same
     * records of a partition in the same order and comes to the same verdict, by nothing but what stands before a record in its
     * partition, the record's own time, and the retention, which must be the same on all hubs.
     *
     * What "the newest event that is kept" is, is therefore decided here by partition: the bounds of events and bytes, which are meant
     * for the log as a whole, count for each partition. With one partition this is the same.
     */
    /** Fewer rows that no longer count are not worth being looked for. */
    private static final int MIN_COMPACTION = 1024;

    private final Retention retention;
    private final Tokens tokens;
    private final long maxAgeMillis;
    private final KeyUses keys = new KeyUses();
    private final Map<String, Row> newest = new HashMap<>();
    private final ArrayDeque<Row> kept = new ArrayDeque<>();
    private long count;
    private long bytes;

    Judge(Retention retention, Tokens tokens) {
        this.retention = retention;
        this.tokens = tokens;
        this.maxAgeMillis = Timeline.millisOf(retention.maxAge());
    }

    /** {@return why the append does not count, or null if it does} */
    @Nullable
    AppendResult refuse(Append append, long timeMillis) {
        String key = append.idempotencyKey();
        KeyUses.Named first = key == null ? null : keys.find(key, timeMillis);
        if (first != null) {
            return new AppendResult(Outcome.DUPLICATE, first.id());
        }
        String expected = append.expectedLast();
        if (expected == null) {
            return null;
        }
        trim(timeMillis);
        Row last = newest.get(append.update().audience().channel());
        if (last != null && last.isCutByItsTopic(timeMillis)) {
            last = null;
        }
        // Not the other way round: a publisher's own id may be the word that says there is none.
        boolean met = expected.equals(Append.NOTHING) ? last == null : last != null && isNamed(last, expected);
        return met ? null : new AppendResult(Outcome.CONFLICT, last == null ? null : id(last));
    }

    /** Another hub may have written the token, so it is its own partition that counts. */
    private boolean isNamed(Row row, String id) {
        if (row.ownId != null) {
            return row.ownId.equals(id);
        }
        Tokens.Parsed token = tokens.parse(id);
        return token != null && token.slot() == row.slot && token.vector()[row.slot] == row.next();
    }

    /** An append counts: this is its event. */
    void appended(Append append, Row row) {
        String key = append.idempotencyKey();
        if (key != null) {
            keys.remember(key, new KeyUses.Named(row.ownId, placeOf(row)), row.timeMillis);
        }
        newest.put(row.channel(), row);
        kept.add(row);
        if (!row.gone) {
            row.judged = true;
            count++;
            bytes += row.weight;
        }
        trim(row.timeMillis);
        if (kept.size() > 2 * count + MIN_COMPACTION) {
            kept.removeIf(each -> !each.judged && newest.get(each.channel()) != each);
        }
    }

    private void trim(long timeMillis) {
        trimSize();
        for (Row oldest = kept.peek();
                oldest != null && oldest.timeMillis < timeMillis - maxAgeMillis;
                oldest = kept.peek()) {
            forgetOldest();
        }
    }

    private void trimSize() {
        while (count > retention.maxEvents() || bytes > retention.maxBytes()) {
            forgetOldest();
        }
    }

    private void forgetOldest() {
        Row oldest = kept.remove();
        lost(oldest);
        newest.remove(oldest.channel(), oldest);
    }

    /** The bounds of its topic have taken out a row: it leaves room for another. */
    void lost(Row row) {
        if (row.judged) {
            row.judged = false;
            count--;
            bytes -= row.weight;
        }
    }

    String id(Row row) {
        return row.ownId != null ? row.ownId : placeOf(row).token();
    }

    private Place placeOf(Row row) {
        return new Place(tokens, row.index, row.vector, row.slot, 0, 0);
    }
}
