package io.tidewire.log.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Moves what the write-ahead log has into the database, and gives free pages back to the disk. Owned by the writer. */
final class Checkpoints {
    /*
     * SQLite would checkpoint within a commit; here it is done after the answer, when about this much has been written. A checkpoint
     * cannot pass what a reader still looks at, but our readers look for milliseconds; the next commit after a complete one starts the
     * file from its beginning. Only a long read from outside (a backup) lets it grow, and then for as long as it takes.
     */
    private static final long EVERY_BYTES = 4L << 20;

    /** What one transaction writes beside the bodies: the pages of the indexes, roughly. */
    private static final long TRANSACTION_BYTES = 32 << 10;

    private static final int WASTE_PAGES = 2048;
    private static final int GIVE_BACK_PAGES = 256;

    private final Connection connection;
    private final PreparedStatement checkpoint;
    private final PreparedStatement freePages;
    private final PreparedStatement allPages;
    private long written;

    Checkpoints(Connection connection) throws SQLException {
        this.connection = connection;
        checkpoint = connection.prepareStatement("pragma wal_checkpoint(passive)");
        freePages = connection.prepareStatement("pragma freelist_count");
        allPages = connection.prepareStatement("pragma page_count");
    }

    /** So much was committed, with its transaction. */
    void wrote(long bytes) {
        written += 2 * bytes + TRANSACTION_BYTES;
    }

    void runIfDue() throws SQLException {
        if (written >= EVERY_BYTES) {
            written = 0;
            number(checkpoint);
        }
    }

    /** Makes the file smaller by some pages if much of it is unused; {@return whether it did}. */
    boolean giveBack() throws SQLException {
        long free = number(freePages);
        if (free < WASTE_PAGES || free < number(allPages) / 4) {
            return false;
        }
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("pragma incremental_vacuum(" + GIVE_BACK_PAGES + ")");
        }
        wrote(GIVE_BACK_PAGES * 4096L);
        return number(freePages) < free; // a file that was recovered by hand may not be able to shrink
    }

    private static long number(PreparedStatement pragma) throws SQLException {
        try (ResultSet row = pragma.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }
}
