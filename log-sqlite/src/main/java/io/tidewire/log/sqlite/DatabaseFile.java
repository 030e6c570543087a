package io.tidewire.log.sqlite;

import io.tidewire.log.LogException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/** The database file: made if it is missing, looked at before it is opened, and opened. */
final class DatabaseFile {
    /*
     * A file that is not ours or is damaged is never written to. So what can be seen without SQLite is looked at first (SQLite
     * replays a journal as soon as it reads), then as much as a connection that cannot write can see at no cost.
     *
     * A new database is made under another name and renamed: there is no moment at which a crash leaves half of one.
     */
    private static final String MAGIC = "SQLite format 3\0";

    // Where SQLite's header has what: its file format, section 1.3.
    private static final int HEADER_BYTES = 100;
    private static final int PAGE_SIZE_AT = 16;
    private static final int PAGES_AT = 28;
    private static final int VERSION_AT = 60;
    private static final int APPLICATION_ID_AT = 68;

    private final Path path;
    private final Schema schema;

    private DatabaseFile(Path path, Schema schema) {
        this.path = path;
        this.schema = schema;
    }

    Path path() {
        return path;
    }

    /** {@return the file of this directory, which the caller has locked} Makes it if it is missing, refuses it if it is not sound. */
    static DatabaseFile in(Path directory, Schema schema) {
        DatabaseFile file = new DatabaseFile(directory.resolve(schema.file()), schema);
        try {
            if (!Files.exists(file.path)) {
                file.create();
            }
            file.checkHeader();
            file.checkContent();
            file.prepare();
            return file;
        } catch (IOException | SQLException e) {
            throw file.refused("a file that can be read and written; see its owner, permissions and disk", e);
        }
    }

    private void create() throws IOException, SQLException {
        Path journal = path.resolveSibling(schema.file() + "-wal");
        if (Files.exists(journal)) {
            throw new LogException.Unavailable(
                    "database: " + path + " is missing but " + journal
                            + " is there (expected: both or none; put the database back, or move the other away to begin anew)");
        }
        String freshFile = schema.file() + ".new";
        Path fresh = path.resolveSibling(freshFile);
        Files.deleteIfExists(fresh); // of a start that was interrupted; never anyone's data
        Files.deleteIfExists(path.resolveSibling(freshFile + "-journal"));
        try (Connection connection = new SQLiteConfig().createConnection("jdbc:sqlite:" + fresh);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("pragma auto_vacuum = incremental"); // before anything is in it, or never
            statement.executeUpdate("pragma application_id = " + schema.applicationId());
            schema.create(connection);
            statement.execute("pragma journal_mode = wal");
        }
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel channel = FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private void checkHeader() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        long size;
        // Before SQLite opens it: closing a file drops all locks that this process has on it.
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            size = channel.size();
            while (header.hasRemaining() && channel.read(header) >= 0) {
                // goes on
            }
        }
        byte[] magic = MAGIC.getBytes(StandardCharsets.US_ASCII);
        header.flip();
        if (header.limit() < HEADER_BYTES || !ByteBuffer.wrap(magic).equals(header.slice(0, magic.length))) {
            throw refused("a database that Tidewire made; this is no SQLite database, or a damaged one. Move it away to"
                    + " begin anew, or restore a backup");
        }
        if (header.getInt(APPLICATION_ID_AT) != schema.applicationId()) {
            throw refused(
                    "a database that Tidewire made; this one is another program's. Give the hub a directory of its own");
        }
        int version = header.getInt(VERSION_AT);
        checkVersion(version);
        int pageSize = Short.toUnsignedInt(header.getShort(PAGE_SIZE_AT));
        long bytes = Integer.toUnsignedLong(header.getInt(PAGES_AT)) * (pageSize == 1 ? 1 << 16 : pageSize);
        if (size < bytes && !Files.exists(path.resolveSibling(schema.file() + "-wal"))) {
            throw refused(bytes + " bytes, not " + size + "; it was cut off. Restore a backup");
        }
    }

    private void checkVersion(int version) {
        if (version < 1 || version > schema.version()) {
            throw refused("version 1 to " + schema.version() + ", not " + version
                    + "; a later Tidewire wrote it: use that one, or a backup from before");
        }
    }

    private void checkContent() {
        try (Connection connection = openToRead();
                Statement statement = connection.createStatement()) {
            checkVersion(Schema.versionOf(connection)); // the header's may be behind what the write-ahead log has
            String damage = schema.damage(statement);
            if (damage != null) {
                throw refused(damage + "; it is damaged. Restore a backup");
            }
        } catch (SQLException e) {
            String expected = Trouble.isDamage(e)
                    ? "a sound database; it is damaged. Keep a copy, then restore a backup or recover it as"
                            + " log-sqlite/README.md says"
                    : "a file that can be read and written; see its owner, permissions and disk";
            throw refused(expected, e);
        }
    }

    private void prepare() throws SQLException {
        try (Connection connection = openToWrite(SqliteConfig.Durability.FSYNC);
                Statement statement = connection.createStatement()) {
            schema.migrate(connection);
            // A backup made by `vacuum into` is not in this mode any more.
            try (ResultSet mode = statement.executeQuery("pragma journal_mode = wal")) {
                if (!mode.next() || !mode.getString(1).equals("wal")) {
                    throw refused("a file system on which SQLite's write-ahead log works: a local disk");
                }
            }
        }
    }

    /** {@return the one connection that writes} */
    Connection openToWrite(SqliteConfig.Durability durability) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE); // what is not there any more is not made anew
        config.setBusyTimeout(5000); // for an administrator's sqlite3 that writes
        config.setSynchronous(
                durability == SqliteConfig.Durability.FSYNC
                        ? SQLiteConfig.SynchronousMode.FULL
                        : SQLiteConfig.SynchronousMode.NORMAL);
        config.setWalAutocheckpoint(4000); // the writer does it earlier, after it has answered: Checkpoints
        config.setJournalSizeLimit(64 << 20);
        config.setCacheSize(-32_000); // KiB
        return config.createConnection("jdbc:sqlite:" + path);
    }

    /** {@return a connection that cannot write} */
    Connection openToRead() throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(5000);
        config.setCacheSize(-4_000); // KiB, for each reader
        return config.createConnection("jdbc:sqlite:" + path);
    }

    static LogException.Unavailable cannotOpen(Path directory, Schema schema, SQLException cause) {
        return new LogException.Unavailable(
                "database: " + directory.resolve(schema.file())
                        + " (expected: one that can be opened and written; see its permissions and disk): " + cause,
                cause);
    }

    private LogException.Unavailable refused(String expected) {
        return new LogException.Unavailable("database: " + path + " (expected: " + expected + ")");
    }

    private LogException.Unavailable refused(String expected, Exception cause) {
        return new LogException.Unavailable("database: " + path + " (expected: " + expected + "): " + cause, cause);
    }
}
