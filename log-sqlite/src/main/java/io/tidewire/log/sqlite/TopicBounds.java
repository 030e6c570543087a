package io.tidewire.log.sqlite;

import io.tidewire.log.TopicRetention;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Cuts what the bounds of single topics do not allow, and notes what a reader may have missed by it. Owned by the writer. */
final class TopicBounds {
    /*
     * What an append replaces or pushes out is deleted in its own transaction: that is one event for one, as a rule. What has
     * become too old is deleted by `sweep`; until then readers leave it out by themselves (TopicCuts).
     *
     * A channel's counts go by its rule. If the rule has changed since (or is new), they are made anew when the channel
     * gets an event or is visited by the sweep, whichever comes first.
     */
    private static final int CHUNK = 64;

    private final State state;
    private final Channels channels;
    private final Values values;
    private final Entries entries;
    private final Oldest oldest;
    private final PreparedStatement selectExpired;
    private final PreparedStatement selectReplaced;
    private final PreparedStatement selectCounts;
    private final PreparedStatement insertCutId;

    TopicBounds(Connection connection, State state, Channels channels, Values values, Entries entries, Oldest oldest)
            throws SQLException {
        this.state = state;
        this.channels = channels;
        this.values = values;
        this.entries = entries;
        this.oldest = oldest;
        selectExpired = connection.prepareStatement(
                "select id from channel where expires < ? and expires is not null order by expires limit ?");
        selectReplaced = connection.prepareStatement(
                "select e.number from posting p cross join entry e on e.number ="
                        + " p.number cross join value v on v.id = e.value where p.topic = ? and p.number > ? and v.last <> e.number");
        selectCounts = connection.prepareStatement("select count(*), sum(e.weight), min(e.time) from posting p"
                + " cross join entry e on e.number = p.number where p.topic = ? and p.number > ?");
        insertCutId = connection.prepareStatement("insert or replace into cut_id (number, own) values (?, ?)");
    }

    /**
     * An event was added.
     *
     * @param replaced the number of the event with the same channel and key before it, or 0
     */
    void added(Channel channel, Entries.Row row, long replaced) throws SQLException {
        TopicRetention bounds = channel.bounds;
        if (bounds == null) {
            return;
        }
        if (channel.rule != digest(bounds)) {
            settle(channel, bounds);
            return;
        }
        channel.events++;
        channel.bytes += row.weight();
        if (channel.events == 1 || channel.expires == 0) {
            channel.expires = expiry(bounds, row.timeMillis());
        }
        if (bounds.keep() == TopicRetention.Keep.LATEST) {
            cutAllBut(channel, row.number());
        } else if (bounds.keep() == TopicRetention.Keep.LATEST_PER_KEY && replaced > state.floor) {
            cutReplaced(channel, replaced);
        }
        cutExcess(channel, bounds);
    }

    /** Counts what the channel has and applies its bounds. */
    void settle(Channel channel, TopicRetention bounds) throws SQLException {
        values.flush(); // the query looks at them
        channel.rule = digest(bounds);
        count(channel, bounds);
        channels.changed(channel);
        if (bounds.keep() == TopicRetention.Keep.LATEST) {
            cutAllBut(channel, channel.last);
        } else if (bounds.keep() == TopicRetention.Keep.LATEST_PER_KEY) {
            for (long number : replacedOf(channel)) {
                cutReplaced(channel, number);
            }
        }
        cutExcess(channel, bounds);
    }

    static boolean isSettled(Channel channel) {
        TopicRetention bounds = channel.bounds;
        return bounds == null || channel.rule == digest(bounds);
    }

    private void count(Channel channel, TopicRetention bounds) throws SQLException {
        selectCounts.setLong(1, channel.id);
        selectCounts.setLong(2, state.floor);
        try (ResultSet row = selectCounts.executeQuery()) {
            row.next();
            channel.events = row.getLong(1);
            channel.bytes = row.getLong(2);
            channel.expires = channel.events == 0 ? 0 : expiry(bounds, row.getLong(3));
        }
    }

    private List<Long> replacedOf(Channel channel) throws SQLException {
        List<Long> numbers = new ArrayList<>();
        selectReplaced.setLong(1, channel.id);
        selectReplaced.setLong(2, state.floor);
        try (ResultSet row = selectReplaced.executeQuery()) {
            while (row.next()) {
                numbers.add(row.getLong(1));
            }
        }
        return numbers;
    }

    private void cutAllBut(Channel channel, long newest) throws SQLException {
        while (channel.events > 1) {
            List<Entries.Row> rows = entries.oldestOf(channel.id, state.floor, CHUNK);
            for (Entries.Row row : rows) {
                if (row.number() == newest) {
                    return;
                }
                cut(channel, row, false);
            }
            if (rows.isEmpty()) {
                return;
            }
        }
    }

    private void cutReplaced(Channel channel, long number) throws SQLException {
        Entries.Row row = entries.find(number);
        if (row != null) {
            cut(channel, row, false);
        }
    }

    private void cutExcess(Channel channel, TopicRetention bounds) throws SQLException {
        while (exceeds(channel, bounds)) {
            List<Entries.Row> rows = entries.oldestOf(channel.id, state.floor, CHUNK);
            for (int i = 0; i < rows.size() && exceeds(channel, bounds); i++) {
                cut(channel, rows.get(i), true);
            }
            if (rows.isEmpty()) {
                return;
            }
        }
    }

    private static boolean exceeds(Channel channel, TopicRetention bounds) {
        return channel.events > bounds.maxEvents() || channel.bytes > bounds.maxBytes();
    }

    /** Cuts some of what is too old by its topic's bounds; {@return whether there may be more}. */
    boolean sweep(long nowMillis) throws SQLException {
        List<Long> ids = new ArrayList<>();
        selectExpired.setLong(1, nowMillis);
        selectExpired.setInt(2, CHUNK);
        try (ResultSet row = selectExpired.executeQuery()) {
            while (row.next()) {
                ids.add(row.getLong(1));
            }
        }
        int left = CHUNK * 4;
        for (int i = 0; i < ids.size() && left > 0; i++) {
            Channel channel = channels.find(ids.get(i));
            if (channel != null) {
                left -= 1 + cutExpired(channel, nowMillis);
            }
        }
        return left <= 0 || ids.size() == CHUNK;
    }

    private int cutExpired(Channel channel, long nowMillis) throws SQLException {
        channels.changed(channel);
        TopicRetention bounds = channel.bounds;
        if (bounds == null || expiry(bounds, 0) == 0) {
            channel.expires = 0;
            return 0;
        }
        List<Entries.Row> rows = entries.oldestOf(channel.id, state.floor, CHUNK);
        for (int i = 0; i < rows.size(); i++) {
            long expiry = expiry(bounds, rows.get(i).timeMillis());
            if (expiry >= nowMillis) {
                channel.expires = expiry;
                return i;
            }
            cut(channel, rows.get(i), true);
        }
        if (rows.size() < CHUNK) {
            channel.expires = 0; // it has nothing now
        }
        return rows.size();
    }

    private void cut(Channel channel, Entries.Row row, boolean isMissed) throws SQLException {
        entries.delete(row);
        oldest.remove(row.number());
        state.events--;
        state.bytes -= row.weight();
        channel.events--;
        channel.bytes -= row.weight();
        String own = row.own();
        if (own != null) {
            insertCutId.setLong(1, row.number());
            insertCutId.setString(2, own);
            insertCutId.executeUpdate();
        }
        channels.changed(channel);
        if (isMissed) {
            note(channel, row.number());
            for (long id : row.alternates()) {
                Channel alternate = channels.find(id);
                if (alternate != null) {
                    note(alternate, row.number());
                }
            }
            state.cut = Math.max(state.cut, row.number());
        }
    }

    private void note(Channel channel, long number) {
        channel.cut = Math.max(channel.cut, number);
        channels.changed(channel);
    }

    /** {@return when an event of this time exceeds its topic's age; 0 if never} */
    static long expiry(TopicRetention bounds, long timeMillis) {
        boolean never = bounds.maxAge().compareTo(TopicRetention.FOREVER) >= 0;
        return never ? 0 : timeMillis + bounds.maxAge().toMillis();
    }

    /** {@return a number for these bounds, the same in every process, and not 0} */
    static int digest(TopicRetention bounds) {
        int hash = Objects.hash(
                bounds.topics().text(), bounds.keep().name(), bounds.maxEvents(), bounds.maxBytes(), bounds.maxAge());
        return hash == 0 ? 1 : hash;
    }
}
