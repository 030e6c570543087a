package io.tidewire.log.sqlite;

import io.tidewire.stream.StreamChange;
import io.tidewire.stream.StreamLimits;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The connection that writes streams, from its opening to its first failure. Owned by the writer. */
final class StreamSession implements AutoCloseable {
    /** Streams dropped in one step: some milliseconds. */
    private static final int MAX_EXPIRED = 256;

    /** What a crash may cost a stream of its life. */
    private static final long NOTE_EVERY_MILLIS = 1000;

    private final Connection connection;
    private final Uses uses;
    private final Syncs syncs;
    private final Checkpoints checkpoints;
    private final StreamLedger ledger;
    private long notedMillis;

    private StreamSession(Connection connection, SqliteConfig config, StreamLimits limits, LiveStreams live, Uses uses)
            throws SQLException {
        this.connection = connection;
        this.uses = uses;
        syncs = new Syncs(connection, config.durability());
        checkpoints = new Checkpoints(connection);
        ledger = new StreamLedger(connection, limits, live, uses);
    }

    static StreamSession open(DatabaseFile file, SqliteConfig config, StreamLimits limits, LiveStreams live, Uses uses)
            throws SQLException {
        Connection connection = file.openToWrite(config.durability());
        try {
            return new StreamSession(connection, config, limits, live, uses);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Does everything in one transaction; {@return what has changed}. */
    List<StreamChange> write(List<StreamOrder<?>> group, long nowMillis) throws SQLException {
        long bytes = 0;
        syncs.want(true);
        ledger.begin(nowMillis);
        for (StreamOrder<?> order : group) {
            order.run(ledger);
            bytes += order.bytes();
        }
        List<StreamChange> changes = ledger.commit();
        checkpoints.wrote(bytes);
        return changes;
    }

    /** What some of the work that can wait came to. */
    record Tidied(List<StreamChange> changes, boolean more) {}

    /**
     * Does some of what can wait.
     *
     * @param isTime whether to look for what has expired
     */
    Tidied tidy(long nowMillis, boolean isTime) throws SQLException {
        checkpoints.runIfDue();
        List<StreamChange> changes = new ArrayList<>();
        boolean more = false;
        if (ledger.hasGarbage()) {
            begin(nowMillis);
            ledger.trim();
            changes.addAll(commit());
            more = ledger.hasGarbage();
        }
        if (isTime) {
            boolean notes = Math.abs(nowMillis - notedMillis) >= NOTE_EVERY_MILLIS;
            Map<String, Long> used = notes ? uses.all() : Map.of();
            begin(nowMillis);
            ledger.note(used);
            more |= ledger.expire(MAX_EXPIRED);
            changes.addAll(commit());
            uses.forget(used);
            notedMillis = notes ? nowMillis : notedMillis;
            more |= ledger.hasGarbage() || checkpoints.giveBack();
        }
        return new Tidied(changes, more);
    }

    /** Notes everything that is not in the file yet, before an orderly end. */
    void finish(long nowMillis) throws SQLException {
        begin(nowMillis);
        ledger.note(uses.all());
        commit();
    }

    private void begin(long nowMillis) throws SQLException {
        syncs.want(false);
        ledger.begin(nowMillis);
    }

    private List<StreamChange> commit() throws SQLException {
        List<StreamChange> changes = ledger.commit();
        checkpoints.wrote(0);
        return changes;
    }

    /** Rolls back what is not committed. */
    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
