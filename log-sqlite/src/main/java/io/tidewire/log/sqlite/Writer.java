package io.tidewire.log.sqlite;

import io.tidewire.log.LogEntry;
import io.tidewire.log.LogException;
import io.tidewire.log.Retention;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The one thread that writes: everything that waits goes into one transaction, so that one sync to the disk serves all of it. */
final class Writer implements Runnable, AutoCloseable {
    /*
     * The duty cycle:
     *
     *   take what waits ─▶ one transaction ─▶ commit (sync) ─▶ publish the view ─▶ followers ─▶ answers ─▶ delete a little
     *
     * While it syncs, the next batches gather: groups become as large as the load is high. What is deleted keeps pace with what was
     * appended; such transactions are not synced, because losing one only means that it is done again.
     *
     * After a failure the connection is given up: what was under way is rolled back, and the next cycle begins with a new one.
     * Should a commit that failed be there after all (its sync failed, and the journal was read anew), its events are published
     * then: their publishers were told that it failed, which is no acknowledgement.
     */

    /** What the file has, as messages name it. */
    static final String KEPT = "log";

    /** Beyond it, the first of a group would wait too long for its last. */
    private static final long MAX_GROUP_BYTES = 8L << 20;

    /** How soon what has become too old is noticed when nothing is read or appended. */
    private static final long TICK_MILLIS = 250;

    private final DatabaseFile file;
    private final SqliteConfig config;
    private final Retention retention;
    private final AppendQueue<Waiting> queue;
    private final InstantSource clock;
    private final Trouble trouble;
    private final Followers followers;
    private final String epoch;
    private @Nullable WriteSession session;
    private long sweptMillis;

    private Writer(
            DatabaseFile file,
            WriteSession first,
            SqliteConfig config,
            Retention retention,
            InstantSource clock,
            AppendQueue<Waiting> queue) {
        this.file = file;
        this.config = config;
        this.retention = retention;
        this.clock = clock;
        this.queue = queue;
        trouble = new Trouble(file.path(), KEPT);
        session = first;
        epoch = first.epoch();
        followers = new Followers(first.committed());
    }

    static Writer open(
            DatabaseFile file,
            SqliteConfig config,
            Retention retention,
            InstantSource clock,
            AppendQueue<Waiting> queue)
            throws SQLException {
        WriteSession first = WriteSession.open(file, config.durability(), retention);
        return new Writer(file, first, config, retention, clock, queue);
    }

    Followers followers() {
        return followers;
    }

    String epoch() {
        return epoch;
    }

    @Override
    public void run() {
        boolean more = false;
        while (!queue.isOver()) {
            List<Waiting> group = take(more ? 0 : TICK_MILLIS);
            boolean wrote = !group.isEmpty() && write(group);
            more = tidy(wrote ? group : List.of());
        }
    }

    private List<Waiting> take(long maxWaitMillis) {
        try {
            return queue.take(maxWaitMillis, MAX_GROUP_BYTES);
        } catch (InterruptedException e) {
            queue.close(); // nobody interrupts it but to end it; what waits is still written
            return List.of();
        }
    }

    private WriteSession session() throws SQLException {
        WriteSession open = session;
        if (open == null) {
            open = WriteSession.open(file, config.durability(), retention);
            session = open;
            List<LogEntry> unpublished = open.since(followers.view().head());
            followers.publish(open.committed(), unpublished);
        }
        return open;
    }

    /** {@return whether it was written} */
    private boolean write(List<Waiting> group) {
        try {
            WriteSession open = session();
            WriteSession.Written written = open.write(group, clock.millis());
            followers.publish(open.committed(), written.fresh());
            for (int i = 0; i < group.size(); i++) {
                group.get(i).done().complete(written.results().get(i));
            }
            return true;
        } catch (SQLException | RuntimeException e) {
            giveUp();
            if (group.size() > 1 && Trouble.isOfOne(e)) {
                group.forEach(one -> write(List.of(one))); // one bad batch harms no other
            } else {
                refuse(group, trouble.failed(e));
            }
            return false;
        } catch (Error e) {
            refuse(group, new LogException.Unavailable("the log's writer ended: " + e, e));
            throw e;
        }
    }

    private static void refuse(List<Waiting> group, LogException told) {
        group.forEach(waiting -> waiting.done().completeExceptionally(told));
    }

    /** {@return whether there is more to do at once} */
    private boolean tidy(List<Waiting> written) {
        int appended =
                written.stream().mapToInt(waiting -> waiting.batch().size()).sum();
        long nowMillis = clock.millis();
        boolean isTime = appended == 0 || Math.abs(nowMillis - sweptMillis) >= TICK_MILLIS;
        try {
            WriteSession open = session();
            boolean more = open.tidy(appended, nowMillis, isTime);
            sweptMillis = isTime && !more ? nowMillis : sweptMillis;
            followers.publish(open.committed(), List.of());
            if (appended > 0) {
                trouble.worked(); // both did: else a disk that is all but full would be told of again and again
            }
            return more;
        } catch (SQLException | RuntimeException e) {
            giveUp();
            trouble.failed(e);
            return false;
        }
    }

    private void giveUp() {
        close();
        session = null;
    }

    @Override
    public void close() {
        WriteSession open = session;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                trouble.failed(e);
            }
        }
    }
}
