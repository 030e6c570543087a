package io.tidewire.log.redis;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;

/** What a hub does with a store, in one line each. */
final class Hub implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    final RedisStore store;
    final EventLog log;
    final List<LogEntry> followed = new CopyOnWriteArrayList<>();
    final Position start;

    Hub(RedisConfig config) {
        this(config, Retention.defaults());
    }

    Hub(RedisConfig config, Retention retention) {
        store = RedisStore.connect(config, retention, InstantSource.system());
        log = store.log();
        start = log.follow(followed::addAll);
    }

    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("the log failed: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new AssertionError("the log did not answer within " + PATIENCE, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    static Append event(String topic, String data) {
        return Append.of(Update.to(topic).data(data).build());
    }

    AppendResult append(Append append) {
        return await(log.append(List.of(append))).get(0);
    }

    String append(String topic, String data) {
        AppendResult result = append(event(topic, data));
        assertThat(result.outcome()).isEqualTo(AppendResult.Outcome.APPENDED);
        return String.valueOf(result.id());
    }

    Resolution resolve(String id) {
        return await(log.resolve(new Cursor.After(id), Interest.ALL));
    }

    Position earliest() {
        return await(log.resolve(new Cursor.Earliest(), Interest.ALL)).position();
    }

    List<LogEntry> readAll(Position after) {
        List<LogEntry> found = new ArrayList<>();
        Position at = after;
        while (true) {
            Page page = await(log.read(new Read(at, Read.Mode.ALL, Interest.ALL, 1000, 1 << 20)));
            found.addAll(page.entries());
            if (page.atHead()) {
                return found;
            }
            at = page.end();
        }
    }

    List<String> dataAfter(Position after) {
        return data(readAll(after));
    }

    boolean isReachable() {
        var answer = log.resolve(new Cursor.Newest(), Interest.ALL).toCompletableFuture();
        Awaitility.await().atMost(PATIENCE).until(answer::isDone);
        return !answer.isCompletedExceptionally();
    }

    void awaitReachable() {
        Awaitility.await().atMost(PATIENCE).until(this::isReachable);
    }

    /** {@return what was followed, once it is so much} */
    List<LogEntry> followed(int count) {
        Awaitility.await().atMost(PATIENCE).until(() -> followed.size() >= count);
        return List.copyOf(followed);
    }

    static List<String> data(List<LogEntry> entries) {
        return entries.stream().map(entry -> entry.update().data()).toList();
    }

    static List<String> tokens(List<LogEntry> entries) {
        return entries.stream().map(entry -> entry.position().token()).toList();
    }

    @Override
    public void close() {
        store.close();
    }
}
