package io.tidewire.log.sqlite;

import io.tidewire.log.Retention;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/** Moves the floor: what is below it is cut, and deleted later by the {@link Trimmer}. Owned by the writer. */
final class LogBounds {
    /** Longer than any log lives, and subtracting it from any clock's time does not overflow. */
    private static final Duration LONGEST_AGE = Duration.ofDays(1_000_000);

    private final Retention retention;
    private final State state;
    private final Oldest oldest;
    private final Channels channels;
    private final PreparedStatement newestFirst;

    LogBounds(Connection connection, Retention retention, State state, Oldest oldest, Channels channels)
            throws SQLException {
        this.retention = retention;
        this.state = state;
        this.oldest = oldest;
        this.channels = channels;
        newestFirst =
                connection.prepareStatement("select number, weight from entry where number > ? order by number desc");
    }

    static long maxAgeMillis(Retention retention) {
        Duration age = retention.maxAge();
        return age.compareTo(LONGEST_AGE) > 0 ? LONGEST_AGE.toMillis() : age.toMillis();
    }

    /** Cuts what is too much. */
    void cutExcess() throws SQLException {
        while (exceeds(state.events, state.bytes)) {
            Oldest.Row row = oldest.peek();
            if (row == null) {
                return;
            }
            cut(row);
        }
    }

    /** Cuts what is too old, but not more than so many; {@return whether there may be more}. */
    boolean cutExpired(long nowMillis, int most) throws SQLException {
        long oldestMillis = nowMillis - maxAgeMillis(retention);
        for (int i = 0; i < most; i++) {
            Oldest.Row row = oldest.peek();
            if (row == null || row.timeMillis() >= oldestMillis) {
                return false;
            }
            cut(row);
        }
        return true;
    }

    private void cut(Oldest.Row row) throws SQLException {
        state.floor = row.number();
        state.events--;
        state.bytes -= row.weight();
        oldest.remove(row.number());
        Channel channel = retention.topics().isEmpty() ? null : channels.find(row.channel());
        if (channel != null && channel.rule != 0) {
            channel.events--;
            channel.bytes -= row.weight();
            channels.changed(channel);
        }
    }

    /**
     * Applies bounds that have become much narrower since the last run. From the newest event back, so that it takes as long as
     * what stays is large, not as what goes.
     */
    void settle() throws SQLException {
        if (!exceeds(state.events, state.bytes)) {
            return;
        }
        newestFirst.setLong(1, state.floor);
        long events = 0;
        long bytes = 0;
        try (ResultSet row = newestFirst.executeQuery()) {
            while (row.next()) {
                if (exceeds(events + 1, bytes + row.getLong(2))) {
                    state.floor = row.getLong(1);
                    break;
                }
                events++;
                bytes += row.getLong(2);
            }
        }
        state.events = events;
        state.bytes = bytes;
        oldest.forgetAll();
    }

    private boolean exceeds(long events, long bytes) {
        return events > retention.maxEvents() || bytes > retention.maxBytes();
    }
}
