package io.tidewire.log.sqlite;

import io.tidewire.log.AppendResult;
import io.tidewire.log.LogEntry;
import io.tidewire.log.LogException;
import io.tidewire.log.Retention;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** The one thread that writes: everything that waits goes into one transaction, so that one sync to the disk serves all of it. */
final class Writer implements Runnable, AutoCloseable {
    /*
     * The duty cycle:
     *
     *   take what waits ─▶ one transaction ─▶ commit (sync) ─▶ publish the view ─▶ followers ─▶ answers ─▶ delete a little
     *
     * While it syncs, the next batches gather: groups become as large as the load is high. What is deleted keeps pace with what was
     * appended; such transactions are not synced, because losing one only means that it is done again.
     */

    /** Beyond it, the first of a group would wait too long for its last. */
    private static final long MAX_GROUP_BYTES = 8L << 20;

    /** How soon what has become too old is noticed when nothing is read or appended. */
    private static final long TICK_MILLIS = 250;

    private static final int MIN_TRIM = 256;

    /** Events noticed as too old before an append: some two milliseconds. */
    private static final int MAX_EXPIRED = 2048;

    private final Connection connection;
    private final Ledger ledger;
    private final Checkpoints checkpoints;
    private final AppendQueue queue;
    private final InstantSource clock;
    private final Trouble trouble;
    private final Followers followers;
    private final PreparedStatement durably;
    private final PreparedStatement lazily;
    private boolean syncs = true;
    private long sweptMillis;

    private Writer(
            Connection connection,
            SqliteConfig config,
            Retention retention,
            InstantSource clock,
            AppendQueue queue,
            Trouble trouble)
            throws SQLException {
        this.connection = connection;
        this.clock = clock;
        this.queue = queue;
        this.trouble = trouble;
        boolean sync = config.durability() == SqliteConfig.Durability.FSYNC;
        durably = connection.prepareStatement("pragma synchronous = " + (sync ? "full" : "normal"));
        lazily = connection.prepareStatement("pragma synchronous = normal");
        checkpoints = new Checkpoints(connection);
        ledger = new Ledger(connection, retention);
        followers = new Followers(ledger.committed());
    }

    static Writer open(
            DatabaseFile file, SqliteConfig config, Retention retention, InstantSource clock, AppendQueue queue)
            throws SQLException {
        Connection connection = file.openToWrite(config.durability());
        try {
            return new Writer(connection, config, retention, clock, queue, new Trouble(file.path()));
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    Followers followers() {
        return followers;
    }

    String epoch() {
        return ledger.epoch();
    }

    @Override
    public void run() {
        boolean more = false;
        while (!queue.isOver()) {
            List<Waiting> group = take(more ? 0 : TICK_MILLIS);
            if (!group.isEmpty()) {
                write(group);
            }
            more = tidy(
                    group.stream().mapToInt(waiting -> waiting.batch().size()).sum());
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            trouble.failed(e);
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

    private void write(List<Waiting> group) {
        try {
            List<List<AppendResult>> results = commit(group);
            trouble.worked();
            for (int i = 0; i < group.size(); i++) {
                group.get(i).done().complete(results.get(i));
            }
        } catch (SQLException | RuntimeException e) {
            rollback();
            if (group.size() > 1 && Trouble.isOfOne(e)) {
                group.forEach(one -> write(List.of(one))); // one bad batch harms no other
            } else {
                refuse(group, trouble.failed(e));
            }
        } catch (Error e) {
            refuse(group, new LogException.Unavailable("the log's writer ended: " + e, e));
            throw e;
        }
    }

    private static void refuse(List<Waiting> group, LogException told) {
        group.forEach(waiting -> waiting.done().completeExceptionally(told));
    }

    private List<List<AppendResult>> commit(List<Waiting> group) throws SQLException {
        List<LogEntry> fresh = new ArrayList<>();
        List<List<AppendResult>> results = new ArrayList<>(group.size());
        long nowMillis = clock.millis();
        long bytes = 0;
        syncCommits(true);
        ledger.begin();
        ledger.cutExpired(nowMillis, MAX_EXPIRED);
        for (Waiting waiting : group) {
            results.add(ledger.append(waiting, nowMillis, fresh));
            bytes += waiting.bytes();
        }
        ledger.cutExcess();
        View committed = ledger.commit();
        checkpoints.wrote(bytes);
        followers.publish(committed, fresh);
        return results;
    }

    private void syncCommits(boolean wanted) throws SQLException {
        if (wanted != syncs) {
            (wanted ? durably : lazily).executeUpdate();
            syncs = wanted;
        }
    }

    private void rollback() {
        try {
            ledger.rollback();
        } catch (SQLException e) {
            trouble.failed(e);
        }
    }

    /** Does some of what can wait; {@return whether there is more}. */
    private boolean tidy(int appended) {
        try {
            checkpoints.runIfDue();
            long nowMillis = clock.millis();
            boolean isIdle = appended == 0;
            if (!ledger.hasGarbage() && !isIdle && Math.abs(nowMillis - sweptMillis) < TICK_MILLIS) {
                return false;
            }
            syncCommits(false);
            boolean more = tidy(appended, nowMillis, isIdle);
            followers.publish(ledger.committed(), List.of());
            return more;
        } catch (SQLException | RuntimeException e) {
            rollback();
            trouble.failed(e);
            return false;
        }
    }

    private boolean tidy(int appended, long nowMillis, boolean isIdle) throws SQLException {
        int most = Math.max(MIN_TRIM, 2 * appended);
        boolean more = false;
        if (ledger.hasGarbage()) {
            ledger.trim(most);
            more = ledger.hasGarbage();
        }
        if (!more && (isIdle || Math.abs(nowMillis - sweptMillis) >= TICK_MILLIS)) {
            sweptMillis = nowMillis;
            more = ledger.sweep(nowMillis, most) || ledger.hasGarbage();
        }
        return more || (isIdle && checkpoints.giveBack());
    }
}
