package io.tidewire.log.sqlite;

import io.tidewire.log.Audience;
import io.tidewire.log.Retention;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rows of {@code channel} that the writer works with; what a transaction changes is written at its end. Owned by the writer. */
final class Channels {
    /** Some 10 MiB, with short names. Beyond it the cache starts over, which costs a look-up for each that is used again. */
    private static final int MAX_CACHED = 20_000;

    private static final String COLUMNS = "id, name, used, last, rule, events, bytes, expires, cut";

    private final Retention retention;
    private final PreparedStatement byName;
    private final PreparedStatement byId;
    private final PreparedStatement insert;
    private final PreparedStatement update;
    private final PreparedStatement delete;
    private final Map<String, Channel> named = new HashMap<>();
    private final Map<Long, Channel> numbered = new HashMap<>();
    private final List<Channel> changed = new ArrayList<>();
    private long lastId;

    Channels(Connection connection, Retention retention) throws SQLException {
        this.retention = retention;
        byName = connection.prepareStatement("select " + COLUMNS + " from channel where name = ?");
        byId = connection.prepareStatement("select " + COLUMNS + " from channel where id = ?");
        insert = connection.prepareStatement(
                "insert into channel (used, last, rule, events, bytes, expires, cut, id, name) values (?, ?, ?, ?, ?, ?, ?, ?, ?)");
        update = connection.prepareStatement(
                "update channel set used = ?, last = ?, rule = ?, events = ?, bytes = ?, expires = ?, cut = ? where id = ?");
        delete = connection.prepareStatement("delete from channel where id = ?");
        try (Statement statement = connection.createStatement();
                ResultSet last = statement.executeQuery("select max(id) from channel")) {
            lastId = last.next() ? last.getLong(1) : 0;
        }
    }

    /** {@return the channel of this name, or null if there is none} */
    @Nullable
    Channel find(String name) throws SQLException {
        Channel cached = named.get(name);
        if (cached != null) {
            return cached;
        }
        byName.setString(1, name);
        return load(byName);
    }

    /** {@return the channel of this name; a new one if there was none} */
    Channel get(String name) throws SQLException {
        Channel found = find(name);
        if (found != null) {
            return found;
        }
        Channel made = create(++lastId, name);
        made.fresh = true;
        cache(made);
        return made;
    }

    /** {@return the channel with this id, or null if it is gone} */
    @Nullable
    Channel find(long id) throws SQLException {
        Channel cached = numbered.get(id);
        if (cached != null) {
            return cached;
        }
        byId.setLong(1, id);
        return load(byId);
    }

    private @Nullable Channel load(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                return null;
            }
            Channel channel = create(row.getLong(1), row.getString(2));
            channel.used = row.getLong(3);
            channel.last = row.getLong(4);
            channel.rule = row.getInt(5);
            channel.events = row.getLong(6);
            channel.bytes = row.getLong(7);
            channel.expires = row.getLong(8);
            channel.cut = row.getLong(9);
            cache(channel);
            return channel;
        }
    }

    private Channel create(long id, String name) {
        Audience topic = retention.topics().isEmpty() ? null : Channel.topicOf(name);
        return new Channel(id, name, topic == null ? null : retention.of(topic));
    }

    private void cache(Channel channel) {
        named.put(channel.name, channel);
        numbered.put(channel.id, channel);
    }

    /** Has the channel's row written at the end of the transaction. */
    void changed(Channel channel) {
        if (!channel.changed) {
            channel.changed = true;
            changed.add(channel);
        }
    }

    void flush() throws SQLException {
        for (Channel channel : changed) {
            PreparedStatement write = channel.fresh ? insert : update;
            write.setLong(1, channel.used);
            write.setLong(2, channel.last);
            write.setInt(3, channel.rule);
            write.setLong(4, channel.events);
            write.setLong(5, channel.bytes);
            if (channel.expires == 0) {
                write.setNull(6, Types.INTEGER);
            } else {
                write.setLong(6, channel.expires);
            }
            write.setLong(7, channel.cut);
            write.setLong(8, channel.id);
            if (channel.fresh) {
                write.setString(9, channel.name);
            }
            write.executeUpdate();
            channel.fresh = false;
            channel.changed = false;
        }
        changed.clear();
        if (named.size() > MAX_CACHED) {
            named.clear();
            numbered.clear();
        }
    }

    void delete(long id) throws SQLException {
        delete.setLong(1, id);
        delete.executeUpdate();
        Channel cached = numbered.remove(id);
        if (cached != null) {
            named.remove(cached.name);
        }
    }
}
