package io.tidewire.log.redis;

import io.tidewire.log.LogException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what callers want written into requests, one of which is on its way at a time. Safe for any thread where it says so.
 *
 * @param <P> what callers want
 */
final class GroupCommit<P extends Pending<?>> implements Link.User {
    /*
     * Exactly once. A request has a number, one higher than the hub's last. The script remembers the hub's newest number with its
     * outcome and refuses lower ones. So a request whose answer was lost can be sent again: if Redis had it, it gives the same
     * answer. And one that we gave up and that still stands in some buffer does nothing once a later one was done. That works because
     * there is one request at a time; it also keeps each caller's order.
     *
     * Group commit. While a request is on its way, what callers want gathers; the next request takes them all, up to a bound. So the
     * busier it is, the larger the requests.
     */

    /** How long Redis remembers a hub's last request: longer than we would send it again. */
    private static final Duration MEMORY = RedisConfig.MAX_APPEND_WAIT.multipliedBy(2);

    private final Link link;
    private final RedisConfig config;
    private final Form<P> form;
    private final Bounds bounds;
    // Any thread.
    private final Queue<P> arriving = new ConcurrentLinkedQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicBoolean woken = new AtomicBoolean();
    private volatile boolean closed;
    // The store's thread.
    private final ArrayDeque<P> waiting = new ArrayDeque<>();
    private @Nullable Request<P> request;
    private boolean sent;
    private long requests;

    /**
     * How requests look. Called on the store's thread.
     *
     * @param <P> what callers want
     */
    interface Form<P> {
        /** {@return the script that does what a request says, once} Its answer has one element before those of the items. */
        Script script();

        /** {@return the keys for a request} The last request's place among them is the script's own matter. */
        byte[][] keys(List<P> items);

        /** {@return the arguments for a request} */
        byte[][] arguments(long number, long memoryMillis, List<P> items);

        /** Learns what became of a request, before its callers do. */
        void completed(List<P> items, List<Object> answers);
    }

    /**
     * How much of it there may be.
     *
     * @param requestItems what is sent together; Redis does nothing else meanwhile
     * @param requestBytes the same in bytes; one caller's batch goes as a whole, however large
     * @param waitingBytes what may wait to be sent, all callers together; beyond it a caller fails at once
     */
    record Bounds(int requestItems, long requestBytes, long waitingBytes) {}

    /** What is sent together under one number. */
    private record Request<P>(long number, List<P> items) {}

    GroupCommit(Link link, RedisConfig config, Form<P> form, Bounds bounds) {
        this.link = link;
        this.config = config;
        this.form = form;
        this.bounds = bounds;
    }

    boolean isClosed() {
        return closed;
    }

    /** {@return why nothing can be written now; null if it can be tried} To be asked before {@link #submit}. Any thread. */
    @Nullable
    LogException refusal() {
        if (closed) {
            return Fault.closed();
        }
        if (link.session() == null && config.appendWait().isZero()) {
            return link.fault().exception(link.node());
        }
        return null;
    }

    /** Has it written, in the order of the calls; its result tells. Any thread. */
    void submit(P item) {
        if (waitingBytes.addAndGet(item.bytes()) > bounds.waitingBytes()) {
            waitingBytes.addAndGet(-item.bytes());
            item.result()
                    .completeExceptionally(new LogException.Unavailable("redis: " + bounds.waitingBytes()
                            + " bytes wait to be appended (expected: fewer; Redis is slower than its publishers); try"
                            + " later"));
            return;
        }
        item.result().whenComplete((done, failure) -> waitingBytes.addAndGet(-item.bytes()));
        arriving.add(item);
        if (!woken.get() && woken.compareAndSet(false, true)) {
            link.onThread(this::pump);
        }
        if (closed) {
            item.result().completeExceptionally(Fault.closed()); // meanwhile: nobody may look at it any more
        }
    }

    // --- the store's thread

    private void pump() {
        woken.set(false); // before looking, so that what comes after the look wakes again
        takeIn();
        Session session = link.session();
        if (session == null) {
            awaitSession(link.fault());
            return;
        }
        if (request == null) {
            request = gather();
            sent = false;
        }
        if (request != null && !sent) {
            send(session, request);
        }
    }

    private void takeIn() {
        for (P next = arriving.poll(); next != null; next = arriving.poll()) {
            waiting.add(next);
        }
    }

    private @Nullable Request<P> gather() {
        List<P> taken = new ArrayList<>();
        int size = 0;
        long bytes = 0;
        while (true) {
            P next = waiting.peek();
            if (next == null) {
                break;
            }
            if (next.isDone()) {
                waiting.remove(); // it waited too long
                continue;
            }
            // One caller's batch goes as a whole, however large: all of it or nothing.
            boolean fits = size + next.size() <= bounds.requestItems() && bytes + next.bytes() <= bounds.requestBytes();
            if (!fits && !taken.isEmpty()) {
                break;
            }
            taken.add(waiting.remove());
            size += next.size();
            bytes += next.bytes();
        }
        return taken.isEmpty() ? null : new Request<>(++requests, taken);
    }

    private void send(Session session, Request<P> what) {
        sent = true;
        byte[][] arguments = form.arguments(what.number(), MEMORY.toMillis(), what.items());
        CompletableFuture<List<Object>> answer =
                Session.run(session.appends(), form.script(), form.keys(what.items()), arguments);
        Session.within(config.commandTimeout(), replicated(session, answer))
                .whenComplete((done, failure) -> link.onThread(() -> answered(session, what, done, failure)));
    }

    /** {@return the same, once enough replicas have it} */
    private CompletableFuture<List<Object>> replicated(Session session, CompletableFuture<List<Object>> answer) {
        int wanted = config.minReplicas();
        if (wanted == 0) {
            return answer;
        }
        long patienceMillis = Math.max(1, config.commandTimeout().toMillis() / 2);
        return answer.thenCompose(done -> session.appends()
                .async()
                .waitForReplication(wanted, patienceMillis)
                .toCompletableFuture()
                .thenApply(replicas -> {
                    if (replicas < wanted) {
                        throw new LogException.Unavailable("redis.min-replicas: " + replicas
                                + " have it (expected: " + wanted + "); it may be there, try again with the same"
                                + " idempotency key");
                    }
                    return done;
                }));
    }

    private void answered(Session session, Request<P> what, @Nullable List<Object> done, @Nullable Throwable failure) {
        boolean isOld = session != link.session();
        Request<P> current = request;
        if (current == null || current.number() != what.number() || (isOld && failure != null)) {
            return; // given up meanwhile, or sent again on another session
        }
        if (done != null) {
            acknowledge(what, done);
        } else if (failure != null) {
            failed(session, what, failure);
        }
        pump();
    }

    private void acknowledge(Request<P> what, List<Object> answers) {
        request = null;
        int at = 1;
        for (P item : what.items()) {
            item.complete(answers, at);
            at += item.size();
        }
        form.completed(what.items(), answers);
        what.items().forEach(Pending::acknowledge);
    }

    private void failed(Session session, Request<P> what, Throwable failure) {
        Fault fault = Fault.of(failure);
        if (fault.cause() instanceof LogException known) {
            failAll(what, known);
            return;
        }
        if (fault.kind() != Fault.Kind.LOST) {
            failAll(what, fault.exception(link.node()));
            return;
        }
        link.giveUp(session, fault); // which tells us that we are down
    }

    private void failAll(Request<P> what, LogException failure) {
        request = null;
        what.items().forEach(item -> item.fail(failure));
    }

    /** Those who wait for a session may do so for a while; without a while they fail. */
    private void awaitSession(Fault fault) {
        LogException failure = fault.exception(link.node());
        Request<P> current = request;
        if (config.appendWait().isZero()) {
            if (current != null) {
                failAll(current, failure);
            }
            waiting.forEach(item -> item.fail(failure));
            waiting.clear();
            return;
        }
        if (current != null) {
            current.items().forEach(this::limit);
        }
        waiting.forEach(this::limit);
    }

    private void limit(P item) {
        if (!item.hasDeadline() && !item.isDone()) {
            item.setDeadline(
                    link.schedule(() -> expire(item), config.appendWait().toMillis()));
        }
    }

    private void expire(P item) {
        item.fail(link.fault().exception(link.node()));
        Request<P> current = request;
        if (current != null && current.items().stream().allMatch(Pending::isDone)) {
            request = null; // nobody waits for it any more; its number is not used again
        }
        waiting.removeIf(Pending::isDone);
        pump();
    }

    @Override
    public void up(Session session) {
        sent = false;
        pump();
    }

    @Override
    public void down(Fault fault) {
        sent = false;
        awaitSession(fault);
    }

    /** Refuses what comes and what waits. Any thread. */
    void close() {
        closed = true;
        link.onThread(() -> {
            takeIn();
            LogException failure = Fault.closed();
            Request<P> current = request;
            if (current != null) {
                failAll(current, failure);
            }
            waiting.forEach(item -> item.fail(failure));
            waiting.clear();
        });
    }
}
