package io.tidewire.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Events on their way to a webhook. Bounded in events and bytes: what is too much pushes out the oldest. Without locks, as event loops
 * put in: any of them may, one thread takes out.
 */
final class HookQueue {
    private final int maxEvents;
    private final long maxBytes;
    private final HookCounts counts;
    private final Queue<HookEvent> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    /** Events lost since the receiver was last told. */
    private final AtomicLong lost = new AtomicLong();

    HookQueue(int maxEvents, long maxBytes, HookCounts counts) {
        this.maxEvents = maxEvents;
        this.maxBytes = maxBytes;
        this.counts = counts;
    }

    void put(HookEvent event) {
        // Counted before it is there: then never more is taken off than was put on.
        size.incrementAndGet();
        bytes.addAndGet(event.bytes());
        events.add(event);
        while (size.get() > maxEvents || bytes.get() > maxBytes) {
            if (take() == null) {
                return; // what is counted and not there yet, its own thread looks after
            }
            drop(1);
        }
    }

    int size() {
        return size.get();
    }

    /** Counts events that will not be delivered, to be told with the next batch. */
    void drop(long number) {
        counts.add(HookCounter.WEBHOOK_DROPPED, number);
        lost.addAndGet(number);
    }

    /** Takes back what a batch should have told. */
    void untold(long number) {
        lost.addAndGet(number);
    }

    /** {@return how many were lost since this was last asked} */
    long takeLost() {
        return lost.getAndSet(0);
    }

    /** {@return the next events, within these bounds but for the first one} */
    List<HookEvent> take(int mostEvents, long mostBytes) {
        List<HookEvent> taken = new ArrayList<>();
        long sum = 0;
        while (taken.size() < mostEvents && sum < mostBytes) {
            HookEvent event = take();
            if (event == null) {
                break;
            }
            taken.add(event);
            sum += event.bytes();
        }
        return taken;
    }

    void dropAll() {
        while (take() != null) {
            drop(1);
        }
    }

    private @Nullable HookEvent take() {
        HookEvent event = events.poll();
        if (event != null) {
            size.decrementAndGet();
            bytes.addAndGet(-event.bytes());
        }
        return event;
    }
}
