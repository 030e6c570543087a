package io.tidewire.log.sqlite;

import io.tidewire.log.Retention;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Tells before when no event exceeds the age of its topic's bounds. Owned by whoever has the connection. */
final class NextExpiry {
    private final boolean isNever;
    private final PreparedStatement select;

    NextExpiry(Connection connection, Retention retention) throws SQLException {
        isNever = retention.topics().isEmpty();
        select = connection.prepareStatement("select min(expires) from channel where expires is not null");
    }

    /** {@return the time, as this transaction sees it; {@link Long#MAX_VALUE} if there is none} */
    long millis() throws SQLException {
        if (isNever) {
            return Long.MAX_VALUE;
        }
        try (ResultSet row = select.executeQuery()) {
            long expires = row.next() ? row.getLong(1) : 0;
            return expires == 0 ? Long.MAX_VALUE : expires;
        }
    }
}
