package io.tidewire.server;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts sockets in all, and streams per address where that is limited. Safe for any thread. */
final class Admission {
    private final Limits limits;
    private final AtomicInteger sockets = new AtomicInteger();
    private final Map<String, Integer> byAddress = new ConcurrentHashMap<>();

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

    boolean limitsAddresses() {
        return limits.maxConnectionsPerAddress() > 0;
    }

    /** Counts a stream of that address; throws a 429 if it has too many. */
    void enter(String address) {
        int count = byAddress.merge(address, 1, Integer::sum);
        if (count > limits.maxConnectionsPerAddress()) {
            leave(address);
            throw Problem.tooMany(
                    "connections: more than " + limits.maxConnectionsPerAddress()
                            + " from your address (expected: at most that, limits.connections-per-address)",
                    5);
        }
    }

    void leave(String address) {
        byAddress.computeIfPresent(address, (a, count) -> count == 1 ? null : count - 1);
    }
}
