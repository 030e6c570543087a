package io.tidewire.log.sqlite;

import java.nio.file.Path;

/**
 * How a {@link SqliteLog} stores and what it lets wait. Immutable.
 *
 * <pre>{@code
 * SqliteConfig.in(Path.of("/var/lib/tidewire")).durability(Durability.NORMAL)
 * }</pre>
 *
 * @param directory where the database file stands; made if it is missing. One log at a time has it
 * @param durability what an acknowledgement promises
 * @param maxWaitingBytes most bytes of updates that wait to be written; beyond it appends fail at once. One append that is
 *     alone may exceed it
 * @param maxWaitingReads most reads that wait for a connection; beyond it they fail at once
 * @param readers how many reads run at the same time, each with a connection and a thread of its own
 */
public record SqliteConfig(
        Path directory, Durability durability, long maxWaitingBytes, int maxWaitingReads, int readers) {

    /** More than a second's worth for any disk; a publisher that comes after it is better told than kept waiting. */
    private static final long DEFAULT_WAITING_BYTES = 64L << 20;

    /** Every subscriber has one read under way at most: this is a machine's worth of them, some 20 MiB. */
    private static final int DEFAULT_WAITING_READS = 100_000;

    private static final int DEFAULT_READERS = 4;

    private static final int MAX_READERS = 64;

    /** What an acknowledgement promises. */
    public enum Durability {
        /** The event is on the disk: it outlives the process and the power. */
        FSYNC,
        /** The operating system has it: it outlives the process; a power failure may cost the newest ones. */
        NORMAL
    }

    /** Checks the bounds. */
    public SqliteConfig {
        if (directory.toString().indexOf('?') >= 0) {
            throw new IllegalArgumentException("directory: " + directory + " (expected: a path without '?')");
        }
        if (maxWaitingBytes < 1 || maxWaitingReads < 1) {
            throw new IllegalArgumentException("maxWaitingBytes, maxWaitingReads: " + maxWaitingBytes + ", "
                    + maxWaitingReads + " (expected: 1 or more)");
        }
        if (readers < 1 || readers > MAX_READERS) {
            throw new IllegalArgumentException("readers: " + readers + " (expected: 1 to " + MAX_READERS + ")");
        }
    }

    /** {@return the settings that fit most machines, for this directory: every acknowledged event is on the disk} */
    public static SqliteConfig in(Path directory) {
        return new SqliteConfig(
                directory, Durability.FSYNC, DEFAULT_WAITING_BYTES, DEFAULT_WAITING_READS, DEFAULT_READERS);
    }

    /** {@return a copy with this durability} */
    public SqliteConfig durability(Durability value) {
        return new SqliteConfig(directory, value, maxWaitingBytes, maxWaitingReads, readers);
    }

    /** {@return a copy with another bound of bytes waiting to be written} */
    public SqliteConfig maxWaitingBytes(long value) {
        return new SqliteConfig(directory, durability, value, maxWaitingReads, readers);
    }

    /** {@return a copy with another bound of waiting reads} */
    public SqliteConfig maxWaitingReads(int value) {
        return new SqliteConfig(directory, durability, maxWaitingBytes, value, readers);
    }

    /** {@return a copy with another number of readers} */
    public SqliteConfig readers(int value) {
        return new SqliteConfig(directory, durability, maxWaitingBytes, maxWaitingReads, value);
    }
}
