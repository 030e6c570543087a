package io.tidewire.log.sqlite;

import io.tidewire.log.Retention;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The transactions of a {@link Reader}. */
final class Snapshot {
    /*
     * What was cut must be what the snapshot says, not what the writer has published: events that were deleted in between would else
     * be missing without a word. The newest event is the one that was published: what is committed and not published yet has not
     * been told to anybody.
     */
    private final PreparedStatement begin;
    private final PreparedStatement end;
    private final PreparedStatement selectState;
    private final PreparedStatement selectOldest;
    private final NextExpiry nextExpiry;

    Snapshot(Connection connection, Retention retention) throws SQLException {
        begin = connection.prepareStatement("begin");
        end = connection.prepareStatement("commit");
        selectState = connection.prepareStatement("select floor, cut from state");
        selectOldest = connection.prepareStatement("select time from entry where number > ? order by number limit 1");
        nextExpiry = new NextExpiry(connection, retention);
    }

    /** Begins a transaction; {@return what it sees}. */
    View begin(View published) throws SQLException {
        begin.executeUpdate();
        long floor;
        long cut;
        try (ResultSet row = selectState.executeQuery()) {
            row.next();
            floor = row.getLong(1);
            cut = row.getLong(2);
        }
        return new View(Math.max(published.head(), floor), floor, oldestMillis(floor), cut, nextExpiry.millis());
    }

    private long oldestMillis(long floor) throws SQLException {
        selectOldest.setLong(1, floor);
        try (ResultSet row = selectOldest.executeQuery()) {
            return row.next() ? row.getLong(1) : Long.MAX_VALUE;
        }
    }

    void end() throws SQLException {
        end.executeUpdate();
    }
}
