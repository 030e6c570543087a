package io.tidewire.server;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * What one client, and all of them, may take (S21). Immutable; start from {@link #defaults}.
 *
 * @param maxConnections sockets in all
 * @param maxConnectionsPerAddress streams of one client address; 0 for any number
 * @param maxConnectionsPerUser streams of one user; 0 for any number
 * @param publishesPerSecond publishes taken per second in all; 0 for any number
 * @param maxBodyBytes the body of a single publish, or one line of a batch
 * @param maxHeadBytes the request line, and the header fields
 * @param maxTopics topics and patterns of one stream
 * @param maxStreamsPerConnection streams and requests at once on one connection of HTTP/2 or HTTP/3
 * @param deadPeer after what time a peer that vanished without a word is taken for gone; 0 for whenever the system notices
 * @param headTimeout how long a request's head may take
 * @param bodyTimeout how long a request's body may pause
 * @param idleTimeout how long a connection may wait for its next request
 */
public record Limits(
        int maxConnections,
        int maxConnectionsPerAddress,
        int maxConnectionsPerUser,
        int publishesPerSecond,
        int maxBodyBytes,
        int maxHeadBytes,
        int maxTopics,
        int maxStreamsPerConnection,
        Duration deadPeer,
        Duration headTimeout,
        Duration bodyTimeout,
        Duration idleTimeout) {

    private static final int UNKNOWN_CONNECTIONS = 100_000;

    /** Jars, logs, stores, and sockets that linger for a moment after they were refused. */
    private static final long OTHER_FILES = 1000;

    /** Checks every bound. */
    public Limits {
        require("limits.connections", maxConnections, 1);
        require("limits.connections-per-address", maxConnectionsPerAddress, 0);
        require("limits.connections-per-user", maxConnectionsPerUser, 0);
        require("limits.publishes-per-second", publishesPerSecond, 0);
        require("limits.body-bytes", maxBodyBytes, 1);
        require("limits.head-bytes", maxHeadBytes, 512);
        require("limits.topics", maxTopics, 1);
        require("limits.streams-per-connection", maxStreamsPerConnection, 1);
        require("limits.dead-peer", deadPeer.toMillis(), 0);
        require("limits.head-timeout", headTimeout.toMillis(), 1);
        require("limits.body-timeout", bodyTimeout.toMillis(), 1);
        require("limits.idle-timeout", idleTimeout.toMillis(), 1);
    }

    /**
     * {@return {@linkplain #mostConnections as many connections as files may be open}, no bound per address, user or second, bodies of 1 MiB and a little, heads of 16 KiB, 100
     * topics, 1,000 streams per connection of HTTP/2, 15 s for a dead peer, 10 s for a head, 30 s for a pause in a body, 60 s between requests}
     */
    public static Limits defaults() {
        return new Limits(
                mostConnections(),
                0,
                0,
                0,
                (1 << 20) + (64 << 10),
                16 << 10,
                100,
                1000,
                Duration.ofSeconds(15),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(60));
    }

    /**
     * {@return as many sockets as this process may have open, less some for everything else; 100,000 where that is not
     * known} With more, a client would not be refused but left waiting.
     */
    public static int mostConnections() {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system)) {
            return UNKNOWN_CONNECTIONS;
        }
        long files = system.getMaxFileDescriptorCount();
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, files - Math.min(OTHER_FILES, files / 2)));
    }

    private static void require(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + " or more)");
        }
    }
}
