package io.tidewire.log.sqlite;

import io.tidewire.log.LogException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Some threads that read, each by a connection of its own, and a bounded queue of what waits for them. Safe for any thread. */
final class ReaderPool<R extends ReaderPool.Closing> {
    private static final long CLOSE_SECONDS = 10;

    private final Opener<R> opener;
    private final Supplier<LogException> closed;
    private final Trouble trouble;
    private final int maxWaiting;
    private final ThreadPoolExecutor threads;
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by the lock.
    private final ArrayDeque<R> idle = new ArrayDeque<>();

    /** What has a connection. */
    interface Closing extends AutoCloseable {
        @Override
        void close() throws SQLException;
    }

    /** Opens a reader. */
    interface Opener<R> {
        R open() throws SQLException;
    }

    /** What is asked of a reader. */
    interface Question<R, T> {
        T ask(R reader) throws SQLException;
    }

    /** One whose readers are opened so, and who is told that when it is closed. */
    ReaderPool(SqliteConfig config, Opener<R> opener, Supplier<LogException> closed, Trouble trouble) {
        this.opener = opener;
        this.closed = closed;
        this.trouble = trouble;
        this.maxWaiting = config.maxWaitingReads();
        threads = new ThreadPoolExecutor(
                config.readers(),
                config.readers(),
                1,
                TimeUnit.MINUTES,
                new LinkedBlockingQueue<>(maxWaiting),
                task -> new LogThread(task, "tidewire-sqlite-reader"));
    }

    <T> CompletionStage<T> ask(Question<R, T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            threads.execute(() -> answer(question, answer));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(
                    threads.isShutdown()
                            ? closed.get()
                            : new LogException.Unavailable(
                                    "reads waiting: " + maxWaiting
                                            + " (expected: fewer; the disk is slower than what is asked of it, try again later)"));
        }
        return answer;
    }

    private <T> void answer(Question<R, T> question, CompletableFuture<T> answer) {
        if (threads.isShutdown()) {
            answer.completeExceptionally(closed.get());
            return;
        }
        T found;
        R reader = null;
        try {
            reader = take();
            found = question.ask(reader);
            give(reader);
            trouble.worked();
        } catch (SQLException | RuntimeException e) {
            discard(reader);
            answer.completeExceptionally(trouble.failed(e));
            return;
        }
        answer.complete(found);
    }

    private R take() throws SQLException {
        lock.lock();
        try {
            R reader = idle.poll();
            if (reader != null) {
                return reader;
            }
        } finally {
            lock.unlock();
        }
        return opener.open();
    }

    private void give(R reader) {
        lock.lock();
        try {
            idle.push(reader);
        } finally {
            lock.unlock();
        }
    }

    /** One that failed may be in the middle of anything; the next question gets a new one. */
    private void discard(@Nullable R reader) {
        if (reader != null) {
            try {
                reader.close();
            } catch (SQLException e) {
                trouble.failed(e);
            }
        }
    }

    /** Refuses what waits, then closes the connections. Not to be called by one of its own threads. */
    void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (R reader = idle.poll(); reader != null; reader = idle.poll()) {
            discard(reader);
        }
    }
}
