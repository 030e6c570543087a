package io.tidewire.log.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The oldest events above the floor, read ahead: the next to be cut. Owned by the writer. */
final class Oldest {
    private static final int READ_AHEAD = 512;

    private final State state;
    private final PreparedStatement select;
    private final TreeMap<Long, Row> ahead = new TreeMap<>();

    /** What the bounds go by. */
    record Row(long number, long timeMillis, long weight, long channel) {}

    Oldest(Connection connection, State state) throws SQLException {
        this.state = state;
        select = connection.prepareStatement(
                "select number, time, weight, channel from entry where number > ? order by number limit ?");
    }

    /** {@return the oldest event above the floor, or null if there is none} */
    @Nullable
    Row peek() throws SQLException {
        if (ahead.isEmpty() && state.events > 0) {
            select.setLong(1, state.floor);
            select.setInt(2, READ_AHEAD);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    ahead.put(row.getLong(1), new Row(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)));
                }
            }
        }
        return ahead.isEmpty() ? null : ahead.firstEntry().getValue();
    }

    /** The event is no longer there. */
    void remove(long number) {
        ahead.remove(number);
    }

    void forgetAll() {
        ahead.clear();
    }
}
