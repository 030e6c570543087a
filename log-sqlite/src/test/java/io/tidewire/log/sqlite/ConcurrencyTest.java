package io.tidewire.log.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Interest;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many at once. */
class ConcurrencyTest {
    private static final int WRITERS = 8;

    @TempDir
    Path directory;

    private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private <T> List<T> all(List<Callable<T>> tasks) throws Exception {
        List<T> results = new ArrayList<>();
        for (Future<T> one : threads.invokeAll(tasks)) {
            results.add(one.get(2, TimeUnit.MINUTES));
        }
        return results;
    }

    @Test
    void whatManyWritersWereAcknowledgedIsThereOnceAndInEachOnesOrder() throws Exception {
        int each = 2000;
        List<String> acknowledged = new ArrayList<>();
        List<LogEntry> followed = new ArrayList<>();
        try (Opened log = Opened.in(directory)) {
            log.log().follow(followed::addAll);
            List<Callable<List<String>>> writers = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                writers.add(writer(log, writer, each));
            }
            all(writers).forEach(acknowledged::addAll);
        }

        try (Opened again = Opened.in(directory)) {
            List<LogEntry> kept = again.readAll(again.earliest(), Read.Mode.ALL, Interest.ALL);
            assertThat(kept.stream().map(LogEntry::id))
                    .hasSize(WRITERS * each)
                    .doesNotHaveDuplicates()
                    .containsExactlyInAnyOrderElementsOf(acknowledged);
            assertThat(followed.stream().map(LogEntry::id).toList())
                    .isEqualTo(kept.stream().map(LogEntry::id).toList());
            for (int writer = 0; writer < WRITERS; writer++) {
                String topic = "t" + writer;
                assertThat(kept.stream()
                                .filter(entry ->
                                        entry.update().audience().channel().equals(topic))
                                .map(entry -> Integer.valueOf(entry.update().data())))
                        .hasSize(each)
                        .isSorted();
            }
        }
    }

    /** Never waits for an answer but the last of a hundred: what one writer has under way stays in its order. */
    private static Callable<List<String>> writer(Opened log, int writer, int each) {
        return () -> {
            List<CompletionStage<List<AppendResult>>> answers = new ArrayList<>();
            for (int i = 0; i < each; i++) {
                Append append = Append.of(
                        Update.to("t" + writer).data(Integer.toString(i)).build());
                answers.add(log.log().append(List.of(append)));
                if (i % 100 == 99) {
                    Opened.await(answers.get(i));
                }
            }
            return answers.stream()
                    .map(answer ->
                            Objects.requireNonNull(Opened.await(answer).get(0).id()))
                    .toList();
        };
    }

    @Test
    void expectedVersionLetsExactlyOneOfManyThrough() throws Exception {
        try (Opened log = Opened.in(directory)) {
            String last = log.append("t", "0");
            for (int round = 0; round < 50; round++) {
                String expected = last;
                Callable<AppendResult> attempt =
                        () -> log.append(new Append(Update.to("t").data("x").build(), null, expected));
                List<AppendResult> results = all(Collections.nCopies(WRITERS, attempt));
                List<AppendResult> won = results.stream()
                        .filter(result -> result.outcome() == AppendResult.Outcome.APPENDED)
                        .toList();
                assertThat(won).hasSize(1);
                last = Objects.requireNonNull(won.get(0).id());
            }
        }
    }

    @Test
    void fiftyCursorsReadAHundredThousandEventsBackEachExactlyOnce() throws Exception {
        int events = 100_000;
        try (Opened log = Opened.in(
                directory, new Retention(Long.MAX_VALUE, Long.MAX_VALUE, Duration.ofDays(1)), InstantSource.system())) {
            for (int i = 0; i < events; i += 5000) {
                log.appendNumbers(i, i + 4999);
            }
            Position earliest = log.earliest();
            List<CompletableFuture<Integer>> cursors = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                // Pages of different sizes, each asked for by whoever answered the one before: as event loops do.
                cursors.add(count(log, earliest, 0, 300 + 37 * i));
            }
            for (CompletableFuture<Integer> cursor : cursors) {
                assertThat(cursor.get(2, TimeUnit.MINUTES)).isEqualTo(events);
            }
        }
    }

    private static CompletableFuture<Integer> count(Opened log, Position from, int next, int maxEvents) {
        Read read = new Read(from, Read.Mode.ALL, Interest.ALL, maxEvents, 1 << 20);
        return log.log()
                .read(read)
                .thenCompose(page -> {
                    int expected = next;
                    for (LogEntry entry : page.entries()) {
                        assertThat(entry.update().data()).isEqualTo(Integer.toString(expected++));
                    }
                    return page.atHead()
                            ? CompletableFuture.completedFuture(expected)
                            : count(log, page.end(), expected, maxEvents);
                })
                .toCompletableFuture();
    }

    @Test
    void readersOfAHistoryThatIsCutSeeEverythingOrAreTold() throws Exception {
        Retention hundred = new Retention(100, Long.MAX_VALUE, Duration.ofDays(1));
        try (Opened log = Opened.in(directory, hundred, InstantSource.system())) {
            AtomicBoolean over = new AtomicBoolean();
            List<Future<Long>> readers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int maxEvents = 1 + 20 * i;
                Position start = log.earliest(); // before anything is cut
                readers.add(threads.submit(() -> readThrough(log, start, maxEvents, over)));
            }
            int events = 20_000;
            for (int i = 1; i <= events; i += 20) {
                log.appendNumbers(i, i + 19);
            }
            over.set(true);
            for (Future<Long> reader : readers) {
                assertThat(reader.get(1, TimeUnit.MINUTES)).isEqualTo(events);
            }
            assertThat(log.data()).hasSize(100);
        }
    }

    /** {@return how many events it has seen or was told that it missed} */
    private static long readThrough(Opened log, Position start, int maxEvents, AtomicBoolean over) {
        Position cursor = start;
        long accounted = 0;
        while (true) {
            boolean last = over.get();
            Page page = log.read(cursor, maxEvents);
            accounted += page.gap() == null ? 0 : page.gap().missed();
            for (LogEntry entry : page.entries()) {
                accounted++;
                assertThat(entry.update().data()).isEqualTo(Long.toString(accounted));
            }
            cursor = page.end();
            if (last && page.atHead()) {
                return accounted;
            }
        }
    }
}
