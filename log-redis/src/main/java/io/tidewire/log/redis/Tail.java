package io.tidewire.log.redis;

import io.lettuce.core.KeyValue;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows the stream and hands what is new to the followers, on a thread of its own. */
final class Tail implements Link.User {
    /*
     * One XREAD at a time, each from where the last one ended: a lost connection changes nothing about that, so nothing is lost or
     * doubled unless history was cut past us, or Redis lost what it had. Both are found out by comparing: `cut`, asked for right
     * behind every XREAD, with our place; and what Redis has when we come back with what we had.
     */

    private static final Logger LOG = LoggerFactory.getLogger(Tail.class);

    /** Also how soon a Redis that hangs is noticed, besides the time it has for an answer. */
    private static final Duration BLOCK = Duration.ofSeconds(1);

    private static final int MAX_COUNT = 1000;

    /** What one answer should have at most; its entries are taken to be as large as those before. */
    private static final long USUAL_BYTES = 4 << 20;

    /** The second half of the largest possible id: all of an entry's number comes before it. */
    private static final String AFTER = "-18446744073709551615";

    private final Link link;
    private final Keys keys;
    private final EntryDecoder decoder;
    private final Duration timeout;
    private final ExecutorService thread;
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by the lock.
    private final List<Follower> followers = new ArrayList<>();
    private StreamPosition head = StreamPosition.of(0, 0);
    private boolean following;
    private boolean closed;
    // Owned by the tail's thread.
    private long cursor;
    private int count = 100;
    private long epoch;
    /** The one on which XREAD goes round. */
    private @Nullable Session polled;

    Tail(Link link, Keys keys, EntryDecoder decoder, Duration timeout, ExecutorService thread) {
        this.link = link;
        this.keys = keys;
        this.decoder = decoder;
        this.timeout = timeout;
        this.thread = thread;
    }

    private record Follower(long after, Consumer<List<LogEntry>> target) {}

    /** {@return the newest number that this hub knows} Any thread. */
    long head() {
        lock.lock();
        try {
            return head.number();
        } finally {
            lock.unlock();
        }
    }

    /** Tells of an entry that is in Redis now. Any thread. */
    void acknowledged(StreamPosition position) {
        lock.lock();
        try {
            raise(position);
        } finally {
            lock.unlock();
        }
    }

    private void raise(StreamPosition position) {
        if (position.number() > head.number()) {
            head = position;
        }
    }

    Position follow(Consumer<List<LogEntry>> target) {
        lock.lock();
        try {
            followers.add(new Follower(head.number(), target));
            if (!following && !closed) {
                following = true;
                long from = head.number();
                onThread(() -> begin(from));
            }
            return head;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void up(Session session) {
        StreamPosition known;
        lock.lock();
        try {
            known = head;
            if (head.epoch() == 0) {
                head = StreamPosition.of(
                        session.start().epoch(), session.start().last());
            }
        } finally {
            lock.unlock();
        }
        onThread(() -> goOn(session, known.number()));
    }

    @Override
    public void down(Fault fault) {
        // XREAD fails by itself
    }

    // --- the tail's thread

    private void begin(long from) {
        cursor = from;
        Session session = link.session();
        if (session != null) {
            start(session);
        }
    }

    private void start(Session session) {
        if (session != polled) {
            polled = session;
            poll(session);
        }
    }

    private void goOn(Session session, long known) {
        boolean isFollowing;
        lock.lock();
        try {
            isFollowing = following;
        } finally {
            lock.unlock();
        }
        if (epoch == 0) {
            epoch = session.start().epoch();
        } else {
            tellLosses(session, known, isFollowing);
        }
        if (isFollowing) {
            start(session);
        }
    }

    private void tellLosses(Session session, long known, boolean isFollowing) {
        Session.Start start = session.start();
        if (start.epoch() != epoch) {
            enter(start.epoch());
        } else if (start.last() < known) {
            LOG.error(
                    "Redis at {} has lost acknowledged events: it ends at {}, and {} was there. It was restarted from an"
                            + " older state, or a replica without them took over; see appendfsync and redis.min-replicas",
                    session.node(),
                    StreamPosition.of(epoch, start.last()).token(),
                    StreamPosition.of(epoch, known).token());
        } else if (isFollowing && start.cut() > cursor) {
            tellOvertaken();
        }
    }

    private void enter(long other) {
        LOG.error("Redis was emptied or exchanged: events that this hub had not seen by then do not reach its live"
                + " subscribers, and those who reconnect are told of a gap");
        epoch = other;
        lock.lock();
        try {
            head = StreamPosition.of(other, head.number());
        } finally {
            lock.unlock();
        }
    }

    private static void tellOvertaken() {
        LOG.error("History was cut past this hub while it was away from Redis: some events do not reach its live"
                + " subscribers. Widen the history's bounds to outlast such absences");
    }

    private void poll(Session session) {
        if (session != link.session()) {
            return;
        }
        CompletableFuture<List<StreamMessage<byte[], byte[]>>> entries = next(session);
        CompletableFuture<List<KeyValue<byte[], byte[]>>> cut =
                session.tail().async().hmget(keys.meta(), Answers.bytes("cut")).toCompletableFuture();
        Session.within(BLOCK.plus(timeout), entries.thenCombine(cut, (found, fields) -> {
                    KeyValue<byte[], byte[]> field = fields.get(0);
                    return new Tailed(found, field.hasValue() ? Answers.number(field.getValue()) : 0);
                }))
                .whenComplete((tailed, failure) -> onThread(() -> polled(session, tailed, failure)));
    }

    @SuppressWarnings("unchecked") // a generic array of one, made by the compiler and only read
    private CompletableFuture<List<StreamMessage<byte[], byte[]>>> next(Session session) {
        return session.tail()
                .async()
                .xread(XReadArgs.Builder.block(BLOCK).count(count), StreamOffset.from(keys.events(), cursor + AFTER))
                .toCompletableFuture();
    }

    /** What came, and up to where history was cut right after it. */
    private record Tailed(List<StreamMessage<byte[], byte[]>> messages, long cut) {}

    private void polled(Session session, @Nullable Tailed tailed, @Nullable Throwable failure) {
        if (tailed == null) {
            link.lost(session, Fault.of(failure == null ? new IllegalStateException("no answer") : failure));
            return;
        }
        List<LogEntry> entries = new ArrayList<>(tailed.messages().size());
        long bytes = 0;
        long last = cursor;
        for (StreamMessage<byte[], byte[]> message : tailed.messages()) {
            StreamPosition position = positionOf(message.getId());
            if (last == cursor && tailed.cut() > cursor && position.number() > tailed.cut()) {
                tellOvertaken();
            }
            last = position.number();
            bytes += add(entries, position, message.getBody());
        }
        if (!entries.isEmpty()) {
            count = (int) Math.max(1, Math.min(MAX_COUNT, USUAL_BYTES * entries.size() / Math.max(1, bytes)));
            hand(entries);
        }
        cursor = last;
        poll(session);
    }

    private long add(List<LogEntry> entries, StreamPosition position, Map<byte[], byte[]> fields) {
        byte[] update = {};
        long timeMillis = 0;
        for (Map.Entry<byte[], byte[]> field : fields.entrySet()) {
            switch (field.getKey()[0]) {
                case 'u' -> update = field.getValue();
                case 't' -> timeMillis = Answers.number(field.getValue());
                default -> {
                    // for the scripts
                }
            }
        }
        LogEntry entry = decoder.decode(position, timeMillis, update);
        if (entry != null) {
            entries.add(entry);
        }
        return update.length;
    }

    private static StreamPosition positionOf(String id) {
        int dash = id.indexOf('-');
        return StreamPosition.of(Long.parseLong(id.substring(dash + 1)), Long.parseLong(id.substring(0, dash)));
    }

    private void hand(List<LogEntry> entries) {
        List<Follower> current;
        StreamPosition newest = (StreamPosition) entries.get(entries.size() - 1).position();
        if (newest.epoch() != epoch) {
            enter(newest.epoch());
        }
        lock.lock();
        try {
            raise(newest);
            current = closed ? List.of() : List.copyOf(followers);
        } finally {
            lock.unlock();
        }
        for (Follower follower : current) {
            hand(follower, entries);
        }
    }

    private static void hand(Follower follower, List<LogEntry> entries) {
        int from = 0;
        while (from < entries.size() && ((StreamPosition) entries.get(from).position()).number() <= follower.after()) {
            from++;
        }
        if (from == entries.size()) {
            return;
        }
        try {
            follower.target().accept(entries.subList(from, entries.size()));
        } catch (RuntimeException e) {
            LOG.error("A follower of the log failed; it has lost {} events", entries.size() - from, e);
        }
    }

    private void onThread(Runnable task) {
        try {
            thread.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    LOG.error("Following Redis met a fault of its own; please report it. Following has ended", e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("closed", e);
        }
    }

    /** Hands nothing any more. Any thread. */
    void close() {
        lock.lock();
        try {
            closed = true;
            followers.clear();
        } finally {
            lock.unlock();
        }
    }
}
