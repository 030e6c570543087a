package io.tidewire.log.redis;

import io.tidewire.log.LogException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs reading scripts, some at a time; the others wait their turn. Safe for any thread. */
final class ScriptQueue {
    /** So many pages are on their way into our memory at once, whoever asks; and Redis has one thread anyway. */
    private static final int MAX_RUNNING = 16;

    /** A subscriber has one page under way; more subscribers than that do not catch up on one hub at once. */
    private static final int MAX_WAITING = 200_000;

    private final Link link;
    private final Duration timeout;
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by the lock.
    private final ArrayDeque<Task> waiting = new ArrayDeque<>();
    private int running;
    private @Nullable LogException closed;

    ScriptQueue(Link link, Duration timeout) {
        this.link = link;
        this.timeout = timeout;
    }

    /** What one caller wants to know. */
    private record Task(
            Script script, byte[][] keys, Supplier<byte[][]> arguments, CompletableFuture<List<Object>> answer) {}

    /** Runs a script. An empty answer means that it did a part of its work: it is run again, with arguments made anew. */
    CompletableFuture<List<Object>> run(Script script, byte[][] keys, Supplier<byte[][]> arguments) {
        Task task = new Task(script, keys, arguments, new CompletableFuture<>());
        lock.lock();
        try {
            if (closed != null) {
                return CompletableFuture.failedFuture(closed);
            }
            if (running == MAX_RUNNING) {
                return enqueue(task);
            }
            running++;
        } finally {
            lock.unlock();
        }
        start(task);
        return task.answer();
    }

    private CompletableFuture<List<Object>> enqueue(Task task) {
        if (waiting.size() == MAX_WAITING) {
            return CompletableFuture.failedFuture(new LogException.Unavailable(
                    "redis: " + MAX_WAITING + " readers wait (expected: fewer; Redis is slower than they); try later"));
        }
        waiting.add(task);
        return task.answer();
    }

    private void start(Task task) {
        Session session = link.session();
        if (session == null) {
            fail(task, link.fault().exception(link.node()));
            return;
        }
        Session.within(
                        timeout,
                        Session.run(
                                session.reads(),
                                task.script(),
                                task.keys(),
                                task.arguments().get()))
                .whenComplete((answer, failure) -> answered(session, task, answer, failure));
    }

    private void answered(Session session, Task task, List<Object> answer, @Nullable Throwable failure) {
        if (failure != null) {
            Fault fault = Fault.of(failure);
            if (fault.kind() == Fault.Kind.LOST) {
                link.lost(session, fault);
            }
            fail(task, fault.exception(session.node().toString()));
        } else if (answer.isEmpty()) {
            start(task); // it cleared away a step of what is too old, and there is more
        } else {
            done();
            task.answer().complete(answer);
        }
    }

    private void fail(Task task, LogException failure) {
        done();
        task.answer().completeExceptionally(failure);
    }

    private void done() {
        Task next;
        lock.lock();
        try {
            next = waiting.poll();
            if (next == null) {
                running--;
            }
        } finally {
            lock.unlock();
        }
        if (next != null) {
            Task task = next;
            link.onThread(() -> start(task)); // not here: failing one after the other would be a deep recursion
        }
    }

    void close(LogException reason) {
        List<Task> left;
        lock.lock();
        try {
            closed = reason;
            left = new ArrayList<>(waiting);
            waiting.clear();
        } finally {
            lock.unlock();
        }
        left.forEach(task -> task.answer().completeExceptionally(reason));
    }
}
