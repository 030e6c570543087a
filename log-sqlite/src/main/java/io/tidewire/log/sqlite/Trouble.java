package io.tidewire.log.sqlite;

import io.tidewire.log.LogException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What SQLite's failures mean to a caller, each kind told to the log file once when it begins and once when it is over. */
final class Trouble {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteLog.class);

    private final Path file;
    private final String kept;
    // Guarded by this: writer and readers have one each, but the readers are several.
    private Kind now = Kind.NONE;

    private enum Kind {
        NONE,
        FULL,
        CORRUPT,
        OTHER
    }

    /** Of the file in which the log, or the streams, are kept. */
    Trouble(Path file, String kept) {
        this.file = file;
        this.kept = kept;
    }

    /** {@return what to tell the caller} */
    synchronized LogException failed(Exception failure) {
        Kind kind = kindOf(failure);
        if (kind != now && now != Kind.CORRUPT) {
            now = kind;
            tell(kind, failure);
        }
        return switch (kind) {
            case FULL ->
                new LogException.Full(
                        "no room for the " + kept + " in " + file.getParent()
                                + " (expected: free space; delete what is not needed there, or keep less)",
                        failure);
            case CORRUPT ->
                new LogException.Unavailable(
                        "the file of the " + kept + ", " + file
                                + ", is damaged (expected: stop the hub, then see log-sqlite/README.md,"
                                + " \"When the file is damaged\")",
                        failure);
            default ->
                new LogException.Unavailable("the file of the " + kept + ", " + file + ", failed: " + failure, failure);
        };
    }

    private void tell(Kind kind, Exception failure) {
        switch (kind) {
            case FULL ->
                LOG.error(
                        "No room in {}: nothing can be written until there is; deliveries go on. Free space there or keep"
                                + " less; it goes on by itself then",
                        file.getParent(),
                        failure);
            case CORRUPT ->
                LOG.error(
                        "{} is damaged: stop the hub, keep a copy of the file, then restore a backup or recover it as"
                                + " log-sqlite/README.md says",
                        file,
                        failure);
            default ->
                LOG.error(
                        "{} failed: requests that need it are refused until it works again; see whether the disk does",
                        file,
                        failure);
        }
    }

    /** Something worked. A damaged file stays one, whatever of it can still be read: else every other request would be told. */
    synchronized void worked() {
        if (now != Kind.NONE && now != Kind.CORRUPT) {
            LOG.info("{} works again", file);
            now = Kind.NONE;
        }
    }

    private static Kind kindOf(Exception failure) {
        if (!(failure instanceof SQLiteException sqlite)) {
            return Kind.OTHER;
        }
        return switch (sqlite.getResultCode()) {
            // A quota that is used up shows as a failed write; a shared-memory file that cannot grow as the last three.
            case SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_SHMMAP, SQLITE_IOERR_SHMOPEN ->
                Kind.FULL;
            case SQLITE_CORRUPT, SQLITE_CORRUPT_INDEX, SQLITE_CORRUPT_SEQUENCE, SQLITE_CORRUPT_VTAB, SQLITE_NOTADB ->
                Kind.CORRUPT;
            default -> isCorrupt(sqlite.getResultCode()) ? Kind.CORRUPT : Kind.OTHER;
        };
    }

    private static boolean isCorrupt(SQLiteErrorCode code) {
        return code == SQLiteErrorCode.SQLITE_IOERR_CORRUPTFS || code == SQLiteErrorCode.SQLITE_IOERR_SHORT_READ;
    }

    static boolean isDamage(SQLException failure) {
        return kindOf(failure) == Kind.CORRUPT;
    }

    /** {@return whether it may be the fault of what was to be written, not of the disk or the file} */
    static boolean isOfOne(Exception failure) {
        return kindOf(failure) == Kind.OTHER;
    }
}
