package io.tidewire.log.sqlite;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Cursor;
import io.tidewire.log.EventLog;
import io.tidewire.log.Follower;
import io.tidewire.log.Interest;
import io.tidewire.log.LogException;
import io.tidewire.log.NumberedPosition;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import io.tidewire.log.Resolution;
import io.tidewire.log.Retention;
import io.tidewire.log.UpdateCodec;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log that outlives its process: a SQLite database in a directory of its own.
 *
 * <p>What is acknowledged is in the file, and, with {@link SqliteConfig.Durability#FSYNC}, on the disk. Ids, idempotency keys,
 * expected versions and what was cut survive a restart and a crash.
 *
 * <p>Safe for any thread. Stages complete and followers are called on threads of the log, which they must not keep.
 *
 * <p>Failures: {@link LogException.Full} when the disk is full (it goes on by itself when there is room);
 * {@link LogException.Unavailable} when too much waits, when the disk or the file fails, and after {@link #close}.
 *
 * <pre>{@code
 * SqliteConfig config = SqliteConfig.in(Path.of("/var/lib/tidewire"));
 * try (SqliteLog log = SqliteLog.open(config, Retention.defaults(), InstantSource.system())) {
 *     log.append(List.of(Append.of(Update.to("news").data("hello").build())));
 * }
 * }</pre>
 */
public final class SqliteLog implements EventLog {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteLog.class);

    private static final String LOCK_FILE = "tidewire.lock";

    /** The objects of one append, roughly. */
    private static final int WAITING_BYTES = 400;

    private final UpdateCodec codec = new UpdateCodec();
    private final InstantSource clock;
    private final Retention retention;
    private final SqliteConfig config;
    private final AppendQueue<Waiting> queue;
    private final String epoch;
    private final Followers followers;
    private final ReaderPool<Reader> readers;
    private final DirectoryLock lock;
    private final Thread writing;
    private final CompletableFuture<Void> over = new CompletableFuture<>();

    private SqliteLog(
            SqliteConfig config, Retention retention, InstantSource clock, DirectoryLock lock, DatabaseFile file)
            throws SQLException {
        this.config = config;
        this.retention = retention;
        this.clock = clock;
        this.lock = lock;
        queue = new AppendQueue<>(config.maxWaitingBytes());
        Writer writer = Writer.open(file, config, retention, clock, queue);
        epoch = writer.epoch();
        followers = writer.followers();
        readers = new ReaderPool<>(
                config,
                () -> new Reader(file.openToRead(), epoch, retention),
                SqliteLog::closed,
                new Trouble(file.path(), Writer.KEPT));
        writing = new LogThread(() -> run(writer), "tidewire-sqlite-writer");
    }

    /**
     * Opens the log of a directory; makes both if they are missing. Takes well under a second, however much there is, unless the
     * bounds have become narrower: then as long as it takes to count what stays.
     *
     * @throws LogException.Unavailable if another log has the directory, if it cannot be written to, or if the file there is not
     *     a sound database of ours (it is left as it is)
     */
    public static SqliteLog open(SqliteConfig config, Retention retention, InstantSource clock) {
        Path directory = config.directory();
        DirectoryLock lock = DirectoryLock.take(directory, LOCK_FILE);
        try {
            SqliteLog log = new SqliteLog(config, retention, clock, lock, DatabaseFile.in(directory, Schema.LOG));
            log.writing.start();
            return log;
        } catch (SQLException e) {
            lock.release();
            throw DatabaseFile.cannotOpen(directory, Schema.LOG, e);
        } catch (RuntimeException e) {
            lock.release();
            throw e;
        }
    }

    static LogException closed() {
        return new LogException.Unavailable("The log is closed: the hub is shutting down; try another or later");
    }

    @Override
    public CompletionStage<List<AppendResult>> append(List<Append> batch) {
        List<byte[]> bodies = new ArrayList<>(batch.size());
        long bytes = 0;
        for (Append append : batch) {
            byte[] body = codec.encode(append.update()); // here: many publishers do it in parallel, the writer is one
            bodies.add(body);
            bytes += WAITING_BYTES + body.length;
        }
        Waiting waiting = new Waiting(List.copyOf(batch), bodies, bytes, new CompletableFuture<>());
        switch (queue.offer(waiting)) {
            case ACCEPTED -> {}
            case CLOSED -> waiting.done().completeExceptionally(closed());
            case FULL ->
                waiting.done()
                        .completeExceptionally(new LogException.Unavailable("bytes waiting to be written: "
                                + config.maxWaitingBytes()
                                + " (expected: fewer; more is published than the disk takes, try again later)"));
        }
        return waiting.done();
    }

    @Override
    public CompletionStage<Page> read(Read request) {
        if (queue.isClosed()) {
            return CompletableFuture.failedFuture(closed());
        }
        NumberedPosition after = own(request.after());
        View view = followers.view();
        if (after.number() == view.head() && isServedInFull(after.number(), view)) {
            return CompletableFuture.completedFuture(new Page(List.of(), after, true, null));
        }
        return readers.ask(reader -> reader.page(request, after, followers.view(), clock.millis()));
    }

    @Override
    public Position follow(Follower follower) {
        return new NumberedPosition(epoch, followers.add(follower).head());
    }

    @Override
    public CompletionStage<Resolution> resolve(Cursor cursor, Interest interest) {
        if (queue.isClosed()) {
            return CompletableFuture.failedFuture(closed());
        }
        View view = followers.view();
        if (cursor instanceof Cursor.Newest) {
            NumberedPosition newest = new NumberedPosition(epoch, view.head(), view.head());
            return CompletableFuture.completedFuture(new Resolution(newest, null));
        }
        if (cursor instanceof Cursor.After after) {
            String id = after.lastEventId();
            long number = NumberedPosition.parse(id, epoch);
            if (isServedInFull(number, view)) {
                NumberedPosition place = new NumberedPosition(epoch, number);
                return CompletableFuture.completedFuture(new Resolution(place, null));
            }
            return readers.ask(reader -> reader.resolve(id, interest, followers.view(), clock.millis()));
        }
        return readers.ask(reader -> reader.earliest(followers.view(), clock.millis()));
    }

    /** {@return whether nothing at all was cut after the number} Then no file needs to be read: thousands reconnect at once. */
    private boolean isServedInFull(long number, View view) {
        long nowMillis = clock.millis();
        return number >= view.floor()
                && number <= view.head()
                && number >= view.cut()
                && Floor.isExact(view, nowMillis - LogBounds.maxAgeMillis(retention))
                && view.expiresMillis() >= nowMillis;
    }

    private NumberedPosition own(Position position) {
        if (position instanceof NumberedPosition place && place.epoch().equals(epoch)) {
            return place;
        }
        throw new IllegalArgumentException(
                "position: " + position.token() + " (expected: one that this log made, of epoch " + epoch + ")");
    }

    private void run(Writer writer) {
        try {
            writer.run();
        } catch (RuntimeException | Error e) {
            LOG.error("The log's writer ended by a fault in the hub; nothing can be published. Restart the hub", e);
            throw e;
        } finally {
            queue.close();
            queue.drain().forEach(waiting -> waiting.done().completeExceptionally(closed()));
            followers.close();
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
