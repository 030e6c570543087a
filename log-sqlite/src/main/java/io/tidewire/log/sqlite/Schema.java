package io.tidewire.log.sqlite;

import io.tidewire.log.NumberedPosition;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** What a database of ours holds, and the way from each earlier version to the next: {@code schema-1.sql} makes version 1, and so on. */
enum Schema {
    /** The events, in {@code tidewire.db}. */
    LOG("tidewire.db", 0x54696465, "schema", 1) { // "Tide"
        /** So many digits are 62 bits: no two databases ever draw the same. */
        private static final int EPOCH_DIGITS = 12;

        @Override
        void begin(Connection connection) throws SQLException {
            String first = "insert into state values (1, ?, 0, 0, 0, 0, 0, 0, 0, 0)";
            try (PreparedStatement insert = connection.prepareStatement(first)) {
                insert.setString(1, NumberedPosition.newEpoch(new SecureRandom(), EPOCH_DIGITS));
                insert.executeUpdate();
            }
        }

        @Override
        @Nullable
        String damage(Statement statement) throws SQLException {
            long head;
            try (ResultSet state = statement.executeQuery("select head, floor, events from state")) {
                head = state.next() ? state.getLong(1) : -1;
                if (head < 0 || state.getLong(2) > head || state.getLong(3) > head) {
                    return "counts that fit together";
                }
            }
            String newest = "select number, length(body) from entry order by number desc limit 1";
            try (ResultSet entry = statement.executeQuery(newest)) {
                return entry.next() && entry.getLong(1) > head ? "no event after " + head : null;
            }
        }
    },

    /** The streams, in {@code streams.db}. */
    STREAMS("streams.db", 0x54696473, "streams", 1) { // "Tids"
        @Override
        void begin(Connection connection) {}

        @Override
        @Nullable
        String damage(Statement statement) throws SQLException {
            try (ResultSet newest = statement.executeQuery(
                    "select tail, bytes, (select coalesce(max(first), 0) from chunk where chunk.stream = stream.id)"
                            + " from stream order by id desc limit 1")) {
                boolean fits = !newest.next() || (newest.getLong(1) >= newest.getLong(3) && newest.getLong(2) >= 0);
                return fits ? null : "counts that fit together";
            }
        }
    };

    private final String file;
    private final int applicationId;
    private final String scripts;
    private final int version;

    Schema(String file, int applicationId, String scripts, int version) {
        this.file = file;
        this.applicationId = applicationId;
        this.scripts = scripts;
        this.version = version;
    }

    String file() {
        return file;
    }

    /** {@return what the file's header says, to tell it from other programs' and from our other one} */
    int applicationId() {
        return applicationId;
    }

    int version() {
        return version;
    }

    /** Writes what stands in every database from its beginning. */
    abstract void begin(Connection connection) throws SQLException;

    /** {@return what was expected of the newest rows and is not so, if it is seen at no cost; else null} */
    abstract @Nullable String damage(Statement statement) throws SQLException;

    /** Makes everything in an empty database. */
    void create(Connection connection) throws SQLException {
        migrate(connection);
        begin(connection);
    }

    /** Brings the tables to this version, each step in a transaction of its own. */
    void migrate(Connection connection) throws SQLException {
        for (int next = versionOf(connection) + 1; next <= version; next++) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate(script(next));
                statement.executeUpdate("pragma user_version = " + next);
                connection.commit();
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    static int versionOf(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet version = statement.executeQuery("pragma user_version")) {
            return version.next() ? version.getInt(1) : 0;
        }
    }

    private String script(int step) {
        String name = scripts + "-" + step + ".sql";
        try (InputStream in = Schema.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource: " + name + " is missing (expected: in the jar)");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
