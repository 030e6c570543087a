package io.tidewire.log.sqlite;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The tables, and the way from each earlier version to the next: {@code schema-1.sql} makes version 1, and so on. */
final class Schema {
    static final int VERSION = 1;

    private Schema() {}

    /** Makes everything in an empty database. */
    static void create(Connection connection) throws SQLException {
        migrate(connection);
        String first = "insert into state values (1, ?, 0, 0, 0, 0, 0, 0, 0)";
        try (PreparedStatement insert = connection.prepareStatement(first)) {
            insert.setString(1, Place.newEpoch());
            insert.executeUpdate();
        }
    }

    /** Brings the tables to {@link #VERSION}, each step in a transaction of its own. */
    static void migrate(Connection connection) throws SQLException {
        for (int next = versionOf(connection) + 1; next <= VERSION; next++) {
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

    private static String script(int version) {
        String name = "schema-" + version + ".sql";
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
