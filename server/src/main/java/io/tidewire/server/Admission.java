package io.tidewire.server;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts sockets in all, and streams per address and user where that is limited. Safe for any thread. */
final class Admission {
    private final Limits limits;
    private final AtomicInteger sockets = new AtomicInteger();
    private final Map<String, Integer> byHolder = new ConcurrentHashMap<>();

    Admission(Limits limits) {
        this.limits = limits;
    }

    /** {@return whether there is room for one more socket} Each that was counted must leave. */
    boolean enter() {
        return sockets.incrementAndGet() <= limits.maxConnections();
    }

    void leave() {
        sockets.decrementAndGet();
    }

    int sockets() {
        return sockets.get();
    }

    /** Counts a stream of an address or a user; throws a 429 if it has too many. */
    void enter(String holder, int most, String setting) {
        int count = byHolder.merge(holder, 1, Integer::sum);
        if (count > most) {
            leave(holder);
            throw Problem.tooMany(
                    "connections: more than " + most + " of one holder (expected: at most that, " + setting + ")", 5);
        }
    }

    void leave(String holder) {
        byHolder.computeIfPresent(holder, (h, count) -> count == 1 ? null : count - 1);
    }
}
