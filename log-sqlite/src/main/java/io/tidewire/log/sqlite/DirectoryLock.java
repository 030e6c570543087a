package io.tidewire.log.sqlite;

import io.tidewire.log.LogException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a directory for one log, or one store of streams. The operating system lets go of it when the process ends, however it ends. */
final class DirectoryLock {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteLog.class);

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Makes the directory if it is missing, and locks this file in it. */
    static DirectoryLock take(Path directory, String file) {
        try {
            if (!Files.isDirectory(directory)) { // JDK 17 does not take a link to one for one
                Files.createDirectories(directory);
            }
            FileChannel channel =
                    FileChannel.open(directory.resolve(file), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new LogException.Unavailable(
                        "data directory: " + directory
                                + " (expected: one that no other hub has open; stop that one, or give this one another directory)");
            }
            return new DirectoryLock(channel);
        } catch (IOException e) {
            throw new LogException.Unavailable(
                    "data directory: " + directory
                            + " (expected: a directory that this user may create files in; see its owner and permissions): "
                            + e,
                    e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException inThisProcess) {
            return null;
        }
    }

    void release() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("The data directory's lock could not be released; it is when the process ends", e);
        }
    }
}
