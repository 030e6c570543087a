package io.tidewire.log.sqlite;

import io.tidewire.log.Retention;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Finds up to which number events are too old now, whether the writer has noticed or not. Owned by one {@link Reader}. */
final class Floor {
    /** The writer notices several times a second: the answer is near, as a rule. */
    private static final long FIRST_STEP = 64;

    private final long maxAgeMillis;
    private final PreparedStatement select;

    Floor(Connection connection, Retention retention) throws SQLException {
        maxAgeMillis = LogBounds.maxAgeMillis(retention);
        select = connection.prepareStatement(
                "select number, time from entry where number >= ? and number <= ? order by number limit 1");
    }

    /** {@return whether the view's floor is all there is to it} */
    static boolean isExact(View view, long oldestMillis) {
        return view.oldestMillis() >= oldestMillis;
    }

    /** {@return the number up to which the log's own bounds have cut} */
    long at(View view, long nowMillis) throws SQLException {
        long oldestMillis = nowMillis - maxAgeMillis;
        if (isExact(view, oldestMillis)) {
            return view.floor();
        }
        // Times grow with numbers. What is at `low` and before is too old; `high` and what comes after it is not, or is
        // not there.
        long low = view.floor();
        long high = view.head() + 1;
        long step = FIRST_STEP;
        while (high - low > 1) {
            long probe = Math.min(low + step, low + (high - low) / 2);
            step *= 2;
            select.setLong(1, probe);
            select.setLong(2, high - 1);
            try (ResultSet row = select.executeQuery()) {
                if (row.next() && row.getLong(2) < oldestMillis) {
                    low = row.getLong(1);
                } else {
                    high = probe;
                }
            }
        }
        return low;
    }
}
