package io.tidewire.log.sqlite;

import io.tidewire.log.TopicRetention;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Deletes what nobody sees any more, a little at a time. Owned by the writer. */
final class Trimmer {
    /** Channels looked at in one step: about a millisecond. */
    private static final int WALK = 200;

    /** Whoever saw such an event last is a moment behind, not a day. */
    private static final int MAX_CUT_IDS = 100_000;

    private final State state;
    private final Channels channels;
    private final Values values;
    private final Entries entries;
    private final TopicBounds topicBounds;
    private final PreparedStatement selectChannels;
    private final PreparedStatement deleteCutIds;
    private final PreparedStatement deleteExcessCutIds;
    /** Up to here everything is deleted. */
    private long trimmed;

    private boolean hasValues = true;
    private long walked;
    private boolean isSettled;

    Trimmer(
            Connection connection,
            State state,
            Channels channels,
            Values values,
            Entries entries,
            TopicBounds topicBounds)
            throws SQLException {
        this.state = state;
        this.channels = channels;
        this.values = values;
        this.entries = entries;
        this.topicBounds = topicBounds;
        selectChannels =
                connection.prepareStatement("select id, used from channel where id > ? order by id limit " + WALK);
        deleteCutIds = connection.prepareStatement(
                "delete from cut_id where number in (select number from cut_id where number <= ? limit ?)");
        deleteExcessCutIds = connection.prepareStatement("delete from cut_id where number <="
                + " (select number from cut_id order by number desc limit 1 offset " + MAX_CUT_IDS + ")");
    }

    /** {@return whether something waits to be deleted} */
    boolean hasGarbage() {
        return trimmed < state.floor || hasValues;
    }

    void trim(int most) throws SQLException {
        List<Entries.Row> rows = trimmed < state.floor ? entries.upTo(state.floor, most) : List.of();
        for (Entries.Row row : rows) {
            entries.delete(row);
        }
        boolean all = rows.size() < most;
        if (all) {
            hasValues = values.deleteUpTo(state.floor, most) == most;
        } else {
            hasValues = true;
        }
        trimmed = all ? state.floor : rows.get(rows.size() - 1).number();
        deleteCutIds.setLong(1, state.floor);
        deleteCutIds.setInt(2, most);
        deleteCutIds.executeUpdate();
    }

    /** Looks at the next channels: those that nothing refers to go, those whose bounds have changed get them applied. */
    void walk() throws SQLException {
        List<Long> obsolete = new ArrayList<>();
        List<Long> others = new ArrayList<>();
        selectChannels.setLong(1, walked);
        try (ResultSet row = selectChannels.executeQuery()) {
            while (row.next()) {
                walked = row.getLong(1);
                (row.getLong(2) <= state.floor ? obsolete : others).add(walked);
            }
        }
        for (long id : obsolete) {
            channels.delete(id);
        }
        if (!isSettled && state.rules != 0) {
            for (long id : others) {
                settle(channels.find(id));
            }
        }
        if (obsolete.size() + others.size() < WALK) {
            walked = 0;
            isSettled = true;
            deleteExcessCutIds.executeUpdate();
        }
    }

    private void settle(@Nullable Channel channel) throws SQLException {
        TopicRetention bounds = channel == null ? null : channel.bounds;
        if (channel != null && bounds != null && !TopicBounds.isSettled(channel)) {
            topicBounds.settle(channel, bounds);
        }
    }
}
