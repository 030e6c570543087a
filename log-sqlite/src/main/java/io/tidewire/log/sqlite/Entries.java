package io.tidewire.log.sqlite;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of {@code entry} and {@code posting}, for the writer. */
final class Entries {
    private static final long[] NONE = {};

    private static final String COLUMNS = "e.number, e.time, e.weight, e.own, e.alternates, e.channel";

    private final PreparedStatement insert;
    private final PreparedStatement insertPosting;
    private final PreparedStatement indexFirst;
    private final PreparedStatement selectAlternates;
    private final PreparedStatement delete;
    private final PreparedStatement deletePosting;
    private final PreparedStatement select;
    private final PreparedStatement selectOf;
    private final PreparedStatement selectFirst;

    /**
     * An event without its body.
     *
     * @param alternates the ids of the topics other than its first
     */
    record Row(
            long number,
            long timeMillis,
            long weight,
            @Nullable String own,
            long[] alternates,
            long channel) {}

    Entries(Connection connection) throws SQLException {
        insert = connection.prepareStatement("insert into entry (number, time, weight, channel, value, own, alternates,"
                + " body) values (?, ?, ?, ?, ?, ?, ?, ?)");
        insertPosting = connection.prepareStatement("insert or ignore into posting (topic, number) values (?, ?)");
        indexFirst = connection.prepareStatement("insert or ignore into posting (topic, number)"
                + " select channel, number from entry where number > ? order by channel, number");
        selectAlternates = connection.prepareStatement(
                "select " + COLUMNS + " from entry e where number > ? and alternates is not null");
        delete = connection.prepareStatement("delete from entry where number = ?");
        deletePosting = connection.prepareStatement("delete from posting where topic = ? and number = ?");
        select = connection.prepareStatement("select " + COLUMNS + " from entry e where number = ?");
        selectOf = connection.prepareStatement("select " + COLUMNS + " from posting p cross join entry e on e.number ="
                + " p.number where p.topic = ? and p.number > ? order by p.number limit ?");
        selectFirst = connection.prepareStatement(
                "select " + COLUMNS + " from entry e where number <= ? order by number limit ?");
    }

    /** Inserts an event, which is not in the index yet. */
    void insert(Row row, long value, byte[] body) throws SQLException {
        insert.setLong(1, row.number);
        insert.setLong(2, row.timeMillis);
        insert.setLong(3, row.weight);
        insert.setLong(4, row.channel);
        insert.setLong(5, value);
        insert.setString(6, row.own);
        insert.setBytes(7, row.alternates.length == 0 ? null : bytes(row.alternates));
        insert.setBytes(8, body);
        insert.executeUpdate();
    }

    /** Puts an event into the index. */
    void index(Row row) throws SQLException {
        post(insertPosting, row);
    }

    /** Puts all events after this number into the index, topic by topic: so a page of it is changed once for many events. */
    void indexAfter(long number) throws SQLException {
        indexFirst.setLong(1, number);
        indexFirst.executeUpdate();
        selectAlternates.setLong(1, number);
        for (Row row : rows(selectAlternates)) {
            post(insertPosting, row);
        }
    }

    void delete(Row row) throws SQLException {
        delete.setLong(1, row.number);
        delete.executeUpdate();
        post(deletePosting, row);
    }

    private static void post(PreparedStatement statement, Row row) throws SQLException {
        statement.setLong(2, row.number);
        statement.setLong(1, row.channel);
        statement.executeUpdate();
        for (long alternate : row.alternates) {
            statement.setLong(1, -alternate);
            statement.executeUpdate();
        }
    }

    /** {@return the event of this number, or null if it is gone} */
    @Nullable
    Row find(long number) throws SQLException {
        select.setLong(1, number);
        List<Row> found = rows(select);
        return found.isEmpty() ? null : found.get(0);
    }

    /** {@return the oldest events after {@code after} that have the channel as their first topic} */
    List<Row> oldestOf(long channel, long after, int most) throws SQLException {
        selectOf.setLong(1, channel);
        selectOf.setLong(2, after);
        selectOf.setInt(3, most);
        return rows(selectOf);
    }

    /** {@return the oldest events up to this number} */
    List<Row> upTo(long number, int most) throws SQLException {
        selectFirst.setLong(1, number);
        selectFirst.setInt(2, most);
        return rows(selectFirst);
    }

    private static List<Row> rows(PreparedStatement statement) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                rows.add(new Row(
                        row.getLong(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getString(4),
                        longs(row.getBytes(5)),
                        row.getLong(6)));
            }
        }
        return rows;
    }

    private static byte[] bytes(long[] numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Long.BYTES);
        bytes.asLongBuffer().put(numbers);
        return bytes.array();
    }

    private static long[] longs(byte @Nullable [] bytes) {
        if (bytes == null) {
            return NONE;
        }
        long[] numbers = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).asLongBuffer().get(numbers);
        return numbers;
    }
}
