package io.tidewire.testkit;

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
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** One fresh log, its clock, and the short way to ask it something. Used by one thread. */
final class LogUnderTest implements AutoCloseable {
    /** What a log on a busy machine never needs. */
    static final long PATIENCE_MILLIS = 20_000;

    /** As good as no limit. */
    static final int PLENTY = 1 << 30;

    /** Pages that do not end are a failure, not a hang. */
    private static final int MAX_PAGES = 1_000_000;

    final SteppedClock clock = new SteppedClock();
    private final BiFunction<Retention, InstantSource, EventLog> opener;
    private @Nullable EventLog log;

    LogUnderTest(BiFunction<Retention, InstantSource, EventLog> opener) {
        this.opener = opener;
    }

    /** Opens the log with this retention; without this call it keeps what anyone would want kept. */
    LogUnderTest keeping(Retention retention) {
        log = opener.apply(retention, clock);
        return this;
    }

    /** {@return another log of the same kind, which has nothing to do with this one} */
    LogUnderTest another() {
        return new LogUnderTest(opener);
    }

    EventLog log() {
        EventLog opened = log;
        if (opened == null) {
            opened = keeping(Retention.defaults()).log();
        }
        return opened;
    }

    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("the log failed: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new AssertionError("the log did not answer within " + PATIENCE_MILLIS + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    List<AppendResult> append(List<Append> batch) {
        List<AppendResult> results = await(log().append(batch));
        assertThat(results).as("one result for each").hasSameSizeAs(batch);
        return results;
    }

    AppendResult append(Append append) {
        return append(List.of(append)).get(0);
    }

    String append(Update update) {
        AppendResult result = append(Append.of(update));
        assertThat(result.outcome()).isEqualTo(AppendResult.Outcome.APPENDED);
        return Objects.requireNonNull(result.id());
    }

    String append(String topic, String data) {
        return append(Update.to(topic).data(data).build());
    }

    /** Appends entries with the data {@code from} to {@code to}; {@return their ids}. */
    List<String> appendNumbers(int from, int to) {
        List<String> ids = new ArrayList<>();
        for (int i = from; i <= to; i++) {
            ids.add(append("numbers", Integer.toString(i)));
        }
        return ids;
    }

    Resolution resolve(Cursor cursor) {
        return await(log().resolve(cursor, Interest.ALL));
    }

    Resolution resolve(String lastEventId) {
        return resolve(new Cursor.After(lastEventId));
    }

    Position earliest() {
        return resolve(new Cursor.Earliest()).position();
    }

    Position newest() {
        return resolve(new Cursor.Newest()).position();
    }

    Page read(Position after, int maxEvents) {
        return read(new Read(after, Read.Mode.ALL, Interest.ALL, maxEvents, PLENTY));
    }

    Page read(Read request) {
        Page page = await(log().read(request));
        assertThat(page.entries()).hasSizeLessThanOrEqualTo(request.maxEvents());
        return page;
    }

    /** {@return what pages like this one give from its cursor to the head} */
    List<LogEntry> readOn(Read first) {
        List<LogEntry> found = new ArrayList<>();
        Read next = first;
        for (int i = 0; i < MAX_PAGES; i++) {
            Page page = read(next);
            found.addAll(page.entries());
            if (page.atHead()) {
                return found;
            }
            next = new Read(page.end(), first.mode(), first.interest(), first.maxEvents(), first.maxBytes());
        }
        throw new AssertionError("no head after " + MAX_PAGES + " pages");
    }

    List<LogEntry> readAll(Position after) {
        return readOn(new Read(after, Read.Mode.ALL, Interest.ALL, 1000, PLENTY));
    }

    List<LogEntry> readLatest(Position after, int maxEvents) {
        return readOn(new Read(after, Read.Mode.LATEST, Interest.ALL, maxEvents, PLENTY));
    }

    List<String> dataAfter(Position after) {
        return data(readAll(after));
    }

    static List<String> data(List<LogEntry> entries) {
        return entries.stream().map(entry -> entry.update().data()).toList();
    }

    static List<String> ids(List<LogEntry> entries) {
        return entries.stream().map(LogEntry::id).toList();
    }

    @Override
    public void close() {
        EventLog opened = log;
        if (opened != null) {
            opened.close();
        }
    }
}
