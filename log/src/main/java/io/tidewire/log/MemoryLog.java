package io.tidewire.log;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A log that lives as long as its process and keeps its events in memory, up to a bound. Every stage it returns is complete.
 *
 * <p>Safe for any thread. Followers are called by whoever appends, before {@link #append} returns.
 */
public final class MemoryLog implements EventLog {
    /** Two billion epochs: an id of an earlier life is taken for one of this by one restart in so many. */
    private static final int EPOCH_DIGITS = 6;

    /*
     * Entries have consecutive sequence numbers from 1; a position is that number and the log's epoch, a random word drawn at the
     * start. The epoch is what tells an id of an earlier life from one of this: the numbers start over, the epoch does not.
     *
     *   floor: cut              head
     *      |                     |
     *   [  f  ][ f+1 ] ....... [ h ]          a cursor at the floor or later is served in full, but for what bounds
     *                                         of single topics have cut in between
     */

    /** Entries looked at for one page: the lock is held for well under a millisecond. */
    private static final int MAX_SCAN = 4096;

    private final ReentrantLock lock = new ReentrantLock();
    private final InstantSource clock;
    private final String epoch;
    private final List<Follower> followers = new CopyOnWriteArrayList<>();
    // Guarded by the lock.
    private final History history;
    private final KeyMemory keys = new KeyMemory();
    private boolean closed;

    /** Creates an empty log. */
    public MemoryLog(Retention retention, InstantSource clock) {
        this(retention, clock, new SecureRandom());
    }

    /** Creates an empty log whose epoch is drawn from {@code random}. */
    public MemoryLog(Retention retention, InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.epoch = NumberedPosition.newEpoch(random, EPOCH_DIGITS);
        this.history = new History(retention);
    }

    @Override
    public CompletionStage<List<AppendResult>> append(List<Append> batch) {
        lock.lock();
        try {
            if (closed) {
                return failed();
            }
            long nowMillis = clock.millis();
            history.trim(nowMillis); // what is too old is no one's last event
            List<AppendResult> results = new ArrayList<>(batch.size());
            List<LogEntry> fresh = new ArrayList<>(batch.size());
            for (int i = 0; i < batch.size(); i++) {
                results.add(append(batch.get(i), nowMillis, fresh));
            }
            history.trim(nowMillis);
            if (!fresh.isEmpty()) {
                for (Follower follower : followers) {
                    follower.entries(fresh);
                }
            }
            return CompletableFuture.completedFuture(results);
        } finally {
            lock.unlock();
        }
    }

    private AppendResult append(Append request, long nowMillis, List<LogEntry> fresh) {
        String key = request.idempotencyKey();
        if (key != null) {
            String first = keys.find(key, nowMillis);
            if (first != null) {
                return new AppendResult(AppendResult.Outcome.DUPLICATE, first);
            }
        }
        String expected = request.expectedLast();
        if (expected != null) {
            LogEntry last = history.newestOf(request.update().audience().channel());
            String actual = last == null ? null : last.id();
            // Not the other way round: a publisher's own id may be the word that says there is none.
            boolean met = expected.equals(Append.NOTHING) ? actual == null : expected.equals(actual);
            if (!met) {
                return new AppendResult(AppendResult.Outcome.CONFLICT, actual);
            }
        }
        LogEntry entry = new LogEntry(new NumberedPosition(epoch, history.head() + 1), request.update(), nowMillis);
        history.add(entry);
        fresh.add(entry);
        if (key != null) {
            keys.remember(key, entry.id(), nowMillis);
        }
        return new AppendResult(AppendResult.Outcome.APPENDED, entry.id());
    }

    @Override
    public CompletionStage<Page> read(Read request) {
        lock.lock();
        try {
            if (closed) {
                return failed();
            }
            history.trim(clock.millis());
            return CompletableFuture.completedFuture(page(request));
        } finally {
            lock.unlock();
        }
    }

    private Page page(Read request) {
        NumberedPosition cursor = own(request.after());
        long cut = history.cutUpTo(request.interest());
        Gap gap = gapAfter(cursor, cut, request.after().token());
        long told = Math.max(cursor.toldUpTo(), cut);
        long at = Math.max(cursor.number(), history.floor());
        EntryQueue entries = history.entries();
        List<LogEntry> found = new ArrayList<>();
        long bytes = 0;
        int next = entries.indexAfter(at);
        int last = Math.min(entries.end(), next + MAX_SCAN);
        while (next < last && found.size() < request.maxEvents() && bytes < request.maxBytes()) {
            at = entries.numberAt(next);
            LogEntry entry = entries.at(next++);
            if (entry != null && isWanted(request, entry, at)) {
                found.add(entry);
                bytes += entry.update().data().length();
            }
        }
        boolean atHead = next >= entries.end();
        return new Page(found, new NumberedPosition(epoch, atHead ? history.head() : at, told), atHead, gap);
    }

    /** {@return what of interest was cut after the cursor and not told yet, or null} */
    private @Nullable Gap gapAfter(NumberedPosition cursor, long cut, String from) {
        if (cursor.number() < history.floor()) {
            return gap(
                    from,
                    history.floor(),
                    history.isCutAtItsEndOnly() ? history.floor() - cursor.number() : Gap.UNKNOWN);
        }
        boolean cutSince = cut > Math.max(cursor.number(), cursor.toldUpTo());
        return cutSince ? gap(from, cursor.number(), Gap.UNKNOWN) : null;
    }

    private Gap gap(String from, long to, long missed) {
        return new Gap(from, new NumberedPosition(epoch, to).token(), missed);
    }

    private boolean isWanted(Read request, LogEntry entry, long sequence) {
        Update update = entry.update();
        return (request.mode() == Read.Mode.ALL || history.isNewest(update, sequence))
                && request.interest().includes(update.audience());
    }

    @Override
    public Position follow(Follower follower) {
        lock.lock();
        try {
            followers.add(follower);
            return new NumberedPosition(epoch, history.head());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletionStage<Resolution> resolve(Cursor cursor, Interest interest) {
        lock.lock();
        try {
            if (closed) {
                return failed();
            }
            history.trim(clock.millis());
            return CompletableFuture.completedFuture(find(cursor, interest));
        } finally {
            lock.unlock();
        }
    }

    private Resolution find(Cursor cursor, Interest interest) {
        if (cursor instanceof Cursor.After after) {
            return find(after.lastEventId(), interest);
        }
        long at = cursor instanceof Cursor.Earliest ? history.floor() : history.head();
        return new Resolution(new NumberedPosition(epoch, at, history.head()), null);
    }

    private Resolution find(String id, Interest interest) {
        long number = history.sequenceOfGivenId(id);
        if (number < 0) {
            number = NumberedPosition.parse(id, epoch);
        }
        if (number < 0 || number > history.head()) {
            NumberedPosition oldest = new NumberedPosition(epoch, history.floor(), history.head());
            return new Resolution(oldest, gap(id, history.floor(), Gap.UNKNOWN));
        }
        long cut = history.cutUpTo(interest);
        Gap gap = gapAfter(new NumberedPosition(epoch, number), cut, id);
        return new Resolution(new NumberedPosition(epoch, Math.max(number, history.floor()), cut), gap);
    }

    private NumberedPosition own(Position position) {
        if (position instanceof NumberedPosition sequence && sequence.epoch().equals(epoch)) {
            return sequence;
        }
        throw new IllegalArgumentException(
                "position: " + position.token() + " (expected: one that this log made, of epoch " + epoch + ")");
    }

    private static <T> CompletionStage<T> failed() {
        return CompletableFuture.failedFuture(
                new LogException.Unavailable("The log is closed: the hub is shutting down; try another or later"));
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            followers.clear();
        } finally {
            lock.unlock();
        }
    }
}
