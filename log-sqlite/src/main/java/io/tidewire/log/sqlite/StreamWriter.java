package io.tidewire.log.sqlite;

import io.tidewire.log.LogException;
import io.tidewire.stream.StreamChange;
import io.tidewire.stream.StreamLimits;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that writes streams: everything that waits goes into one transaction, so that one sync to the disk serves all of it. */
final class StreamWriter implements Runnable, AutoCloseable {
    /*
     * The duty cycle is that of the log's Writer:
     *
     *   take what waits ─▶ one transaction ─▶ commit (sync) ─▶ show it ─▶ the listener ─▶ answers ─▶ delete a little
     *
     * After a failure the connection is given up, with everything that is known of streams; the next cycle begins with what the file
     * has. Should a commit that failed be there after all, its appends were refused and nobody is told of them: a producer that repeats
     * them is answered that they are there.
     */

    /** What the file has, as messages name it. */
    static final String KEPT = "streams";

    private static final Logger LOG = LoggerFactory.getLogger(SqliteStreamStore.class);

    /** Half a second's work. When much waits, large groups are what helps: each writes one row for a stream, however much it adds. */
    private static final long MAX_GROUP_BYTES = 32L << 20;

    /** How soon what has expired is noticed. */
    private static final long TICK_MILLIS = 250;

    private final DatabaseFile file;
    private final SqliteConfig config;
    private final StreamLimits limits;
    private final InstantSource clock;
    private final AppendQueue<StreamOrder<?>> queue;
    private final LiveStreams live = new LiveStreams();
    private final Uses uses = new Uses();
    private final Trouble trouble;
    /** Set once, before anything is asked. */
    private volatile Consumer<StreamChange> listener = change -> {};

    private @Nullable StreamSession session;
    private long sweptMillis;
    private boolean listenerFailed;

    StreamWriter(
            DatabaseFile file,
            SqliteConfig config,
            StreamLimits limits,
            InstantSource clock,
            AppendQueue<StreamOrder<?>> queue)
            throws SQLException {
        this.file = file;
        this.config = config;
        this.limits = limits;
        this.clock = clock;
        this.queue = queue;
        trouble = new Trouble(file.path(), KEPT);
        session = StreamSession.open(file, config, limits, live, uses);
    }

    /** {@return what was written lately} For any thread: its views only. */
    LiveStreams live() {
        return live;
    }

    Uses uses() {
        return uses;
    }

    void listen(Consumer<StreamChange> told) {
        listener = told;
    }

    @Override
    public void run() {
        boolean more = false;
        while (!queue.isOver()) {
            List<StreamOrder<?>> group = take(more ? 0 : TICK_MILLIS);
            boolean wrote = !group.isEmpty() && write(group);
            more = tidy(wrote, group.isEmpty());
        }
        finish();
    }

    private void finish() {
        try {
            session().finish(clock.millis());
        } catch (SQLException | RuntimeException e) {
            giveUp();
            trouble.failed(e);
        }
    }

    private List<StreamOrder<?>> take(long maxWaitMillis) {
        try {
            return queue.take(maxWaitMillis, MAX_GROUP_BYTES);
        } catch (InterruptedException e) {
            queue.close(); // nobody interrupts it but to end it; what waits is still written
            return List.of();
        }
    }

    private StreamSession session() throws SQLException {
        StreamSession open = session;
        if (open == null) {
            open = StreamSession.open(file, config, limits, live, uses);
            session = open;
        }
        return open;
    }

    /** {@return whether it was written} */
    private boolean write(List<StreamOrder<?>> group) {
        try {
            tell(session().write(group, clock.millis()));
            group.forEach(StreamOrder::answer);
            return true;
        } catch (SQLException | RuntimeException e) {
            giveUp();
            if (group.size() > 1 && Trouble.isOfOne(e)) {
                group.forEach(one -> write(List.of(one))); // one that is bad harms no other
            } else {
                refuse(group, trouble.failed(e));
            }
            return false;
        } catch (Error e) {
            refuse(group, new LogException.Unavailable("the writer of streams ended: " + e, e));
            throw e;
        }
    }

    private static void refuse(List<StreamOrder<?>> group, LogException told) {
        group.forEach(order -> order.refuse(told));
    }

    private void tell(List<StreamChange> changes) {
        for (StreamChange change : changes) {
            try {
                listener.accept(change);
            } catch (RuntimeException e) {
                if (!listenerFailed) {
                    listenerFailed = true;
                    LOG.error(
                            "The listener of streams threw; readers may be late, and further failures are not told", e);
                }
            }
        }
    }

    /** {@return whether there is more to do at once} */
    private boolean tidy(boolean wrote, boolean isIdle) {
        long nowMillis = clock.millis();
        boolean isTime = isIdle || Math.abs(nowMillis - sweptMillis) >= TICK_MILLIS;
        try {
            StreamSession.Tidied tidied = session().tidy(nowMillis, isTime);
            sweptMillis = isTime ? nowMillis : sweptMillis;
            tell(tidied.changes());
            if (wrote) {
                trouble.worked(); // both did: else a disk that is all but full would be told of again and again
            }
            return tidied.more();
        } catch (SQLException | RuntimeException e) {
            giveUp();
            trouble.failed(e);
            return false;
        }
    }

    private void giveUp() {
        live.clear();
        close();
        session = null;
    }

    @Override
    public void close() {
        StreamSession open = session;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                trouble.failed(e);
            }
        }
    }
}
