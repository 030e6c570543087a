package io.tidewire.log.sqlite;

import io.tidewire.log.EventLog;
import io.tidewire.log.Retention;
import io.tidewire.testkit.EventLogContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.io.TempDir;

/** What every log promises, kept by this one. */
class SqliteLogTest extends EventLogContract {
    @TempDir
    static Path root;

    @Override
    protected EventLog open(Retention retention, InstantSource clock) {
        try {
            // Only that it is durable is left to others: the syncs of some ten thousand appends take minutes.
            SqliteConfig config =
                    SqliteConfig.in(Files.createTempDirectory(root, "log")).durability(SqliteConfig.Durability.NORMAL);
            return SqliteLog.open(config, retention, clock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
