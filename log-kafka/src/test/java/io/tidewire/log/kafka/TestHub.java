package io.tidewire.log.kafka;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Cursor;
import io.tidewire.log.EventLog;
import io.tidewire.log.Interest;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import io.tidewire.log.Resolution;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A store and what a hub does with it: a window of the newest entries, and the log for all that is older. */
final class TestHub implements AutoCloseable {
    static final long PATIENCE_SECONDS = 30;
    static final Retention RETENTION = new Retention(100_000, 64 << 20, Duration.ofDays(1));

    /** Small, so that both ways are gone all the time. */
    private static final int WINDOW = 6;

    final KafkaStore store;
    final EventLog log;
    // Guarded by this.
    private final Deque<LogEntry> window = new ArrayDeque<>();
    private final List<LogEntry> followed = new ArrayList<>();
    private Position windowStart;

    TestHub(KafkaConfig config) {
        this(config, RETENTION);
    }

    TestHub(KafkaConfig config, Retention retention) {
        this.store = KafkaStore.connect(config, retention, InstantSource.system());
        this.log = store.log();
        synchronized (this) {
            windowStart = log.follow(this::take);
        }
    }

    private synchronized void take(List<LogEntry> entries) {
        for (LogEntry entry : entries) {
            followed.add(entry);
            window.add(entry);
            if (window.size() > WINDOW) {
                windowStart = window.remove().position();
            }
        }
    }

    synchronized List<LogEntry> followed() {
        return List.copyOf(followed);
    }

    /** {@return what the window has after a cursor, or null if that may have left it} */
    synchronized @Nullable List<LogEntry> windowAfter(Position cursor) {
        if (!cursor.covers(windowStart)) {
            return null;
        }
        return window.stream().filter(entry -> !cursor.covers(entry.position())).toList();
    }

    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("the log failed: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new AssertionError("the log did not answer within " + PATIENCE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    AppendResult append(Append append) {
        return await(log.append(List.of(append))).get(0);
    }

    String append(String topic, String data) {
        String id = append(Append.of(Update.to(topic).data(data).build())).id();
        if (id == null) {
            throw new AssertionError("append: no id (expected: one)");
        }
        return id;
    }

    Resolution resolve(Cursor cursor) {
        return await(log.resolve(cursor, Interest.ALL));
    }

    Resolution resolve(String id) {
        return resolve(new Cursor.After(id));
    }

    Page read(Position after, int maxEvents) {
        return await(log.read(new Read(after, Read.Mode.ALL, Interest.ALL, maxEvents, 1 << 30)));
    }

    List<LogEntry> readAll(Position after) {
        List<LogEntry> all = new ArrayList<>();
        Page page = read(after, 500);
        all.addAll(page.entries());
        while (!page.atHead()) {
            page = read(page.end(), 500);
            all.addAll(page.entries());
        }
        return all;
    }

    List<String> all() {
        return data(readAll(resolve(new Cursor.Earliest()).position()));
    }

    static List<String> data(List<LogEntry> entries) {
        return entries.stream().map(entry -> entry.update().data()).toList();
    }

    @Override
    public void close() {
        store.close();
    }
}
