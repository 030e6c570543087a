package io.tidewire.log.sqlite;

import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamInfo;
import io.tidewire.stream.StreamPage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads streams by a connection of its own. Used by one thread at a time. */
final class StreamReader implements ReaderPool.Closing {
    private final Connection connection;
    private final Uses uses;
    private final PreparedStatement begin;
    private final PreparedStatement end;
    private final PreparedStatement selectStream;
    private final PreparedStatement selectAfter;
    private final PreparedStatement selectFrom;
    private final PreparedStatement selectChunks;

    private StreamReader(Connection connection, Uses uses) throws SQLException {
        this.connection = connection;
        this.uses = uses;
        begin = connection.prepareStatement("begin");
        end = connection.prepareStatement("commit");
        selectStream = connection.prepareStatement(StreamRow.SELECT + "name = ?");
        selectAfter = connection.prepareStatement(StreamRow.SELECT + "name > ? order by name");
        selectFrom = connection.prepareStatement(StreamRow.SELECT + "name >= ? order by name");
        selectChunks = connection.prepareStatement("select first, body from chunk where stream = ?1 and first >="
                + " (select max(first) from chunk where stream = ?1 and first <= ?2) order by first");
    }

    static StreamReader open(DatabaseFile file, Uses uses) throws SQLException {
        Connection connection = file.openToRead();
        try {
            return new StreamReader(connection, uses);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    Optional<StreamInfo> info(String name, long nowMillis) throws SQLException {
        return Optional.ofNullable(find(name, nowMillis)).map(StreamRow::info);
    }

    /** Reads in one transaction, so that all of its queries see the same. */
    Optional<StreamPage> page(String name, Offset after, int maxBytes, long nowMillis) throws SQLException {
        begin.executeUpdate();
        StreamRow row = find(name, nowMillis);
        StreamPage page = null;
        if (row != null) {
            uses.note(name, nowMillis);
            long start = Math.min(after.number(), row.tail());
            List<byte[]> messages = start == row.tail() ? List.of() : messages(row.id(), start, maxBytes);
            page = new StreamPage(row.spec(), new Offset(start), messages, new Offset(row.tail()), row.closed());
        }
        end.executeUpdate();
        return Optional.ofNullable(page);
    }

    private List<byte[]> messages(long stream, long start, int maxBytes) throws SQLException {
        PageOfStream page = new PageOfStream(maxBytes);
        selectChunks.setLong(1, stream);
        selectChunks.setLong(2, start);
        try (ResultSet chunk = selectChunks.executeQuery()) {
            boolean wanted = true;
            while (wanted && chunk.next()) {
                wanted = Chunk.decode(chunk.getBytes(2), start - chunk.getLong(1), page);
            }
        }
        return page.messages();
    }

    private @Nullable StreamRow find(String name, long nowMillis) throws SQLException {
        long usedMillis = uses.of(name);
        selectStream.setBytes(1, UtfName.encode(name));
        try (ResultSet found = selectStream.executeQuery()) {
            if (!found.next()) {
                return null;
            }
            StreamRow row = StreamRow.of(found).usedAt(usedMillis);
            return row.isExpired(nowMillis) ? null : row;
        }
    }

    List<StreamInfo> list(String prefix, String after, int limit, long nowMillis) throws SQLException {
        List<StreamInfo> found = new ArrayList<>();
        Map<String, Long> used = uses.all();
        boolean isWithin = after.compareTo(prefix) >= 0;
        PreparedStatement select = isWithin ? selectAfter : selectFrom;
        select.setBytes(1, UtfName.encode(isWithin ? after : prefix));
        try (ResultSet next = select.executeQuery()) {
            while (found.size() < limit && next.next()) {
                StreamRow stored = StreamRow.of(next);
                if (!stored.name().startsWith(prefix)) {
                    break;
                }
                StreamRow row = stored.usedAt(used.getOrDefault(stored.name(), 0L));
                if (!row.isExpired(nowMillis)) {
                    found.add(row.info());
                }
            }
        }
        return found;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
