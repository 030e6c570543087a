package io.tidewire.app;

import java.time.Duration;

/** What a load generator is to do. */
record LoadPlan(int subscribers, int topics, int rate, int payloadBytes, Duration warmup, Duration duration) {
    /** The sequence number and the time of sending, in hex, and a space between. */
    static final int LEAST_PAYLOAD = 33;

    /** More than fit into one process's files: over HTTP/2 many share a connection. */
    private static final int MAX_SUBSCRIBERS = 1_000_000;

    LoadPlan {
        require("--subscribers", subscribers, 1, MAX_SUBSCRIBERS);
        require("--topics", topics, 1, subscribers);
        require("--rate", rate, 0, 1_000_000);
        require("--payload", payloadBytes, LEAST_PAYLOAD, 1 << 20);
    }

    private static void require(String flag, int value, int least, int most) {
        if (value < least || value > most) {
            throw new UsageException(flag + ": " + value + " (expected: " + least + " to " + most + ")");
        }
    }
}
