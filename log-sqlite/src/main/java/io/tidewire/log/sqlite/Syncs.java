package io.tidewire.log.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Says which commits wait for the disk: those that somebody is told of. What is lost of the others is done again. */
final class Syncs {
    private final PreparedStatement durably;
    private final PreparedStatement lazily;
    private boolean syncs = true;

    Syncs(Connection connection, SqliteConfig.Durability durability) throws SQLException {
        boolean sync = durability == SqliteConfig.Durability.FSYNC;
        durably = connection.prepareStatement("pragma synchronous = " + (sync ? "full" : "normal"));
        lazily = connection.prepareStatement("pragma synchronous = normal");
    }

    /** Before a transaction begins. */
    void want(boolean wanted) throws SQLException {
        if (wanted != syncs) {
            (wanted ? durably : lazily).executeUpdate();
            syncs = wanted;
        }
    }
}
