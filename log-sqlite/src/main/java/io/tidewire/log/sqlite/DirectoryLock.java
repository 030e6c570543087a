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

/** Keeps a directory for one log. The operating system lets go of it when the process ends, however it ends. */
final class DirectoryLock implements AutoCloseable {
    private static final String FILE = "tidewire.lock";

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Makes the directory if it is missing, and locks it. */
    static DirectoryLock take(Path directory) {
        try {
            if (!Files.isDirectory(directory)) { // JDK 17 does not take a link to one for one
                Files.createDirectories(directory);
            }
            FileChannel channel =
                    FileChannel.open(directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
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

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
