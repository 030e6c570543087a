package io.tidewire.log.sqlite;

import io.tidewire.stream.Producer;
import io.tidewire.stream.StreamSpec;
import io.tidewire.stream.StreamState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tables of the streams, row by row. Owned by the writer. */
final class StreamTables {
    private final PreparedStatement selectStream;
    private final PreparedStatement insertStream;
    private final PreparedStatement insertSpec;
    private final PreparedStatement updateStream;
    private final PreparedStatement insertChunk;
    private final PreparedStatement selectProducer;
    private final PreparedStatement putProducer;
    private final PreparedStatement selectDue;
    private final PreparedStatement updateExpires;
    private final PreparedStatement updateLastUse;
    private final PreparedStatement markDeleted;

    StreamTables(Connection connection) throws SQLException {
        selectStream = connection.prepareStatement(StreamRow.SELECT + "name = ?");
        insertStream = connection.prepareStatement("insert into stream (name, created, last_use, expires, tail, bytes,"
                + " closed) values (?, ?, ?, ?, 0, 0, 0) returning id");
        insertSpec = connection.prepareStatement("insert into spec values (?, ?)");
        updateStream = connection.prepareStatement(
                "update stream set last_use = ?, tail = ?, bytes = ?, closed = ?, seq = ? where id = ?");
        insertChunk = connection.prepareStatement("insert into chunk values (?, ?, ?)");
        selectProducer = connection.prepareStatement("select epoch, seq from producer where stream = ? and id = ?");
        putProducer = connection.prepareStatement("insert or replace into producer values (?, ?, ?, ?)");
        selectDue = connection.prepareStatement("select name from stream where expires <= ? order by expires limit ?");
        updateExpires = connection.prepareStatement("update stream set expires = ? where id = ?");
        updateLastUse = connection.prepareStatement("update stream set last_use = max(last_use, ?) where name = ?");
        markDeleted = connection.prepareStatement("update stream set name = null, expires = null where id = ?");
    }

    @Nullable
    StreamRow find(String name) throws SQLException {
        selectStream.setBytes(1, UtfName.encode(name));
        try (ResultSet row = selectStream.executeQuery()) {
            return row.next() ? StreamRow.of(row) : null;
        }
    }

    StreamRow insert(String name, StreamSpec spec, long nowMillis) throws SQLException {
        StreamRow draft = new StreamRow(0, name, spec, nowMillis, nowMillis, 0, 0, false, null);
        insertStream.setBytes(1, UtfName.encode(name));
        insertStream.setLong(2, nowMillis);
        insertStream.setLong(3, nowMillis);
        insertStream.setObject(4, draft.expiresMillis());
        long id;
        try (ResultSet row = insertStream.executeQuery()) {
            row.next();
            id = row.getLong(1);
        }
        insertSpec.setLong(1, id);
        insertSpec.setBytes(2, StreamRow.encode(spec));
        insertSpec.executeUpdate();
        return new StreamRow(id, name, spec, nowMillis, nowMillis, 0, 0, false, null);
    }

    /** Writes everything that an append changes. */
    void update(StreamRow row) throws SQLException {
        updateStream.setLong(1, row.lastUseMillis());
        updateStream.setLong(2, row.tail());
        updateStream.setLong(3, row.bytes());
        updateStream.setBoolean(4, row.closed());
        updateStream.setString(5, row.seq());
        updateStream.setLong(6, row.id());
        updateStream.executeUpdate();
    }

    /** Adds messages after so many. */
    void add(long stream, long first, List<byte[]> messages) throws SQLException {
        for (int from = 0; from < messages.size(); ) {
            int count = Chunk.count(messages, from);
            insertChunk.setLong(1, stream);
            insertChunk.setLong(2, first + from);
            insertChunk.setBytes(3, Chunk.encode(messages.subList(from, from + count)));
            insertChunk.executeUpdate();
            from += count;
        }
    }

    StreamState.@Nullable Progress progress(long stream, String producer) throws SQLException {
        selectProducer.setLong(1, stream);
        selectProducer.setBytes(2, UtfName.encode(producer));
        try (ResultSet row = selectProducer.executeQuery()) {
            return row.next() ? new StreamState.Progress(row.getLong(1), row.getLong(2)) : null;
        }
    }

    void put(long stream, Producer producer) throws SQLException {
        putProducer.setLong(1, stream);
        putProducer.setBytes(2, UtfName.encode(producer.id()));
        putProducer.setLong(3, producer.epoch());
        putProducer.setLong(4, producer.seq());
        putProducer.executeUpdate();
    }

    /** {@return the names of streams that may have expired} */
    List<String> due(long nowMillis, int most) throws SQLException {
        selectDue.setLong(1, nowMillis);
        selectDue.setInt(2, most);
        List<String> names = new ArrayList<>();
        try (ResultSet row = selectDue.executeQuery()) {
            while (row.next()) {
                names.add(UtfName.decode(row.getBytes(1)));
            }
        }
        return names;
    }

    /** Looks again at that time. */
    void postpone(StreamRow row) throws SQLException {
        updateExpires.setObject(1, row.expiresMillis());
        updateExpires.setLong(2, row.id());
        updateExpires.executeUpdate();
    }

    void noteUse(String name, long millis) throws SQLException {
        updateLastUse.setLong(1, millis);
        updateLastUse.setBytes(2, UtfName.encode(name));
        updateLastUse.executeUpdate();
    }

    /** Frees the name; the rest is deleted a little at a time. */
    void markDeleted(long stream) throws SQLException {
        markDeleted.setLong(1, stream);
        markDeleted.executeUpdate();
    }
}
