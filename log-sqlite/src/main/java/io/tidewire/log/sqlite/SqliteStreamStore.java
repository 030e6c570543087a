package io.tidewire.log.sqlite;

import io.tidewire.log.LogException;
import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Creation;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamChange;
import io.tidewire.stream.StreamInfo;
import io.tidewire.stream.StreamLimits;
import io.tidewire.stream.StreamPage;
import io.tidewire.stream.StreamSpec;
import io.tidewire.stream.StreamStore;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams that outlive their process: a SQLite database, {@code streams.db}, beside that of a {@link SqliteLog} or in a directory of its
 * own.
 *
 * <p>What is acknowledged is in the file, and, with {@link SqliteConfig.Durability#FSYNC}, on the disk: the messages and how far their
 * producers have come, together. That a stream was read is noted there once a second. {@link StreamLimits#streamBytes} bounds each
 * stream; all of them together are bounded by the disk.
 *
 * <p>Safe for any thread. Stages complete on the caller's thread or one of the store, which must not be kept; the listener is called on
 * the one that writes.
 *
 * <p>Failures: {@link LogException.Full} when the disk is full (it goes on by itself when there is room);
 * {@link LogException.Unavailable} when too much waits, when the disk or the file fails, and after {@link #close}.
 *
 * <pre>{@code
 * SqliteConfig config = SqliteConfig.in(Path.of("/var/lib/tidewire"));
 * try (SqliteStreamStore store = SqliteStreamStore.open(config, StreamLimits.defaults(), InstantSource.system())) {
 *     store.create("answers/1", StreamSpec.of("text/plain"), StreamAppend.NOTHING);
 *     store.append("answers/1", StreamAppend.of("Hello".getBytes(UTF_8)));
 * }
 * }</pre>
 */
public final class SqliteStreamStore implements StreamStore {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteStreamStore.class);
    private static final String LOCK_FILE = "streams.lock";

    /** The objects of one order, and of each message, roughly. */
    private static final int ORDER_BYTES = 400;

    private static final int MESSAGE_BYTES = 24;

    private final InstantSource clock;
    private final SqliteConfig config;
    private final AppendQueue<StreamOrder<?>> queue;
    private final StreamWriter writer;
    private final LiveStreams live;
    private final Uses uses;
    private final ReaderPool<StreamReader> readers;
    private final DirectoryLock lock;
    private final Thread writing;
    private final CompletableFuture<Void> over = new CompletableFuture<>();

    private SqliteStreamStore(
            SqliteConfig config, StreamLimits limits, InstantSource clock, DirectoryLock lock, DatabaseFile file)
            throws SQLException {
        this.config = config;
        this.clock = clock;
        this.lock = lock;
        queue = new AppendQueue<>(config.maxWaitingBytes());
        writer = new StreamWriter(file, config, limits, clock, queue);
        live = writer.live();
        uses = writer.uses();
        readers = new ReaderPool<>(
                config,
                () -> StreamReader.open(file, uses),
                SqliteStreamStore::closed,
                new Trouble(file.path(), StreamWriter.KEPT));
        writing = new LogThread(this::run, "tidewire-sqlite-streams");
    }

    /**
     * Opens the streams of a directory; makes both if they are missing. Takes well under a second, however much there is.
     *
     * @throws LogException.Unavailable if another store has them, if the directory cannot be written to, or if the file there is not a
     *     sound database of ours (it is left as it is)
     */
    public static SqliteStreamStore open(SqliteConfig config, StreamLimits limits, InstantSource clock) {
        Path directory = config.directory();
        DirectoryLock lock = DirectoryLock.take(directory, LOCK_FILE);
        try {
            DatabaseFile file = DatabaseFile.in(directory, Schema.STREAMS);
            SqliteStreamStore store = new SqliteStreamStore(config, limits, clock, lock, file);
            store.writing.start();
            return store;
        } catch (SQLException e) {
            lock.release();
            throw DatabaseFile.cannotOpen(directory, Schema.STREAMS, e);
        } catch (RuntimeException e) {
            lock.release();
            throw e;
        }
    }

    static LogException closed() {
        return new LogException.Unavailable(
                "The store of streams is closed: the hub is shutting down; try another or later");
    }

    @Override
    public CompletionStage<Creation> create(String name, StreamSpec spec, StreamAppend first) {
        StreamStore.requireName(name);
        StreamStore.requireFirst(first);
        return order(first, ledger -> ledger.create(name, spec, first));
    }

    @Override
    public CompletionStage<AppendOutcome> append(String name, StreamAppend append) {
        StreamStore.requireName(name);
        return order(append, ledger -> ledger.append(name, append));
    }

    @Override
    public CompletionStage<Boolean> delete(String name) {
        StreamStore.requireName(name);
        return order(StreamAppend.NOTHING, ledger -> ledger.delete(name));
    }

    private <T> CompletionStage<T> order(StreamAppend append, StreamOrder.Work<T> work) {
        long bytes = ORDER_BYTES
                + append.bytes()
                + (long) MESSAGE_BYTES * append.messages().size();
        StreamOrder<T> order = new StreamOrder<>(bytes, work);
        switch (queue.offer(order)) {
            case ACCEPTED -> {}
            case CLOSED -> order.refuse(closed());
            case FULL ->
                order.refuse(new LogException.Unavailable("bytes waiting to be written: " + config.maxWaitingBytes()
                        + " (expected: fewer; more is appended than the disk takes, try again later)"));
        }
        return order.done();
    }

    @Override
    public CompletionStage<Optional<StreamInfo>> info(String name) {
        StreamStore.requireName(name);
        if (queue.isClosed()) {
            return CompletableFuture.failedFuture(closed());
        }
        long nowMillis = clock.millis();
        StreamView view = view(name);
        if (view != null) {
            StreamRow row = view.row();
            return CompletableFuture.completedFuture(
                    row.isExpired(nowMillis) ? Optional.empty() : Optional.of(row.info()));
        }
        return readers.ask(reader -> reader.info(name, nowMillis));
    }

    @Override
    public CompletionStage<Optional<StreamPage>> read(String name, Offset after, int maxBytes) {
        StreamStore.requireName(name);
        if (queue.isClosed()) {
            return CompletableFuture.failedFuture(closed());
        }
        long nowMillis = clock.millis();
        StreamView view = view(name);
        if (view != null && view.row().isExpired(nowMillis)) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        if (view != null && after.number() >= view.window().first()) {
            uses.note(name, nowMillis);
            return CompletableFuture.completedFuture(Optional.of(view.page(after, maxBytes)));
        }
        return readers.ask(reader -> reader.page(name, after, maxBytes, nowMillis));
    }

    /** {@return the stream as it was committed last, if it was written lately} */
    private @Nullable StreamView view(String name) {
        long usedMillis = uses.of(name);
        StreamView view = live.view(name);
        return view == null ? null : new StreamView(view.row().usedAt(usedMillis), view.window());
    }

    @Override
    public CompletionStage<List<StreamInfo>> list(String prefix, String after, int limit) {
        StreamStore.requireLimit(limit);
        if (queue.isClosed()) {
            return CompletableFuture.failedFuture(closed());
        }
        return readers.ask(reader -> reader.list(prefix, after, limit, clock.millis()));
    }

    @Override
    public void listen(Consumer<StreamChange> listener) {
        writer.listen(listener);
    }

    private void run() {
        try {
            writer.run();
        } catch (RuntimeException | Error e) {
            LOG.error(
                    "The writer of streams ended by a fault in the hub; no stream can be written. Restart the hub", e);
            throw e;
        } finally {
            queue.close();
            queue.drain().forEach(order -> order.refuse(closed()));
            readers.close();
            writer.close(); // the last of the connections: this one can put the write-ahead log away
            lock.release();
            over.complete(null);
        }
    }

    /** Refuses what comes after, writes what waits, and closes the file. Returns when that is done. */
    @Override
    public void close() {
        queue.close();
        if (!(Thread.currentThread() instanceof LogThread)) { // it cannot wait for itself
            over.join();
        }
    }
}
