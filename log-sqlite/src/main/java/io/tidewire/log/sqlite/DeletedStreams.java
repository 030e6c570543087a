package io.tidewire.log.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Deletes what deleted streams had, a little at a time. Owned by the writer. */
final class DeletedStreams {
    /** What one step deletes at most, but for the last chunk of it: a few milliseconds, each way. */
    private static final long STEP_BYTES = 1 << 20;

    private static final int STEP_ROWS = 500;

    private final PreparedStatement selectDeleted;
    private final PreparedStatement selectChunks;
    private final PreparedStatement deleteChunks;
    private final PreparedStatement deleteProducers;
    private final List<PreparedStatement> deleteRest;

    DeletedStreams(Connection connection) throws SQLException {
        selectDeleted = connection.prepareStatement("select id from stream where name is null order by id limit 1");
        selectChunks = connection.prepareStatement(
                "select first, length(body) from chunk where stream = ? order by first limit " + STEP_ROWS);
        deleteChunks = connection.prepareStatement("delete from chunk where stream = ? and first <= ?");
        deleteProducers = connection.prepareStatement("delete from producer where stream = ?1 and id in"
                + " (select id from producer where stream = ?1 limit " + STEP_ROWS + ")");
        deleteRest = List.of(
                connection.prepareStatement("delete from spec where stream = ?"),
                connection.prepareStatement("delete from stream where id = ?"));
    }

    /** Takes a step, within a transaction; {@return whether there may be more to do}. */
    boolean trim() throws SQLException {
        long stream;
        try (ResultSet row = selectDeleted.executeQuery()) {
            if (!row.next()) {
                return false;
            }
            stream = row.getLong(1);
        }
        if (!trimChunks(stream) && update(deleteProducers, stream) == 0) {
            for (PreparedStatement delete : deleteRest) {
                update(delete, stream);
            }
        }
        return true;
    }

    private boolean trimChunks(long stream) throws SQLException {
        long bytes = 0;
        long last = -1;
        selectChunks.setLong(1, stream);
        try (ResultSet chunk = selectChunks.executeQuery()) {
            while (bytes < STEP_BYTES && chunk.next()) {
                last = chunk.getLong(1);
                bytes += chunk.getLong(2);
            }
        }
        deleteChunks.setLong(2, last);
        return last >= 0 && update(deleteChunks, stream) > 0;
    }

    private static int update(PreparedStatement statement, long stream) throws SQLException {
        statement.setLong(1, stream);
        return statement.executeUpdate();
    }
}
