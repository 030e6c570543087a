package io.tidewire.log.redis;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
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

/** Appends: gathers what callers want into requests, one of which is on its way at a time. */
final class Appender implements Link.User {
    /*
     * Exactly once. A request has a number, one higher than the hub's last. The script remembers the hub's newest number with its
     * outcome and refuses lower ones. So a request whose answer was lost can be sent again: if Redis had it, it gives the same
     * answer. And one that we gave up and that still stands in some buffer does nothing once a later one was done. That works because
     * there is one request at a time; it also keeps each caller's order.
     *
     * Group commit. While a request is on its way, callers' appends gather; the next request takes them all, up to a bound. So the
     * busier it is, the larger the requests.
     */

    /** Redis does nothing else meanwhile: some milliseconds. */
    private static final int MAX_REQUEST_APPENDS = 500;

    private static final long MAX_REQUEST_BYTES = 1 << 20;

    /** What may wait to be sent, all callers together; beyond it an append fails at once. */
    private static final long MAX_WAITING_BYTES = 64L << 20;

    /** How long Redis remembers a hub's last request: longer than we would send it again. */
    private static final Duration MEMORY = RedisConfig.MAX_APPEND_WAIT.multipliedBy(2);

    private final Link link;
    private final RedisConfig config;
    private final AppendEncoder encoder;
    private final Bounds bounds;
    private final Followers followers;
    private final byte[][] keys;
    // Any thread.
    private final Queue<PendingAppend> arriving = new ConcurrentLinkedQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicBoolean woken = new AtomicBoolean();
    private volatile boolean closed;
    // The store's thread.
    private final ArrayDeque<PendingAppend> waiting = new ArrayDeque<>();
    private @Nullable Request request;
    private boolean sent;
    private long requests;

    /** What is sent together under one number. */
    private record Request(long number, List<PendingAppend> appends, int size) {}

    Appender(Link link, RedisConfig config, AppendEncoder encoder, Bounds bounds, Followers followers, byte[][] keys) {
        this.link = link;
        this.config = config;
        this.encoder = encoder;
        this.bounds = bounds;
        this.followers = followers;
        this.keys = keys;
    }

    CompletableFuture<List<AppendResult>> append(List<Append> batch) {
        if (closed) {
            return CompletableFuture.failedFuture(Fault.closed());
        }
        if (batch.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        if (link.session() == null && config.appendWait().isZero()) {
            return CompletableFuture.failedFuture(link.fault().exception(link.node()));
        }
        PendingAppend append = new PendingAppend(batch, encoder.encode(batch));
        if (waitingBytes.addAndGet(append.bytes()) > MAX_WAITING_BYTES) {
            waitingBytes.addAndGet(-append.bytes());
            return CompletableFuture.failedFuture(new LogException.Unavailable("redis: " + MAX_WAITING_BYTES
                    + " bytes wait to be appended (expected: fewer; Redis is slower than its publishers); try later"));
        }
        append.result().whenComplete((done, failure) -> waitingBytes.addAndGet(-append.bytes()));
        arriving.add(append);
        if (!woken.get() && woken.compareAndSet(false, true)) {
            link.onThread(this::pump);
        }
        if (closed) {
            append.result().completeExceptionally(Fault.closed()); // meanwhile: nobody may look at it any more
        }
        return append.result();
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
        for (PendingAppend next = arriving.poll(); next != null; next = arriving.poll()) {
            waiting.add(next);
        }
    }

    private @Nullable Request gather() {
        List<PendingAppend> taken = new ArrayList<>();
        int size = 0;
        long bytes = 0;
        while (true) {
            PendingAppend next = waiting.peek();
            if (next == null) {
                break;
            }
            if (next.isDone()) {
                waiting.remove(); // it waited too long
                continue;
            }
            // One caller's batch goes as a whole, however large: all of it or nothing.
            boolean fits = size + next.size() <= MAX_REQUEST_APPENDS && bytes + next.bytes() <= MAX_REQUEST_BYTES;
            if (!fits && !taken.isEmpty()) {
                break;
            }
            taken.add(waiting.remove());
            size += next.size();
            bytes += next.bytes();
        }
        return taken.isEmpty() ? null : new Request(++requests, taken, size);
    }

    private void send(Session session, Request what) {
        sent = true;
        byte[][] own = new byte[3 + what.size() * AppendEncoder.ITEM][];
        own[0] = Answers.bytes(Long.toString(what.number()));
        own[1] = Answers.bytes(Long.toString(MEMORY.toMillis()));
        own[2] = Answers.bytes(Long.toString(followers.head().number()));
        int at = 3;
        for (PendingAppend append : what.appends()) {
            System.arraycopy(append.arguments(), 0, own, at, append.arguments().length);
            at += append.arguments().length;
        }
        CompletableFuture<List<Object>> answer = Session.run(session.appends(), Script.APPEND, keys, bounds.with(own));
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

    private void answered(Session session, Request what, @Nullable List<Object> done, @Nullable Throwable failure) {
        boolean isOld = session != link.session();
        Request current = request;
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

    private void acknowledge(Request what, List<Object> answers) {
        request = null;
        long epoch = Answers.number(answers.get(0));
        long newest = 0;
        int at = 1;
        for (PendingAppend append : what.appends()) {
            newest = Math.max(newest, append.complete(epoch, answers, at));
            at += append.size();
        }
        followers.raise(StreamPosition.of(epoch, newest));
        what.appends().forEach(PendingAppend::acknowledge);
    }

    private void failed(Session session, Request what, Throwable failure) {
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

    private void failAll(Request what, LogException failure) {
        request = null;
        what.appends().forEach(append -> append.fail(failure));
    }

    /** Those who wait for a session may do so for a while; without a while they fail. */
    private void awaitSession(Fault fault) {
        LogException failure = fault.exception(link.node());
        Request current = request;
        if (config.appendWait().isZero()) {
            if (current != null) {
                failAll(current, failure);
            }
            waiting.forEach(append -> append.fail(failure));
            waiting.clear();
            return;
        }
        if (current != null) {
            current.appends().forEach(this::limit);
        }
        waiting.forEach(this::limit);
    }

    private void limit(PendingAppend append) {
        if (!append.hasDeadline() && !append.isDone()) {
            append.setDeadline(
                    link.schedule(() -> expire(append), config.appendWait().toMillis()));
        }
    }

    private void expire(PendingAppend append) {
        append.fail(link.fault().exception(link.node()));
        Request current = request;
        if (current != null && current.appends().stream().allMatch(PendingAppend::isDone)) {
            request = null; // nobody waits for it any more; its number is not used again
        }
        waiting.removeIf(PendingAppend::isDone);
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
            Request current = request;
            if (current != null) {
                failAll(current, failure);
            }
            waiting.forEach(append -> append.fail(failure));
            waiting.clear();
        });
    }
}
