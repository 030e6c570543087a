package io.tidewire.log.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a session with Redis: while there is none, makes one. All state belongs to the store's thread; what is safe for any
 * thread says so.
 */
final class Link {
    /*
     *   CONNECTING --session--> UP --lost()--> CONNECTING ... --close()--> CLOSED
     *
     * Whoever finds the session of no use calls lost() with it: a timeout, a node that is no master any more, a closed socket. The
     * second to find out finds it gone. While connecting, attempts are BACKOFF apart, doubled up to MAX_BACKOFF, each shortened by
     * up to a half at random so that many hubs do not come at once.
     */

    private static final Logger LOG = LoggerFactory.getLogger(Link.class);

    private static final long BACKOFF_MILLIS = 50;

    /** A Redis that is back is found within so much. */
    private static final long MAX_BACKOFF_MILLIS = 3000;

    /** Whoever uses the session. Called on the store's thread. */
    interface User {
        void up(Session session);

        void down(Fault fault);
    }

    private final Connector connector;
    private final ScheduledExecutorService thread;
    private final RandomGenerator random;
    private final String target;
    private final List<User> users = new ArrayList<>();
    private final CompletableFuture<Session> first = new CompletableFuture<>();
    /** Written by the store's thread. */
    private volatile @Nullable Session session;

    private volatile @Nullable Fault fault;
    private long backoffMillis = BACKOFF_MILLIS;
    private boolean toldDown;
    private boolean toldRefused;
    private boolean closed;

    Link(Connector connector, ScheduledExecutorService thread, RandomGenerator random, String target) {
        this.connector = connector;
        this.thread = thread;
        this.random = random;
        this.target = target;
    }

    /** Before {@link #open} only. */
    void add(User user) {
        users.add(user);
    }

    /** Connects for the first time; {@return the first session, or what the first attempt failed with}. Any thread. */
    CompletableFuture<Session> open() {
        onThread(this::connect);
        return first;
    }

    /** {@return the session, or null if there is none} Any thread. */
    @Nullable
    Session session() {
        return session;
    }

    /** {@return which Redis, for messages: the node if it is known} Any thread. */
    String node() {
        Session current = session;
        return current == null ? target : current.node().toString();
    }

    /** {@return what is to be told to those who ask while there is no session} Any thread. */
    Fault fault() {
        Fault current = fault;
        return current != null ? current : Fault.disconnected();
    }

    /** Runs a task on the store's thread, unless that has ended. Any thread. */
    void onThread(Runnable task) {
        try {
            thread.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    LOG.error("The Redis store met a fault of its own; please report it. It goes on", e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("closed", e); // whoever waits was answered by close()
        }
    }

    /** Runs a task on the store's thread later; {@return what stops it}. Any thread. */
    Future<?> schedule(Runnable task, long millis) {
        try {
            return thread.schedule(() -> onThread(task), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("closed", e);
            return CompletableFuture.completedFuture(null);
        }
    }

    /** Gives a session up. Any thread. */
    void lost(Session which, Fault why) {
        onThread(() -> giveUp(which, why));
    }

    /** The same, on the store's thread, at once. */
    void giveUp(Session which, Fault why) {
        if (session != which || closed) {
            return;
        }
        LOG.warn(
                "Redis at {} is lost ({}): publishing fails and history cannot be read until it is back; trying again",
                which.node(),
                why.text());
        toldDown = true;
        session = null;
        fault = why;
        which.close();
        users.forEach(user -> user.down(why));
        backoffMillis = BACKOFF_MILLIS;
        later();
    }

    private void connect() {
        if (closed) {
            return;
        }
        connector
                .open()
                .whenComplete((made, failure) -> onThread(() -> {
                    if (failure != null) {
                        failed(Fault.of(failure));
                    } else if (closed) {
                        made.close();
                    } else {
                        made(made);
                    }
                }));
    }

    private void made(Session made) {
        watch(made);
        session = made;
        toldRefused = false;
        if (toldDown) {
            toldDown = false;
            LOG.info("Redis at {} is back", made.node());
        }
        users.forEach(user -> user.up(made));
        first.complete(made);
    }

    private void watch(Session made) {
        made.all().forEach(connection -> {
            connection.addListener(new RedisConnectionStateListener() {
                @Override
                public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                    lost(made, Fault.disconnected());
                }
            });
            if (!connection.isOpen()) {
                lost(made, Fault.disconnected());
            }
        });
    }

    private void failed(Fault why) {
        fault = why;
        if (!first.isDone()) {
            first.completeExceptionally(why.exception(target));
            return; // whoever opens decides
        }
        if (why.kind() == Fault.Kind.REFUSED && !toldRefused) {
            toldRefused = true;
            LOG.error("Redis at {} answers, and cannot be used: {}. Trying on", target, why.text());
        } else {
            LOG.debug("Redis at {}: {}", target, why.text());
        }
        later();
    }

    private void later() {
        long millis = backoffMillis / 2 + random.nextLong(backoffMillis / 2 + 1);
        backoffMillis = Math.min(MAX_BACKOFF_MILLIS, backoffMillis * 2);
        schedule(this::connect, millis);
    }

    /** Ends it. On the store's thread. */
    void close() {
        closed = true;
        session = null; // the connector closes its connections
    }
}
