package io.tidewire.testkit;

import io.tidewire.hub.Loop;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A loop and a clock that a test moves by hand: what is queued runs when the test says so, on the test's thread, in
 * the same order every time. Any thread may queue; only the one that made the loop may run it.
 *
 * <pre>{@code
 * SteppedLoop loop = new SteppedLoop();
 * Shard shard = hub.addShard(loop);
 * hub.publish(Update.to("t").data("d").build());
 * loop.runAll();                          // delivered
 * loop.advance(Duration.ofSeconds(30));   // and what the time brings
 * }</pre>
 */
public final class SteppedLoop implements Loop {
    /** Tasks that go on queueing tasks are a failure, not a hang. */
    private static final int MAX_TASKS = 10_000_000;

    /** Some day; tests that show times look better with one that is not 1970. */
    private static final Instant ORIGIN = Instant.parse("2026-01-01T00:00:00Z");

    private final Thread owner = Thread.currentThread();
    private final Object lock = new Object();
    // Guarded by the lock.
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Timed> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timed::atMillis).thenComparingLong(Timed::number));
    private long scheduled;
    private volatile long nowMillis;

    @Override
    public void execute(Runnable task) {
        synchronized (lock) {
            tasks.add(task);
        }
    }

    @Override
    public void schedule(Runnable task, long delayMillis) {
        synchronized (lock) {
            timers.add(new Timed(nowMillis + Math.max(0, delayMillis), scheduled++, task));
        }
    }

    @Override
    public boolean isCurrent() {
        return Thread.currentThread().equals(owner);
    }

    @Override
    public long nowMillis() {
        return nowMillis;
    }

    /** {@return a clock of the day that moves with this loop} */
    public InstantSource clock() {
        return () -> ORIGIN.plusMillis(nowMillis);
    }

    /** Runs what is queued and what that queues, until nothing is left; {@return how many tasks that were}. */
    public int runAll() {
        requireOwner();
        int count = 0;
        for (Runnable task = nextTask(); task != null; task = nextTask()) {
            task.run();
            if (++count == MAX_TASKS) {
                throw new IllegalStateException("tasks: " + count + " and more (expected: an end)");
            }
        }
        return count;
    }

    /** Runs the task queued first; {@return whether there was one}. */
    public boolean runOne() {
        requireOwner();
        Runnable task = nextTask();
        if (task != null) {
            task.run();
        }
        return task != null;
    }

    /** Lets time pass, running what is queued and what falls due, each at its time. */
    public void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time: " + time + " (expected: 0 or more)");
        }
        runAll();
        long untilMillis = nowMillis + time.toMillis();
        for (Timed due = nextTimer(untilMillis); due != null; due = nextTimer(untilMillis)) {
            nowMillis = due.atMillis;
            due.task.run();
            runAll();
        }
        nowMillis = untilMillis;
    }

    private void requireOwner() {
        if (!isCurrent()) {
            throw new IllegalStateException("thread: " + Thread.currentThread().getName() + " (expected: "
                    + owner.getName() + ", which made the loop)");
        }
    }

    private @Nullable Runnable nextTask() {
        synchronized (lock) {
            return tasks.poll();
        }
    }

    private @Nullable Timed nextTimer(long untilMillis) {
        synchronized (lock) {
            Timed next = timers.peek();
            return next != null && next.atMillis <= untilMillis ? timers.poll() : null;
        }
    }

    private record Timed(long atMillis, long number, Runnable task) {}
}
