package io.tidewire.log.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rows of {@code value} that the writer works with; what a transaction changes is written at its end. Owned by the writer. */
final class Values {
    /** Some 5 MiB, with short names. Beyond it the cache starts over, which costs a look-up for each that is used again. */
    private static final int MAX_CACHED = 20_000;

    private final PreparedStatement select;
    private final PreparedStatement insert;
    private final PreparedStatement update;
    private final PreparedStatement selectObsolete;
    private final PreparedStatement delete;
    private final Map<Name, Value> cached = new HashMap<>();
    private final List<Value> changed = new ArrayList<>();
    private long lastId;

    Values(Connection connection) throws SQLException {
        select = connection.prepareStatement("select id, last from value where channel = ? and key = ?");
        insert = connection.prepareStatement("insert into value (last, id, channel, key) values (?, ?, ?, ?)");
        update = connection.prepareStatement("update value set last = ? where id = ?");
        selectObsolete = connection.prepareStatement("select id, channel, key from value where last <= ? limit ?");
        delete = connection.prepareStatement("delete from value where id = ?");
        try (Statement statement = connection.createStatement();
                ResultSet last = statement.executeQuery("select max(id) from value")) {
            lastId = last.next() ? last.getLong(1) : 0;
        }
    }

    /** {@return the value of this channel and key; a new one, with 0 as its newest event, if there was none} */
    Value get(long channel, @Nullable String key) throws SQLException {
        Name name = new Name(channel, key == null ? "" : ":" + key);
        Value known = cached.get(name);
        if (known == null) {
            known = load(name);
            cached.put(name, known);
        }
        return known;
    }

    private Value load(Name name) throws SQLException {
        select.setLong(1, name.channel);
        select.setString(2, name.key);
        try (ResultSet row = select.executeQuery()) {
            if (row.next()) {
                return new Value(row.getLong(1), name, row.getLong(2), false);
            }
        }
        return new Value(++lastId, name, 0, true);
    }

    /** Notes the newest event; {@return the one before, or 0}. */
    long moveTo(Value value, long number) {
        long before = value.last;
        value.last = number;
        if (!value.changed) {
            value.changed = true;
            changed.add(value);
        }
        return before;
    }

    void flush() throws SQLException {
        for (Value value : changed) {
            PreparedStatement write = value.fresh ? insert : update;
            write.setLong(1, value.last);
            write.setLong(2, value.id);
            if (value.fresh) {
                write.setLong(3, value.name.channel);
                write.setString(4, value.name.key);
            }
            write.executeUpdate();
            value.fresh = false;
            value.changed = false;
        }
        changed.clear();
        if (cached.size() > MAX_CACHED) {
            cached.clear();
        }
    }

    /** Deletes some values whose newest event is cut; {@return how many}. */
    int deleteUpTo(long floor, int most) throws SQLException {
        List<Long> ids = new ArrayList<>();
        selectObsolete.setLong(1, floor);
        selectObsolete.setInt(2, most);
        try (ResultSet row = selectObsolete.executeQuery()) {
            while (row.next()) {
                ids.add(row.getLong(1));
                cached.remove(new Name(row.getLong(2), row.getString(3)));
            }
        }
        for (long id : ids) {
            delete.setLong(1, id);
            delete.executeUpdate();
        }
        return ids.size();
    }

    record Name(long channel, String key) {}

    /** A channel's key, and the newest event that has it. */
    static final class Value {
        final long id;
        private final Name name;
        private long last;
        private boolean fresh;
        private boolean changed;

        Value(long id, Name name, long last, boolean fresh) {
            this.id = id;
            this.name = name;
            this.last = last;
            this.fresh = fresh;
        }
    }
}
