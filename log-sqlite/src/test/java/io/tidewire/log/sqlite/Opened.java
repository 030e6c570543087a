package io.tidewire.log.sqlite;

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
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An open log, and the short way to ask it something. */
record Opened(EventLog log) implements AutoCloseable {
    private static final int MAX_PAGES = 1_000_000;

    static Opened in(Path directory) {
        return in(directory, Retention.defaults(), InstantSource.system());
    }

    static Opened in(Path directory, Retention retention, InstantSource clock) {
        return new Opened(SqliteLog.open(
                SqliteConfig.in(directory).durability(SqliteConfig.Durability.NORMAL), retention, clock));
    }

    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException told) {
                throw told;
            }
            throw new AssertionError(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    AppendResult append(Append append) {
        return await(log.append(List.of(append))).get(0);
    }

    String append(Update update) {
        return Objects.requireNonNull(append(Append.of(update)).id());
    }

    String append(String topic, String data) {
        return append(Update.to(topic).data(data).build());
    }

    List<String> appendNumbers(int from, int to) {
        List<Append> batch = new ArrayList<>();
        for (int i = from; i <= to; i++) {
            batch.add(Append.of(Update.to("numbers").data(Integer.toString(i)).build()));
        }
        return await(log.append(batch)).stream()
                .map(result -> Objects.requireNonNull(result.id()))
                .toList();
    }

    Resolution resolve(String id) {
        return await(log.resolve(new Cursor.After(id), Interest.ALL));
    }

    Position earliest() {
        return await(log.resolve(new Cursor.Earliest(), Interest.ALL)).position();
    }

    Position newest() {
        return await(log.resolve(new Cursor.Newest(), Interest.ALL)).position();
    }

    Page read(Position after, int maxEvents) {
        return await(log.read(new Read(after, Read.Mode.ALL, Interest.ALL, maxEvents, 1 << 30)));
    }

    List<LogEntry> readAll(Position after, Read.Mode mode, Interest interest) {
        return readAll(after, mode, interest, 1000);
    }

    List<LogEntry> readAll(Position after, Read.Mode mode, Interest interest, int maxEvents) {
        List<LogEntry> found = new ArrayList<>();
        Position cursor = after;
        for (int i = 0; i < MAX_PAGES; i++) {
            Page page = await(log.read(new Read(cursor, mode, interest, maxEvents, 1 << 30)));
            found.addAll(page.entries());
            cursor = page.end();
            if (page.atHead()) {
                return found;
            }
        }
        throw new AssertionError("no head after " + MAX_PAGES + " pages");
    }

    List<String> data(Position after) {
        return data(readAll(after, Read.Mode.ALL, Interest.ALL));
    }

    List<String> data() {
        return data(earliest());
    }

    List<String> ids() {
        return readAll(earliest(), Read.Mode.ALL, Interest.ALL).stream()
                .map(LogEntry::id)
                .toList();
    }

    static List<String> data(List<LogEntry> entries) {
        return entries.stream().map(entry -> entry.update().data()).toList();
    }

    @Override
    public void close() {
        log.close();
    }

    /** A clock that a test moves by hand. Any thread may read it. */
    static final class Clock implements InstantSource {
        private volatile Instant now = Instant.ofEpochMilli(1_700_000_000_000L); // any day will do

        @Override
        public Instant instant() {
            return now;
        }

        void advance(Duration time) {
            now = now.plus(time);
        }
    }
}
