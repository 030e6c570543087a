package io.tidewire.log.kafka;

import io.tidewire.log.LogException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Some threads with a consumer each, for what must be asked of the brokers. Safe for any thread. */
final class FetchPool {
    private static final int THREADS = 3;

    /** Readers that wait for their page; each waits at most once. */
    private static final int MAX_WAITING = 10_000;

    private final KafkaConfig config;
    private final Supplier<Fetcher> fetchers;
    private final ThreadPoolExecutor threads;
    private final List<Fetcher> idle = new ArrayList<>(); // guarded by itself

    FetchPool(KafkaConfig config, Supplier<Fetcher> fetchers) {
        this.config = config;
        this.fetchers = fetchers;
        AtomicInteger count = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                THREADS, THREADS, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(MAX_WAITING), task -> {
                    Thread thread = new Thread(task, "tidewire-kafka-fetch-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Runs a task on a thread with a consumer. */
    <T> CompletionStage<T> submit(Function<Fetcher, T> task) {
        CompletableFuture<T> future = new CompletableFuture<>();
        try {
            threads.execute(() -> run(task, future));
        } catch (RejectedExecutionException e) {
            future.completeExceptionally(new LogException.Unavailable(
                    threads.isShutdown()
                            ? KafkaLog.CLOSED
                            : "More readers wait for events from Kafka than there is room for: try again later",
                    e));
        }
        return future;
    }

    private <T> void run(Function<Fetcher, T> task, CompletableFuture<T> future) {
        Fetcher fetcher = null;
        try {
            fetcher = take();
            future.complete(task.apply(fetcher));
            giveBack(fetcher);
        } catch (LogException e) {
            giveBack(fetcher);
            future.completeExceptionally(e);
        } catch (KafkaException e) {
            close(fetcher);
            future.completeExceptionally(TopicSetup.translate(config, e));
        } catch (RuntimeException | Error e) {
            close(fetcher);
            future.completeExceptionally(e);
        }
    }

    private Fetcher take() {
        synchronized (idle) {
            if (!idle.isEmpty()) {
                return idle.remove(idle.size() - 1);
            }
        }
        return fetchers.get();
    }

    private void giveBack(@Nullable Fetcher fetcher) {
        synchronized (idle) {
            if (fetcher != null && !threads.isShutdown()) {
                idle.add(fetcher);
                return;
            }
        }
        close(fetcher);
    }

    private static void close(@Nullable Fetcher fetcher) {
        if (fetcher != null) {
            fetcher.close();
        }
    }

    /** Ends the threads; what waits fails. */
    void close() {
        List<Fetcher> left;
        synchronized (idle) {
            threads.shutdown();
            left = List.copyOf(idle);
            idle.clear();
        }
        left.forEach(FetchPool::close);
    }
}
