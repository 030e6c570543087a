package io.tidewire.app.faults;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The hubs that are there at the moment: what a load balancer knows. Safe for any thread. */
final class Rota {
    /** Guarded by this. */
    private final List<InetSocketAddress> there = new ArrayList<>();

    synchronized void add(HubUnderFault hub) {
        there.add(hub.address());
        notifyAll();
    }

    synchronized void remove(HubUnderFault hub) {
        there.remove(hub.address());
    }

    /** {@return one of them; null if there is none} */
    synchronized @Nullable InetSocketAddress any(Random random) {
        return there.isEmpty() ? null : there.get(random.nextInt(there.size()));
    }

    /** {@return one of them, when there is one} */
    synchronized InetSocketAddress await(Random random, Duration patience) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        while (there.isEmpty()) {
            long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) {
                throw new FaultException("no hub for " + patience.toSeconds() + " s");
            }
            wait(leftMillis);
        }
        return there.get(random.nextInt(there.size()));
    }
}
