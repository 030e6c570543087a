package io.tidewire.log.redis;

import io.tidewire.log.LogException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Publishers that go on whatever happens, each event with a data of its own. What was acknowledged and what failed is written
 * down; an event that failed is not sent again.
 */
final class Load implements AutoCloseable {
    private static final long PAUSE_NANOS = 2_000_000;

    final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    Load(int publishers, Hub... hubs) {
        for (int i = 0; i < publishers; i++) {
            Hub hub = hubs[i % hubs.length];
            String name = "p" + i;
            Thread thread = new Thread(() -> publish(hub, name));
            threads.add(thread);
            thread.start();
        }
    }

    private void publish(Hub hub, String name) {
        while (!stopped) {
            String data = name + "/" + count.incrementAndGet();
            CompletableFuture<?> answer =
                    hub.log.append(List.of(Hub.event("load", data))).toCompletableFuture();
            try {
                answer.get(Hub.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                acknowledged.add(data);
            } catch (ExecutionException e) {
                failures.add(e.getCause());
                LockSupport.parkNanos(PAUSE_NANOS); // a publisher that is refused does not spin
            } catch (TimeoutException e) {
                failures.add(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    int acknowledgedCount() {
        return acknowledged.size();
    }

    boolean failedOnlyAsUnavailable() {
        return failures.stream().allMatch(LogException.Unavailable.class::isInstance);
    }

    @Override
    public void close() {
        stop();
    }

    /** Ends all publishers, each with what it has under way answered. */
    void stop() {
        stopped = true;
        for (Thread thread : threads) {
            try {
                thread.join(Hub.PATIENCE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
