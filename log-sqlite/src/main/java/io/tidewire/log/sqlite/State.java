package io.tidewire.log.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;

/** The row of {@code state}. Owned by the writer. */
final class State {
    final String epoch;
    private final PreparedStatement update;
    long head;
    long floor;
    long events;
    long bytes;
    long usedKeys;
    long cut;
    int rules;
    private long[] written;

    State(Connection connection) throws SQLException {
        update = connection.prepareStatement(
                "update state set head = ?, floor = ?, events = ?, bytes = ?, used_keys = ?, cut = ?, rules = ?");
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select head, floor, events, bytes, used_keys, cut, rules, epoch from state")) {
            row.next();
            head = row.getLong(1);
            floor = row.getLong(2);
            events = row.getLong(3);
            bytes = row.getLong(4);
            usedKeys = row.getLong(5);
            cut = row.getLong(6);
            rules = row.getInt(7);
            epoch = row.getString(8);
        }
        written = values();
    }

    /** Writes what has changed. */
    void flush() throws SQLException {
        long[] values = values();
        if (!Arrays.equals(values, written)) {
            for (int i = 0; i < values.length; i++) {
                update.setLong(i + 1, values[i]);
            }
            update.executeUpdate();
            written = values;
        }
    }

    private long[] values() {
        return new long[] {head, floor, events, bytes, usedKeys, cut, rules};
    }
}
