package io.tidewire.log.redis;

import io.lettuce.core.KeyValue;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.tidewire.log.Follower;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows the stream and hands what is new to the followers, on a thread of its own. */
final class Tail implements Link.User {
    /*
     * One XREAD at a time, each from where the last one ended: a lost connection changes nothing about that, so nothing is lost or
     * doubled unless something left the stream before we had it, or Redis lost what it had. Both are found out by comparing: `gone`,
     * asked for right behind every XREAD, with our place; and what Redis has when we come back with what we had. In the first case
     * we go on after `gone`: what is left before it is read from the log by those who catch up.
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
    private final Followers followers;
    // Owned by the tail's thread.
    private boolean begun;
    private long cursor;
    private int count = 100;
    private long epoch;
    /** The one on which XREAD goes round. */
    private @Nullable Session polled;

    Tail(Link link, Keys keys, EntryDecoder decoder, Duration timeout, Followers followers, ExecutorService thread) {
        this.link = link;
        this.keys = keys;
        this.decoder = decoder;
        this.timeout = timeout;
        this.followers = followers;
        this.thread = thread;
    }

    /** Hands what comes to the follower; {@return from where}. Any thread. */
    Position follow(Follower target) {
        StreamPosition start = followers.add(target);
        onThread(() -> begin(start.number()));
        return start;
    }

    @Override
    public void up(Session session) {
        Session.Start start = session.start();
        long known =
                followers.raise(StreamPosition.of(start.epoch(), start.last())).number();
        onThread(() -> goOn(session, known));
    }

    @Override
    public void down(Fault fault) {
        // XREAD fails by itself
    }

    // --- the tail's thread

    private void begin(long from) {
        if (begun) {
            return;
        }
        begun = true;
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
        if (epoch == 0) {
            epoch = session.start().epoch();
        } else {
            compare(session, known);
        }
        if (begun) {
            start(session);
        }
    }

    private void compare(Session session, long known) {
        Session.Start start = session.start();
        if (start.epoch() != epoch) {
            enter(StreamPosition.of(start.epoch(), Math.max(cursor + 1, start.last())));
        } else if (start.last() < known) {
            LOG.error(
                    "Redis at {} has lost acknowledged events: it ends at {}, and {} was there. It was restarted from an"
                            + " older state, or a replica without them took over; see appendfsync and redis.min-replicas",
                    session.node(),
                    StreamPosition.of(epoch, start.last()).token(),
                    StreamPosition.of(epoch, known).token());
        }
    }

    /** Goes on in another life of the log, after this place. */
    private void enter(StreamPosition from) {
        LOG.error("Redis was emptied or exchanged: its history is gone, and whoever is subscribed is told of a gap");
        epoch = from.epoch();
        followers.enter(epoch);
        cutOff(from);
    }

    /** Goes on after this place, with something missing before it. */
    private void cutOff(StreamPosition from) {
        cursor = Math.max(cursor, from.number());
        followers.cutOff(from);
    }

    private void poll(Session session) {
        if (session != link.session()) {
            return;
        }
        CompletableFuture<List<StreamMessage<byte[], byte[]>>> entries = next(session);
        CompletableFuture<List<KeyValue<byte[], byte[]>>> gone =
                session.tail().async().hmget(keys.meta(), Answers.bytes("gone")).toCompletableFuture();
        Session.within(BLOCK.plus(timeout), entries.thenCombine(gone, (found, fields) -> {
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

    /** What came, and the newest entry that had left the stream right after it. */
    private record Tailed(List<StreamMessage<byte[], byte[]>> messages, long gone) {}

    private void polled(Session session, @Nullable Tailed tailed, @Nullable Throwable failure) {
        if (tailed == null) {
            link.lost(session, Fault.of(failure == null ? new IllegalStateException("no answer") : failure));
            return;
        }
        if (!tailed.messages().isEmpty()) {
            take(tailed);
        }
        poll(session);
    }

    private void take(Tailed tailed) {
        StreamPosition first = positionOf(tailed.messages().get(0).getId());
        if (first.epoch() != epoch) {
            enter(StreamPosition.of(first.epoch(), first.number() - 1));
        } else if (tailed.gone() > cursor) {
            LOG.warn(
                    "History was cut past this hub while it was away: its subscribers catch up with what is left, and are"
                            + " told of gaps. Widen the history's bounds to outlast such absences");
            cutOff(StreamPosition.of(epoch, tailed.gone()));
        }
        List<LogEntry> entries = new ArrayList<>(tailed.messages().size());
        long bytes = 0;
        for (StreamMessage<byte[], byte[]> message : tailed.messages()) {
            StreamPosition position = positionOf(message.getId());
            if (position.number() > cursor) {
                cursor = position.number();
                bytes += add(entries, position, message.getBody());
            }
        }
        if (!entries.isEmpty()) {
            count = (int) Math.max(1, Math.min(MAX_COUNT, USUAL_BYTES * entries.size() / Math.max(1, bytes)));
            followers.hand(entries);
        }
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
}
