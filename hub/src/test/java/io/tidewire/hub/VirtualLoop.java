package io.tidewire.hub;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/** A loop and a clock that a test moves by hand; everything runs on the test's thread. */
final class VirtualLoop implements Loop {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Timed> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timed::atMillis).thenComparingLong(Timed::number));
    private long nowMillis;
    private long scheduled;

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public void schedule(Runnable task, long delayMillis) {
        timers.add(new Timed(nowMillis + delayMillis, scheduled++, task));
    }

    @Override
    public boolean isCurrent() {
        return true;
    }

    @Override
    public long nowMillis() {
        return nowMillis;
    }

    /** Runs what is queued, and what that queues. */
    void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Runs one task; {@return whether there was one}. */
    boolean runOne() {
        Runnable task = tasks.poll();
        if (task != null) {
            task.run();
        }
        return task != null;
    }

    /** Lets time pass, running what falls due. */
    void advance(long millis) {
        long untilMillis = nowMillis + millis;
        run();
        for (Timed next = timers.peek(); next != null && next.atMillis <= untilMillis; next = timers.peek()) {
            timers.poll();
            nowMillis = next.atMillis;
            next.task.run();
            run();
        }
        nowMillis = untilMillis;
    }

    private record Timed(long atMillis, long number, Runnable task) {}
}
