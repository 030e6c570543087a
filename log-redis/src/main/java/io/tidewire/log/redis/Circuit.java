package io.tidewire.log.redis;

import io.tidewire.log.LogException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a store stands on: its connections and its threads. Put together and opened by one thread, then safe for any. */
final class Circuit implements AutoCloseable {
    private final RedisConfig config;
    private final Connector connector;
    private final ScheduledThreadPoolExecutor thread;
    private final Link link;
    private final List<ExecutorService> others = new ArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    Circuit(RedisConfig config, Connector.Opening opening, SecureRandom random) {
        this.config = config;
        this.connector = new Connector(config, opening);
        this.thread = new ScheduledThreadPoolExecutor(1, daemon("tidewire-redis"));
        thread.setRemoveOnCancelPolicy(true);
        this.link = new Link(connector, thread, random, config.target().toString());
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread made = new Thread(task, name);
            made.setDaemon(true);
            return made;
        };
    }

    Link link() {
        return link;
    }

    /** {@return a thread more, which ends with the circuit} Before {@link #open} only. */
    ExecutorService newThread(String name) {
        ExecutorService made = Executors.newSingleThreadExecutor(daemon(name));
        others.add(made);
        return made;
    }

    /**
     * Connects, and waits for the bus. Closes itself if that fails.
     *
     * @throws LogException.Unavailable if Redis cannot be reached, or cannot be used as it is; the message says which
     */
    void open(RedisBus bus) {
        try {
            link.open().join();
            Session.within(config.commandTimeout(), bus.subscribed()).join();
        } catch (CompletionException e) {
            if (beginClosing()) {
                close();
            }
            throw Fault.of(e).cause() instanceof LogException known
                    ? known
                    : Fault.of(e).exception(config.target().toString());
        }
    }

    /** {@return whether it is open; then it is not any more, but for {@link #close}} */
    boolean beginClosing() {
        return closed.compareAndSet(false, true);
    }

    @Override
    public void close() {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        link.onThread(() -> {
            link.close();
            ended.complete(null);
        });
        ended.join();
        thread.shutdown();
        others.forEach(ExecutorService::shutdown);
        connector.close();
    }
}
