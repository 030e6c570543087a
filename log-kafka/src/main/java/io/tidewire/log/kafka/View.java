package io.tidewire.log.kafka;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.AppendResult.Outcome;
import io.tidewire.log.Cursor;
import io.tidewire.log.Follower;
import io.tidewire.log.Gap;
import io.tidewire.log.Interest;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import io.tidewire.log.Resolution;
import io.tidewire.log.Retention;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What this hub knows of the log: filled by the follow thread alone, asked by any. No method waits for anything but the lock, which is
 * held for about a millisecond at most.
 */
final class View {
    /** Ids from other hubs that are waited for: the wait is one of milliseconds. */
    private static final int MAX_WAITING = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final InstantSource clock;
    private final Tokens tokens;
    private final int own;
    // Guarded by the lock.
    private final Timeline timeline;
    private final Judge[] judges;
    private final long[] consumed;
    private final List<Following> followers = new ArrayList<>();
    private final List<Waiting> waiting = new ArrayList<>();

    /** Creates one that has seen nothing since these places; the first {@code own} partitions are the log's own. */
    View(KafkaConfig config, Retention retention, InstantSource clock, Tokens tokens, int own, long[] start) {
        this.clock = clock;
        this.tokens = tokens;
        this.own = own;
        this.judges = new Judge[own];
        for (int slot = 0; slot < own; slot++) {
            judges[slot] = new Judge(retention, tokens);
        }
        this.timeline = new Timeline(retention, tokens, start, config.cacheBytes(), this::lostByTopic);
        this.consumed = start.clone();
    }

    private void lostByTopic(Row row) {
        if (row.slot < own) {
            judges[row.slot].lost(row);
        }
    }

    /**
     * What a record carries.
     *
     * @param slot its partition
     * @param number the number that this hub gave it, or -1 if another wrote it
     */
    record Incoming(int slot, long offset, long timeMillis, List<Append> appends, long number) {}

    /** Takes in records and hands what counts to the followers. By the follow thread only. */
    List<List<AppendResult>> take(List<Incoming> records) {
        List<List<AppendResult>> outcomes = new ArrayList<>(records.size());
        List<LogEntry> fresh = new ArrayList<>();
        List<Following> told;
        List<Waiting> reached;
        lock.lock();
        try {
            for (Incoming record : records) {
                outcomes.add(take(record, fresh));
            }
            timeline.trim(clock.millis());
            told = List.copyOf(followers);
            reached = reached();
        } finally {
            lock.unlock();
        }
        if (!fresh.isEmpty()) {
            told.forEach(following -> following.hand(fresh));
        }
        reached.forEach(one -> one.then().run());
        return outcomes;
    }

    private List<AppendResult> take(Incoming record, List<LogEntry> fresh) {
        List<AppendResult> outcomes = new ArrayList<>(record.appends.size());
        for (int event = 0; event < record.appends.size(); event++) {
            outcomes.add(take(record, event, fresh));
        }
        consumed[record.slot] = Offsets.place(record.offset + 1, 0);
        return outcomes;
    }

    private AppendResult take(Incoming record, int event, List<LogEntry> fresh) {
        Append append = record.appends.get(event);
        Judge judge = record.slot < own ? judges[record.slot] : null;
        AppendResult refused = judge == null ? null : judge.refuse(append, record.timeMillis);
        if (refused != null) {
            return refused;
        }
        Timeline.Added added = timeline.add(
                record.slot,
                Offsets.place(record.offset, event),
                Offsets.next(record.offset, event, record.appends.size()),
                append.update(),
                record.timeMillis);
        fresh.add(added.entry());
        if (judge != null) {
            judge.appended(append, added.row());
        }
        return new AppendResult(Outcome.APPENDED, added.entry().id());
    }

    Position follow(Follower follower) {
        lock.lock();
        try {
            followers.add(new Following(follower));
            return timeline.newest();
        } finally {
            lock.unlock();
        }
    }

    void unfollow() {
        lock.lock();
        try {
            followers.clear();
        } finally {
            lock.unlock();
        }
    }

    // --- reading

    Reading read(Read request, Place cursor) {
        lock.lock();
        try {
            timeline.trim(clock.millis());
            return new Reading(timeline, request, cursor);
        } finally {
            lock.unlock();
        }
    }

    /** {@return where the cursor leads, or null if it is ahead of what this hub has read} */
    @Nullable
    Resolution resolve(Cursor cursor, Interest interest) {
        lock.lock();
        try {
            timeline.trim(clock.millis());
            if (cursor instanceof Cursor.After after) {
                return resolve(after.lastEventId(), interest);
            }
            return new Resolution(cursor instanceof Cursor.Earliest ? timeline.earliest() : timeline.newest(), null);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Resolution resolve(String id, Interest interest) {
        Row row = timeline.withId(id);
        if (row != null) {
            return new Resolver(timeline)
                    .resolve(new Place(tokens, row.index, row.vector, row.slot, 0, 0), id, interest);
        }
        Tokens.Parsed token = tokens.parse(id);
        if (token == null) {
            return unknown(id);
        }
        return isAhead(token.vector()) ? null : new Resolver(timeline).resolve(token, id, interest);
    }

    private boolean isAhead(long[] vector) {
        for (int slot = 0; slot < vector.length; slot++) {
            if (vector[slot] > consumed[slot]) {
                return true;
            }
        }
        return false;
    }

    /** {@return where an id leads that this log cannot have given} */
    Resolution unknown(String id) {
        lock.lock();
        try {
            Place oldest = timeline.earliest();
            return new Resolution(oldest, new Gap(id, oldest.token(), Gap.UNKNOWN));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Runs a task as soon as this vector has been read; at once if it has. The task must be quick.
     *
     * @return whether it will; not if too many wait already
     */
    boolean whenRead(long[] vector, Runnable then) {
        lock.lock();
        try {
            if (isAhead(vector)) {
                return waiting.size() < MAX_WAITING && waiting.add(new Waiting(vector, then));
            }
        } finally {
            lock.unlock();
        }
        then.run();
        return true;
    }

    private List<Waiting> reached() {
        if (waiting.isEmpty()) {
            return List.of();
        }
        List<Waiting> reached = new ArrayList<>();
        for (Waiting one : waiting) {
            if (!isAhead(one.vector)) {
                reached.add(one);
            }
        }
        waiting.removeAll(reached);
        return reached;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared by its contents
    private record Waiting(long[] vector, Runnable then) {}

    // --- what goes

    /** Cuts what time has made too old. */
    void trim() {
        lock.lock();
        try {
            timeline.trim(clock.millis());
        } finally {
            lock.unlock();
        }
    }

    /** Kafka has deleted what came before this offset. What has not been read yet of that is the follow thread's affair. */
    void cutByKafka(int slot, long offset) {
        lock.lock();
        try {
            timeline.cutByKafka(slot, Math.min(consumed[slot], Offsets.place(offset, 0)));
        } finally {
            lock.unlock();
        }
    }

    /** Goes on at this offset, because Kafka has deleted what this hub would have read next. By the follow thread only. */
    void skipTo(int slot, long offset) {
        List<Following> told;
        Place from;
        lock.lock();
        try {
            consumed[slot] = Offsets.place(offset, 0);
            timeline.lost(slot, consumed[slot]);
            from = timeline.newest();
            told = List.copyOf(followers);
        } finally {
            lock.unlock();
        }
        told.forEach(following -> following.cutOff(from));
    }

    /** A compacted topic no longer has these. */
    void compacted(List<Row> rows) {
        lock.lock();
        try {
            rows.forEach(timeline::compacted);
        } finally {
            lock.unlock();
        }
    }
}
