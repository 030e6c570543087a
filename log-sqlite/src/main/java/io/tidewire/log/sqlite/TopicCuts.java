package io.tidewire.log.sqlite;

import io.tidewire.log.Audience;
import io.tidewire.log.Interest;
import io.tidewire.log.Retention;
import io.tidewire.log.TopicRetention;
import io.tidewire.log.Update;
import io.tidewire.log.UpdateCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What the bounds of single topics hide from a reader, and what of interest they have cut. Owned by one {@link Reader}. */
final class TopicCuts {
    /** Topics looked at for what is too old and not deleted yet: the writer does that several times a second. */
    private static final int MAX_CHANNELS = 256;

    /** Events of one such topic looked at. If there are more, the rest is told later. */
    private static final int MAX_EXPIRED = 64;

    private final Retention retention;
    private final UpdateCodec codec = new UpdateCodec();
    private final PreparedStatement selectCut;
    private final PreparedStatement selectExpired;
    private final PreparedStatement selectOf;

    TopicCuts(Connection connection, Retention retention) throws SQLException {
        this.retention = retention;
        selectCut = connection.prepareStatement("select cut from channel where name = ?");
        selectExpired = connection.prepareStatement("select id from channel where expires < ? and expires is not null"
                + " order by expires limit " + MAX_CHANNELS);
        selectOf = connection.prepareStatement("select e.number, e.time, e.body from posting p cross join entry e on"
                + " e.number = p.number where p.topic = ? and p.number > ? order by p.number limit " + MAX_EXPIRED);
    }

    /** {@return whether the event is too old by its topic's bounds} */
    boolean isExpired(Update update, long timeMillis, View view, long nowMillis) {
        if (view.expiresMillis() >= nowMillis) {
            return false;
        }
        TopicRetention bounds = retention.of(update.audience());
        long expiry = bounds == null ? 0 : TopicBounds.expiry(bounds, timeMillis);
        return expiry != 0 && expiry < nowMillis;
    }

    /** {@return the number up to which bounds of single topics cut something of interest after {@code after}, or 0} */
    long cutUpTo(Interest interest, long after, View view, long nowMillis) throws SQLException {
        long highest = 0;
        if (view.cut() > after) {
            highest = interest.anyTopic() ? view.cut() : deletedUpTo(interest);
        }
        if (view.expiresMillis() < nowMillis) {
            for (long channel : expired(nowMillis)) {
                highest = Math.max(highest, expiredUpTo(channel, interest, after, nowMillis));
            }
        }
        return highest > after ? highest : 0;
    }

    private long deletedUpTo(Interest interest) throws SQLException {
        long highest = 0;
        for (String topic : interest.topics()) {
            selectCut.setString(1, Channel.ofTopic(topic));
            try (ResultSet row = selectCut.executeQuery()) {
                highest = Math.max(highest, row.next() ? row.getLong(1) : 0);
            }
        }
        return highest;
    }

    private List<Long> expired(long nowMillis) throws SQLException {
        List<Long> ids = new ArrayList<>();
        selectExpired.setLong(1, nowMillis);
        try (ResultSet row = selectExpired.executeQuery()) {
            while (row.next()) {
                ids.add(row.getLong(1));
            }
        }
        return ids;
    }

    private long expiredUpTo(long channel, Interest interest, long after, long nowMillis) throws SQLException {
        long highest = 0;
        selectOf.setLong(1, channel);
        selectOf.setLong(2, after);
        try (ResultSet row = selectOf.executeQuery()) {
            while (row.next()) {
                Audience audience = codec.decode(row.getBytes(3)).audience();
                TopicRetention bounds = retention.of(audience);
                long expiry = bounds == null ? 0 : TopicBounds.expiry(bounds, row.getLong(2));
                if (expiry == 0 || expiry >= nowMillis) {
                    break;
                }
                if (interest.includes(audience)) {
                    highest = row.getLong(1);
                }
            }
        }
        return highest;
    }
}
