package io.tidewire.server;

import java.time.Duration;

/** The default limits, but for one. */
final class TestLimits {
    private static final Duration NORMAL = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofSeconds(60);

    private TestLimits() {}

    static Limits streams(int perConnection) {
        return of(perConnection, LONG, NORMAL, LONG, LONG);
    }

    static Limits deadPeer(Duration after) {
        return of(1000, after, NORMAL, LONG, LONG);
    }

    static Limits head(Duration timeout) {
        return of(1000, LONG, timeout, LONG, LONG);
    }

    static Limits body(Duration pause) {
        return of(1000, LONG, NORMAL, pause, LONG);
    }

    static Limits idle(Duration timeout) {
        return of(1000, LONG, NORMAL, LONG, timeout);
    }

    private static Limits of(int streams, Duration deadPeer, Duration head, Duration body, Duration idle) {
        Limits d = Limits.defaults();
        return new Limits(
                d.maxConnections(),
                0,
                0,
                0,
                d.maxBodyBytes(),
                d.maxHeadBytes(),
                d.maxTopics(),
                streams,
                deadPeer,
                head,
                body,
                idle);
    }
}
