package io.tidewire.log.redis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** Sees to it that a hub hears what it changed itself, also if its subscription was lost just then. Safe for any thread. */
final class OwnChanges {
    /*
     * A script's answer has what it published. If that has not come by the subscription a while after the answer, it will not come any
     * more, and is handed on as if it had. It does not go to the listener with the answer, because that overtakes changes by others
     * that were before it.
     */

    private static final long PATIENCE_MILLIS = 1000;

    /** Published before the answer was here: so many versions are remembered. If more, something is handed on twice, and passed over. */
    private static final int MAX_EARLY = 4096;

    /** If so much has not come by the subscription, it is not waited for. */
    private static final long MAX_AWAITED_BYTES = 8 << 20;

    private final Link link;
    private final Consumer<byte[]> target;
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by the lock.
    private final Set<Long> early = new LinkedHashSet<>();
    private Map<Long, byte[]> fresh = new LinkedHashMap<>();
    private Map<Long, byte[]> old = new LinkedHashMap<>();
    private long awaitedBytes;

    OwnChanges(Link link, Consumer<byte[]> target) {
        this.link = link;
        this.target = target;
    }

    /** Begins to look after what does not come. */
    void start() {
        link.schedule(
                () -> {
                    handOn();
                    start();
                },
                PATIENCE_MILLIS);
    }

    /** Takes what a script says that it published. */
    void answered(byte[] message) {
        long version = StreamChanges.versionOf(message);
        boolean isTooMuch;
        lock.lock();
        try {
            if (early.remove(version)) {
                return;
            }
            fresh.put(version, message);
            awaitedBytes += message.length;
            isTooMuch = awaitedBytes > MAX_AWAITED_BYTES;
        } finally {
            lock.unlock();
        }
        if (isTooMuch) {
            handOn();
        }
    }

    /** Takes note of what came. */
    void heard(long version) {
        lock.lock();
        try {
            byte[] message = fresh.remove(version);
            if (message == null) {
                message = old.remove(version);
            }
            if (message != null) {
                awaitedBytes -= message.length;
                return;
            }
            early.add(version);
            if (early.size() > MAX_EARLY) {
                early.remove(early.iterator().next());
            }
        } finally {
            lock.unlock();
        }
    }

    private void handOn() {
        List<byte[]> late;
        lock.lock();
        try {
            late = new ArrayList<>(old.values());
            for (byte[] message : late) {
                awaitedBytes -= message.length;
            }
            old = fresh;
            fresh = new LinkedHashMap<>();
        } finally {
            lock.unlock();
        }
        late.forEach(target);
    }
}
