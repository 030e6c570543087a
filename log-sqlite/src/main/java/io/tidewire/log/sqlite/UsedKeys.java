package io.tidewire.log.sqlite;

import io.tidewire.log.NumberedPosition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Which idempotency keys were used and what came of them, bounded by number and age. Owned by the writer. */
final class UsedKeys {
    /** A hundred megabytes at most; a whole day at ten keyed publishes per second. */
    private static final int MAX_KEYS = 1_000_000;

    /** A job that runs daily may repeat yesterday's. */
    static final long MAX_AGE_MILLIS = 24L * 60 * 60 * 1000;

    private final State state;
    private final PreparedStatement select;
    private final PreparedStatement insert;
    private final PreparedStatement deleteKey;
    private final PreparedStatement deleteOldest;
    private final PreparedStatement deleteExpired;

    UsedKeys(Connection connection, State state) throws SQLException {
        this.state = state;
        select = connection.prepareStatement("select number, own, time from used_key where key = ?");
        insert = connection.prepareStatement("insert into used_key (number, time, key, own) values (?, ?, ?, ?)");
        deleteKey = connection.prepareStatement("delete from used_key where key = ?");
        deleteOldest =
                connection.prepareStatement("delete from used_key where number = (select min(number) from used_key)");
        deleteExpired = connection.prepareStatement("delete from used_key where number in"
                + " (select number from (select number, time from used_key order by number limit ?) where time < ?)");
    }

    /** {@return the id that the key's first use was answered with, or null if it was not used} */
    @Nullable
    String find(String key, long nowMillis) throws SQLException {
        select.setString(1, key);
        try (ResultSet row = select.executeQuery()) {
            if (!row.next() || row.getLong(3) + MAX_AGE_MILLIS < nowMillis) {
                return null;
            }
            String own = row.getString(2);
            return own != null ? own : new NumberedPosition(state.epoch, row.getLong(1)).token();
        }
    }

    void remember(String key, long number, @Nullable String own, long nowMillis) throws SQLException {
        deleteKey.setString(1, key); // if it is there, it is too old to count
        state.usedKeys -= deleteKey.executeUpdate();
        insert.setLong(1, number);
        insert.setLong(2, nowMillis);
        insert.setString(3, key);
        insert.setString(4, own);
        insert.executeUpdate();
        state.usedKeys++;
        if (state.usedKeys > MAX_KEYS) {
            state.usedKeys -= deleteOldest.executeUpdate();
        }
    }

    /** Deletes some that are too old; {@return how many}. */
    int trim(long nowMillis, int most) throws SQLException {
        deleteExpired.setInt(1, most);
        deleteExpired.setLong(2, nowMillis - MAX_AGE_MILLIS);
        int deleted = deleteExpired.executeUpdate();
        state.usedKeys -= deleted;
        return deleted;
    }
}
