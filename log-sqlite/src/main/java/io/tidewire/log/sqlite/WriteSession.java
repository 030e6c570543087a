package io.tidewire.log.sqlite;

import io.tidewire.log.AppendResult;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Retention;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The connection that writes, from its opening to its first failure. Owned by the writer. */
final class WriteSession implements AutoCloseable {
    /** Events deleted after a group that was small: a few milliseconds. */
    private static final int MIN_TRIM = 256;

    /** Events noticed as too old before an append: some two milliseconds. */
    private static final int MAX_EXPIRED = 2048;

    private final Connection connection;
    private final Ledger ledger;
    private final Checkpoints checkpoints;
    private final Syncs syncs;

    /** What a group came to. */
    record Written(List<List<AppendResult>> results, List<LogEntry> fresh) {}

    private WriteSession(Connection connection, SqliteConfig.Durability durability, Retention retention)
            throws SQLException {
        this.connection = connection;
        syncs = new Syncs(connection, durability);
        checkpoints = new Checkpoints(connection);
        ledger = new Ledger(connection, retention);
    }

    static WriteSession open(DatabaseFile file, SqliteConfig.Durability durability, Retention retention)
            throws SQLException {
        Connection connection = file.openToWrite(durability);
        try {
            return new WriteSession(connection, durability, retention);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    String epoch() {
        return ledger.epoch();
    }

    /** {@return what readers may see} */
    View committed() {
        return ledger.committed();
    }

    /** {@return the events after this number} */
    List<LogEntry> since(long head) throws SQLException {
        return ledger.since(head);
    }

    /** Appends everything in one transaction. */
    Written write(List<Waiting> group, long nowMillis) throws SQLException {
        List<LogEntry> fresh = new ArrayList<>();
        List<List<AppendResult>> results = new ArrayList<>(group.size());
        long bytes = 0;
        syncs.want(true);
        ledger.begin();
        ledger.cutExpired(nowMillis, MAX_EXPIRED);
        for (Waiting waiting : group) {
            results.add(ledger.append(waiting, nowMillis, fresh));
            bytes += waiting.bytes();
        }
        ledger.cutExcess();
        ledger.commit();
        checkpoints.wrote(bytes);
        return new Written(results, fresh);
    }

    /**
     * Does some of what can wait.
     *
     * @param appended how much was appended since the last time: deleting keeps pace with it
     * @param isTime whether to look for what has become too old or useless
     * @return whether there is more
     */
    boolean tidy(int appended, long nowMillis, boolean isTime) throws SQLException {
        checkpoints.runIfDue();
        int most = Math.max(MIN_TRIM, 2 * appended);
        boolean more = false;
        if (ledger.hasGarbage()) {
            syncs.want(false);
            ledger.trim(most);
            more = ledger.hasGarbage();
        }
        if (!more && isTime) {
            syncs.want(false);
            more = ledger.sweep(nowMillis, most) || ledger.hasGarbage();
        }
        return more || (isTime && appended == 0 && checkpoints.giveBack());
    }

    /** Rolls back what is not committed. */
    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
