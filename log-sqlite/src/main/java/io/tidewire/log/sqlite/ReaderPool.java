package io.tidewire.log.sqlite;

import io.tidewire.log.LogException;
import io.tidewire.log.Retention;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Some threads that read, each by a connection of its own, and a bounded queue of what waits for them. Safe for any thread. */
final class ReaderPool {
    private static final long CLOSE_SECONDS = 10;

    private final DatabaseFile file;
    private final String epoch;
    private final Retention retention;
    private final Trouble trouble;
    private final int maxWaiting;
    private final ThreadPoolExecutor threads;
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by the lock.
    private final ArrayDeque<Reader> idle = new ArrayDeque<>();

    /** What is asked of a reader. */
    interface Question<T> {
        T ask(Reader reader) throws SQLException;
    }

    ReaderPool(DatabaseFile file, String epoch, SqliteConfig config, Retention retention, Trouble trouble) {
        this.file = file;
        this.epoch = epoch;
        this.retention = retention;
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

    <T> CompletionStage<T> ask(Question<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            threads.execute(() -> answer(question, answer));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(
                    threads.isShutdown()
                            ? SqliteLog.closed()
                            : new LogException.Unavailable(
                                    "reads waiting: " + maxWaiting
                                            + " (expected: fewer; the disk is slower than what is asked of it, try again later)"));
        }
        return answer;
    }

    private <T> void answer(Question<T> question, CompletableFuture<T> answer) {
        if (threads.isShutdown()) {
            answer.completeExceptionally(SqliteLog.closed());
            return;
        }
        T found;
        Reader reader = null;
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

    private Reader take() throws SQLException {
        lock.lock();
        try {
            Reader reader = idle.poll();
            if (reader != null) {
                return reader;
            }
        } finally {
            lock.unlock();
        }
        return new Reader(file.openToRead(), epoch, retention);
    }

    private void give(Reader reader) {
        lock.lock();
        try {
            idle.push(reader);
        } finally {
            lock.unlock();
        }
    }

    /** One that failed may be in the middle of anything; the next question gets a new one. */
    private void discard(@Nullable Reader reader) {
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
        for (Reader reader = idle.poll(); reader != null; reader = idle.poll()) {
            discard(reader);
        }
    }
}
