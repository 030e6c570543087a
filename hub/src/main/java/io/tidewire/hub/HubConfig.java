package io.tidewire.hub;

import java.time.Duration;

/**
 * The engine's settings. Immutable; start from {@link #defaults}.
 *
 * @param keepAlive after how long a silence a connection gets a keep-alive; jittered by a tenth
 * @param retry the reconnection time told to clients, before jitter
 * @param maxAge after how long a connection is closed to be opened anew (it resumes); zero for never
 * @param slowGrace how long a stalled connection whose policy is to be disconnected may stall
 * @param windowBytes how much of the newest history is kept encoded in memory
 * @param windowAge how old an entry of it may become
 * @param maxBatchBytes how many bytes one write to a subscriber carries at most, a bigger event excepted
 * @param maxEventBytes how big one event's payload may be, in bytes of UTF-8
 * @param reconnectsPerSecond above how many new connections per second they are told to come back later; 0 for any
 * @param gapPolicy what becomes of a connected subscriber whose history was cut
 */
public record HubConfig(
        Duration keepAlive,
        Duration retry,
        Duration maxAge,
        Duration slowGrace,
        long windowBytes,
        Duration windowAge,
        int maxBatchBytes,
        int maxEventBytes,
        int reconnectsPerSecond,
        GapPolicy gapPolicy) {

    /** What to do with a subscriber whose cursor history no longer holds. */
    public enum GapPolicy {
        /** Tell it, and go on with the oldest event. */
        RESUME,
        /** Tell it, and disconnect it as slow. */
        DISCONNECT
    }

    /** Checks every bound. */
    public HubConfig {
        require("keep-alive", keepAlive.toMillis() >= 100, keepAlive, "100 ms or more");
        require("retry", !retry.isNegative(), retry, "0 or more");
        require("max-age", !maxAge.isNegative(), maxAge, "0 or more; 0 is never");
        require("slow-grace", !slowGrace.isNegative(), slowGrace, "0 or more");
        require("window.bytes", windowBytes >= 1024, windowBytes, "1024 or more");
        require("window.age", windowAge.toMillis() > 0, windowAge, "more than 0");
        require("max-batch-bytes", maxBatchBytes >= 1024, maxBatchBytes, "1024 or more");
        require("max-event-bytes", maxEventBytes >= 1, maxEventBytes, "1 or more");
        require("reconnects-per-second", reconnectsPerSecond >= 0, reconnectsPerSecond, "0 or more; 0 is any");
    }

    /**
     * {@return 30 s keep-alive, 2 s retry, no maximum age, 5 s slow grace, a window of 32 MiB and 10 minutes, batches of 64 KiB,
     * events of 1 MiB, reconnects not limited, gaps resumed}
     */
    public static HubConfig defaults() {
        return new HubConfig(
                Duration.ofSeconds(30),
                Duration.ofSeconds(2),
                Duration.ZERO,
                Duration.ofSeconds(5),
                32L << 20,
                Duration.ofMinutes(10),
                64 << 10,
                1 << 20,
                0,
                GapPolicy.RESUME);
    }

    private static void require(String name, boolean ok, Object value, String rule) {
        if (!ok) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + rule + ")");
        }
    }

    /** {@return a copy with another keep-alive} */
    public HubConfig withKeepAlive(Duration value) {
        return new HubConfig(
                value,
                retry,
                maxAge,
                slowGrace,
                windowBytes,
                windowAge,
                maxBatchBytes,
                maxEventBytes,
                reconnectsPerSecond,
                gapPolicy);
    }

    /** {@return a copy with another reconnection time} */
    public HubConfig withRetry(Duration value) {
        return new HubConfig(
                keepAlive,
                value,
                maxAge,
                slowGrace,
                windowBytes,
                windowAge,
                maxBatchBytes,
                maxEventBytes,
                reconnectsPerSecond,
                gapPolicy);
    }

    /** {@return a copy with another maximum age of connections} */
    public HubConfig withMaxAge(Duration value) {
        return new HubConfig(
                keepAlive,
                retry,
                value,
                slowGrace,
                windowBytes,
                windowAge,
                maxBatchBytes,
                maxEventBytes,
                reconnectsPerSecond,
                gapPolicy);
    }

    /** {@return a copy with another grace for stalled connections} */
    public HubConfig withSlowGrace(Duration value) {
        return new HubConfig(
                keepAlive,
                retry,
                maxAge,
                value,
                windowBytes,
                windowAge,
                maxBatchBytes,
                maxEventBytes,
                reconnectsPerSecond,
                gapPolicy);
    }

    /** {@return a copy with another window} */
    public HubConfig withWindow(long bytes, Duration age) {
        return new HubConfig(
                keepAlive,
                retry,
                maxAge,
                slowGrace,
                bytes,
                age,
                maxBatchBytes,
                maxEventBytes,
                reconnectsPerSecond,
                gapPolicy);
    }

    /** {@return a copy with other sizes of batches and events} */
    public HubConfig withSizes(int batchBytes, int eventBytes) {
        return new HubConfig(
                keepAlive,
                retry,
                maxAge,
                slowGrace,
                windowBytes,
                windowAge,
                batchBytes,
                eventBytes,
                reconnectsPerSecond,
                gapPolicy);
    }

    /** {@return a copy with another limit of new connections} */
    public HubConfig withReconnectsPerSecond(int value) {
        return new HubConfig(
                keepAlive,
                retry,
                maxAge,
                slowGrace,
                windowBytes,
                windowAge,
                maxBatchBytes,
                maxEventBytes,
                value,
                gapPolicy);
    }

    /** {@return a copy with another policy for cut history} */
    public HubConfig withGapPolicy(GapPolicy value) {
        return new HubConfig(
                keepAlive,
                retry,
                maxAge,
                slowGrace,
                windowBytes,
                windowAge,
                maxBatchBytes,
                maxEventBytes,
                reconnectsPerSecond,
                value);
    }
}
