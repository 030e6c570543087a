package io.tidewire.log.sqlite;

import io.tidewire.stream.StreamLimits;
import io.tidewire.stream.StreamStore;
import io.tidewire.testkit.StreamStoreContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.io.TempDir;

/** What every store of streams promises, kept by this one. */
class SqliteStreamStoreTest extends StreamStoreContract {
    @TempDir
    static Path root;

    @Override
    protected StreamStore open(StreamLimits limits, InstantSource clock) {
        try {
            // Only that it is durable is left to others: the syncs of some ten thousand appends take minutes.
            SqliteConfig config = SqliteConfig.in(Files.createTempDirectory(root, "streams"))
                    .durability(SqliteConfig.Durability.NORMAL);
            return SqliteStreamStore.open(config, limits, clock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
