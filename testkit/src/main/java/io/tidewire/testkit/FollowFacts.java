package io.tidewire.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Being handed what is new, also while others write. */
abstract class FollowFacts {
    private static final int WRITERS = 8;
    private static final int BATCHES = 150;

    private final LogUnderTest log;
    private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS);

    FollowFacts(LogUnderTest log) {
        this.log = log;
    }

    @AfterEach
    void close() {
        log.close();
        threads.shutdownNow();
    }

    @Test
    void followerSeesWhatComesAfterItsStartInOrder() {
        log.appendNumbers(1, 5);
        Followed followed = new Followed();
        log.log().follow(followed);
        List<String> ids = log.appendNumbers(6, 50);

        assertThat(LogUnderTest.ids(followed.await(ids.size()))).isEqualTo(ids);
    }

    @Test
    void startIsTheHeadFromWhichItFollows() {
        log.appendNumbers(1, 5);
        Followed followed = new Followed();
        Position start = log.log().follow(followed);
        log.appendNumbers(6, 9);

        assertThat(log.dataAfter(start)).containsExactly("6", "7", "8", "9");
        assertThat(LogUnderTest.data(followed.await(4))).containsExactly("6", "7", "8", "9");
    }

    @Test
    void followedEntriesAreThoseThatAreRead() {
        Followed followed = new Followed();
        Position start = log.log().follow(followed);
        log.append(Update.to("a", "b").id("x").key("k").event("e").data("d").build());
        log.append("t", "2");

        List<LogEntry> read = log.readAll(start);
        List<LogEntry> handed = followed.await(2);
        for (int i = 0; i < 2; i++) {
            assertThat(handed.get(i).update()).isEqualTo(read.get(i).update());
            assertThat(handed.get(i).timeMillis()).isEqualTo(read.get(i).timeMillis());
            assertThat(handed.get(i).position().token())
                    .isEqualTo(read.get(i).position().token());
        }
    }

    @Test
    void everyFollowerSeesEverything() {
        Followed early = new Followed();
        Followed late = new Followed();
        log.log().follow(early);
        log.appendNumbers(1, 3);
        log.log().follow(late);
        log.appendNumbers(4, 6);

        assertThat(LogUnderTest.data(early.await(6))).containsExactly("1", "2", "3", "4", "5", "6");
        assertThat(LogUnderTest.data(late.await(3))).containsExactly("4", "5", "6");
    }

    @Test
    void whatAppendedNothingIsNotFollowed() {
        Followed followed = new Followed();
        log.log().follow(followed);
        Append once = new Append(Update.to("t").data("once").build(), "k", null);
        log.append(List.of(once, once));
        log.append(new Append(Update.to("t").data("refused").build(), null, Append.NOTHING));
        log.append("t", "last");

        assertThat(LogUnderTest.data(followed.await(2))).containsExactly("once", "last");
    }

    @Test
    void manyWritersMakeOneOrder() throws Exception {
        Followed followed = new Followed();
        Position start = log.log().follow(followed);
        List<String> acknowledged = write();

        List<LogEntry> handed = followed.await(acknowledged.size());
        List<LogEntry> read = log.readAll(start);
        assertThat(LogUnderTest.ids(handed))
                .isEqualTo(LogUnderTest.ids(read))
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(acknowledged);
        for (int writer = 0; writer < WRITERS; writer++) {
            String mark = "w" + writer + "/";
            assertThat(LogUnderTest.data(read).stream()
                            .filter(data -> data.startsWith(mark))
                            .map(data -> Integer.valueOf(data.substring(mark.length()))))
                    .as("what one writer wrote stays in its order")
                    .isSorted();
        }
    }

    @Test
    void seamBetweenReadingAndFollowingHasNoGapAndNoRepeat() throws Exception {
        log.appendNumbers(1, 100);
        Position first = log.earliest();
        Future<List<String>> writing = threads.submit(() -> write(0));
        // As a hub does: what was read up to somewhere, and of what is followed that which the reading did not cover.
        List<LogEntry> seen = new ArrayList<>();
        Page page = log.read(first, 13);
        seen.addAll(page.entries());
        Followed followed = new Followed();
        Position start = log.log().follow(followed);
        for (int pages = 0; !page.end().covers(start); pages++) {
            assertThat(pages).as("pages on the way to the head").isLessThan(10_000);
            page = log.read(page.end(), 13);
            seen.addAll(page.entries());
        }
        Position joined = page.end();
        writing.get(LogUnderTest.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);

        List<LogEntry> all = log.readAll(first);
        List<LogEntry> rest =
                all.stream().filter(entry -> !start.covers(entry.position())).toList();
        for (LogEntry entry : followed.await(rest.size())) {
            if (!joined.covers(entry.position())) {
                seen.add(entry);
            }
        }
        assertThat(LogUnderTest.ids(seen)).isEqualTo(LogUnderTest.ids(all));
    }

    @Test
    void readersAmongWritersSeeEveryEventOnce() throws Exception {
        Position first = log.earliest();
        List<Future<List<String>>> writing = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            writing.add(threads.submit(writer(writer)));
        }
        List<LogEntry> seen = new ArrayList<>();
        Position cursor = first;
        boolean over = false;
        while (!over) {
            boolean written = allDone(writing);
            Page page = log.read(cursor, 100);
            assertThat(page.gap()).isNull();
            seen.addAll(page.entries());
            cursor = page.end();
            over = written && page.atHead();
        }

        assertThat(seen).hasSize(WRITERS * BATCHES * 2);
        assertThat(LogUnderTest.ids(seen)).isEqualTo(LogUnderTest.ids(log.readAll(first)));
    }

    private List<String> write() throws Exception {
        List<Future<List<String>>> writing = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            writing.add(threads.submit(writer(writer)));
        }
        List<String> ids = new ArrayList<>();
        for (Future<List<String>> one : writing) {
            ids.addAll(one.get(LogUnderTest.PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
        }
        return ids;
    }

    private Callable<List<String>> writer(int writer) {
        return () -> write(writer);
    }

    private List<String> write(int writer) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            Append one = Append.of(
                    Update.to("t" + writer).data("w" + writer + "/" + 2 * i).build());
            Append two = Append.of(
                    Update.to("t").data("w" + writer + "/" + (2 * i + 1)).build());
            for (AppendResult result : LogUnderTest.await(log.log().append(List.of(one, two)))) {
                ids.add(Objects.requireNonNull(result.id()));
            }
        }
        return ids;
    }

    private static boolean allDone(List<Future<List<String>>> writing) throws Exception {
        boolean all = true;
        for (Future<List<String>> one : writing) {
            if (one.isDone()) {
                one.get();
            } else {
                all = false;
            }
        }
        return all;
    }
}
