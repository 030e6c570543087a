package io.tidewire.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tidewire.log.LogException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StreamsTest {
    private static final StreamSpec TEXT = StreamSpec.of("text/plain");

    private final SharedStore shared = new SharedStore();
    private final Streams here = new Streams(shared.view());
    private final Streams elsewhere = new Streams(shared.view());

    @BeforeEach
    void meet() {
        here.peers(asking(elsewhere));
        elsewhere.peers(asking(here));
    }

    private static StreamPeers asking(Streams other) {
        return new StreamPeers() {
            @Override
            public CompletableFuture<Boolean> read(String name) {
                return CompletableFuture.completedFuture(other.readers(name) > 0);
            }

            @Override
            public CompletableFuture<Boolean> write(String name) {
                return CompletableFuture.completedFuture(other.isWrittenHere(name));
            }

            @Override
            public CompletionStage<Boolean> stop(String name) {
                return other.isWrittenHere(name) ? other.stop(name) : CompletableFuture.completedFuture(false);
            }
        };
    }

    @AfterEach
    void close() {
        assertThat(here.liveCount()).as("streams still held").isZero();
        here.close();
        elsewhere.close();
    }

    private static StreamAppend text(String... messages) {
        List<byte[]> bytes = new ArrayList<>();
        for (String message : messages) {
            bytes.add(message.getBytes(UTF_8));
        }
        return StreamAppend.of(bytes);
    }

    private static List<String> texts(StreamPage page) {
        return page.messages().stream().map(m -> new String(m, UTF_8)).toList();
    }

    private static CompletableFuture<StreamPage> next(StreamReader reader) {
        return reader.next(1000).toCompletableFuture();
    }

    private void create(String name) {
        here.create(name, TEXT, StreamAppend.NOTHING).toCompletableFuture().join();
    }

    private StreamWriter writer(String name) {
        return here.writer(name, TEXT).toCompletableFuture().join();
    }

    @Test
    void aReaderWaitsForWhatComesAndIsToldTheEnd() {
        create("a");
        try (StreamReader reader = here.reader("a", Offset.START)) {
            CompletableFuture<StreamPage> first = next(reader);
            assertThat(first).isNotDone();
            here.append("a", text("one", "two"));
            assertThat(texts(first.join())).containsExactly("one", "two");
            assertThat(reader.position()).isEqualTo(new Offset(2));
            CompletableFuture<StreamPage> second = next(reader);
            assertThat(second).isNotDone();
            here.append("a", text("three").closing());
            assertThat(texts(second.join())).containsExactly("three");
            assertThat(next(reader).join().isEnd()).isTrue();
        }
    }

    @Test
    void aReaderInAnotherProcessIsWokenToo() {
        create("a");
        try (StreamReader reader = elsewhere.reader("a", Offset.START)) {
            CompletableFuture<StreamPage> page = next(reader);
            here.append("a", text("one"));
            assertThat(texts(page.join())).containsExactly("one");
        }
        assertThat(elsewhere.liveCount()).isZero();
    }

    @Test
    void whatWasReadLongAgoComesFromTheStore() {
        create("a");
        try (StreamReader late = here.reader("a", Offset.START);
                StreamReader live = here.reader("a", Offset.START)) {
            byte[] big = new byte[40_000];
            for (int i = 0; i < 5; i++) {
                here.append("a", StreamAppend.of(big));
                assertThat(live.next(100_000).toCompletableFuture().join().messages())
                        .hasSize(1);
            }
            int read = 0;
            while (read < 5) {
                read += late.next(100_000)
                        .toCompletableFuture()
                        .join()
                        .messages()
                        .size();
            }
            assertThat(late.position()).isEqualTo(new Offset(5));
        }
    }

    @Test
    void anEagerReaderDoesNotWaitForTheStoreAndOthersDo() {
        StreamWriter writer = writer("a");
        try (StreamReader eager = here.eagerReader("a", Offset.START);
                StreamReader plain = here.reader("a", Offset.START);
                StreamReader remote = elsewhere.eagerReader("a", Offset.START)) {
            shared.hold();
            CompletableFuture<StreamPage> soon = next(eager);
            CompletableFuture<StreamPage> stored = next(plain);
            CompletableFuture<StreamPage> afar = next(remote);
            assertThat(writer.write("one".getBytes(UTF_8))).isEqualTo(new Offset(1));
            assertThat(texts(soon.join())).containsExactly("one");
            assertThat(writer.write("two".getBytes(UTF_8))).isEqualTo(new Offset(2));
            assertThat(texts(next(eager).join())).containsExactly("two");
            writer.end("three".getBytes(UTF_8));
            StreamPage last = next(eager).join();
            assertThat(texts(last)).containsExactly("three");
            assertThat(last.isEnd()).isTrue();
            assertThat(stored).isNotDone();
            assertThat(afar).isNotDone();
            shared.release();
            assertThat(texts(stored.join())).containsExactly("one");
            assertThat(texts(next(plain).join())).containsExactly("two", "three");
            assertThat(next(plain).join().isEnd()).isTrue();
            assertThat(texts(afar.join())).startsWith("one");
        }
        assertThat(writer.ended()).succeedsWithin(Duration.ofSeconds(5));
    }

    @Test
    void whoIsAheadOfTheStoreMissesAndRepeatsNothing() {
        StreamWriter writer = writer("a");
        shared.hold();
        writer.write("one".getBytes(UTF_8));
        writer.write("two".getBytes(UTF_8));
        try (StreamReader back = elsewhere.reader("a", new Offset(2))) { // it saw both, here
            CompletableFuture<StreamPage> page = next(back);
            shared.release();
            assertThat(page).isNotDone();
            writer.write("three".getBytes(UTF_8));
            assertThat(texts(page.join())).containsExactly("three");
            writer.end();
            assertThat(next(back).join().isEnd()).isTrue();
        }
    }

    @Test
    void aReaderOfNothingIsToldSo() {
        try (StreamReader reader = here.reader("none", Offset.START)) {
            assertThatThrownBy(() -> next(reader).join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(StreamGoneException.class)
                    .hasMessageContaining("none");
        }
    }

    @Test
    void deletionEndsReadersAndStopsTheWriter() {
        StreamWriter writer = writer("a");
        AtomicBoolean stopped = new AtomicBoolean();
        writer.onStopped(() -> stopped.set(true));
        try (StreamReader reader = here.reader("a", Offset.START)) {
            CompletableFuture<StreamPage> page = next(reader);
            assertThat(elsewhere.delete("a").toCompletableFuture().join()).isTrue();
            assertThatThrownBy(page::join).hasCauseInstanceOf(StreamGoneException.class);
        }
        assertThat(stopped).isTrue();
        assertThatThrownBy(() -> writer.ended().toCompletableFuture().join())
                .hasCauseInstanceOf(LogException.Unavailable.class);
    }

    @Test
    void aNameIsTakenOnlyOnce() {
        StreamWriter writer = writer("a");
        assertThatThrownBy(() -> writer("a"))
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a exists");
        writer.end().toCompletableFuture().join();
    }

    @Test
    void aClosedReaderWaitsNoMore() {
        create("a");
        StreamReader reader = here.reader("a", Offset.START);
        CompletableFuture<StreamPage> page = next(reader);
        assertThatThrownBy(() -> reader.next(1)).isInstanceOf(IllegalStateException.class);
        reader.close();
        reader.close();
        assertThat(page).isCancelled();
    }

    @Test
    void aWriterIsToldWhenTheStoreIsBehindAndWhenItHasCaughtUp() {
        StreamWriter writer = writer("a");
        AtomicInteger drained = new AtomicInteger();
        writer.onDrained(drained::incrementAndGet);
        shared.hold();
        byte[] message = new byte[100_000];
        while (!writer.isFull()) {
            writer.write(message);
        }
        assertThat(drained).hasValue(0);
        shared.release();
        assertThat(writer.isFull()).isFalse();
        assertThat(drained).hasValue(1);
        writer.end().toCompletableFuture().join();
    }

    @Test
    void anAnswerWhoseProcessDiedIsEndedAndItsReadersAreTold() {
        StreamSpec left = StreamSpec.of(TokenStream.CONTENT_TYPE).with(StreamSpec.WRITTEN_BY_ONE, "true");
        here.create("a", left, text("data: 1\n\n")).toCompletableFuture().join();
        try (StreamReader reader = here.reader("a", Offset.START)) {
            assertThat(texts(next(reader).join())).containsExactly("data: 1\n\n");
            StreamPage last = next(reader).join();
            assertThat(texts(last)).singleElement().asString().contains("event: error", "broken off");
            assertThat(last.isEnd()).isTrue();
        }
    }

    @Test
    void anAnswerThatAnotherProcessWritesIsNotEnded() {
        StreamSpec left = StreamSpec.of(TokenStream.CONTENT_TYPE).with(StreamSpec.WRITTEN_BY_ONE, "true");
        here.create("a", left, StreamAppend.NOTHING).toCompletableFuture().join();
        AtomicBoolean asked = new AtomicBoolean();
        here.peers(new Others(false, true, asked));
        try (StreamReader reader = here.reader("a", Offset.START)) {
            CompletableFuture<StreamPage> page = next(reader);
            assertThat(asked).isTrue();
            assertThat(page).isNotDone();
        }
        assertThat(here.info("a").toCompletableFuture().join().orElseThrow().closed())
                .isFalse();
    }

    private record Others(boolean reads, boolean writes, AtomicBoolean asked) implements StreamPeers {
        private CompletableFuture<Boolean> say(boolean answer) {
            asked.set(true);
            return CompletableFuture.completedFuture(answer);
        }

        @Override
        public CompletableFuture<Boolean> read(String name) {
            return say(reads);
        }

        @Override
        public CompletableFuture<Boolean> write(String name) {
            return say(writes);
        }

        @Override
        public CompletableFuture<Boolean> stop(String name) {
            return say(false);
        }
    }

    @Test
    void whatNobodyReadsIsCancelledOnceItsGraceIsOver() {
        StreamWriter writer = writer("a");
        AtomicInteger cancelled = new AtomicInteger();
        StreamReader reader = here.reader("a", Offset.START);
        here.watch(writer, Abandonment.cancelAfter(Duration.ZERO), () -> {
            cancelled.incrementAndGet();
            writer.end();
        });
        assertThat(cancelled).hasValue(0);
        reader.close();
        await().untilAsserted(() -> assertThat(cancelled).hasValue(1));
        await().until(() -> here.liveCount() == 0);
    }

    @Test
    void whatIsReadInAnotherProcessIsNotCancelled() {
        StreamWriter writer = writer("a");
        AtomicBoolean asked = new AtomicBoolean();
        here.peers(new Others(true, false, asked));
        AtomicInteger cancelled = new AtomicInteger();
        here.watch(writer, Abandonment.cancelAfter(Duration.ofMillis(1)), cancelled::incrementAndGet);
        await().untilTrue(asked);
        asked.set(false);
        await().untilTrue(asked); // it asks again and again
        assertThat(cancelled).hasValue(0);
        writer.end().toCompletableFuture().join();
    }

    @Test
    void aWriterCanBeAskedToStop() {
        StreamWriter writer = writer("a");
        writer.onStopped(() -> writer.end("stopped".getBytes(UTF_8)));
        assertThat(elsewhere.stop("a").toCompletableFuture().join()).isTrue();
        assertThat(elsewhere.stop("a").toCompletableFuture().join()).isFalse();
        assertThat(writer.ended()).succeedsWithin(Duration.ofSeconds(5));
    }

    /** Whoever reads, from wherever, eagerly or not, here or elsewhere, gets everything once and in order. */
    @Test
    void everybodyGetsEverythingOnceAndInOrder() throws InterruptedException {
        int messages = 3000;
        int readers = 24;
        StreamWriter writer = writer("walk");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        CountDownLatch done = new CountDownLatch(readers);
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < readers; i++) {
            Streams side = i % 3 == 0 ? elsewhere : here;
            boolean eager = i % 2 == 0;
            threads.execute(() -> follow(side, eager, 0, wrong, done));
        }
        for (int i = 0; i < messages; i++) {
            if (i % 97 == 0) {
                shared.hold();
            }
            writer.write(Integer.toString(i).getBytes(UTF_8));
            if (i % 97 == 60) {
                shared.release();
            }
        }
        CompletableFuture<Void> ended = writer.end().toCompletableFuture();
        shared.release();
        ended.join();
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(wrong).isEmpty();
        threads.shutdown();
        await().until(() -> here.liveCount() == 0);
    }

    /** Reads to the end, with a reader that is thrown away now and then. */
    private static void follow(Streams side, boolean eager, long from, List<String> wrong, CountDownLatch done) {
        StreamReader reader =
                eager ? side.eagerReader("walk", new Offset(from)) : side.reader("walk", new Offset(from));
        step(side, reader, eager, from, wrong, done);
    }

    private static void step(
            Streams side, StreamReader reader, boolean eager, long at, List<String> wrong, CountDownLatch done) {
        reader.next(1 + ThreadLocalRandom.current().nextInt(2000)).whenCompleteAsync((page, failure) -> {
            long place = at;
            if (failure != null) {
                report(wrong, failure.toString());
                done.countDown();
                return;
            }
            for (byte[] message : page.messages()) {
                String text = new String(message, UTF_8);
                if (!text.equals(Long.toString(place))) {
                    report(wrong, text + " for " + place);
                }
                place++;
            }
            if (page.isEnd()) {
                if (place != 3000) {
                    report(wrong, "end at " + place);
                }
                reader.close();
                done.countDown();
            } else if (ThreadLocalRandom.current().nextInt(10) == 0) {
                reader.close();
                follow(side, eager, place, wrong, done);
            } else {
                step(side, reader, eager, place, wrong, done);
            }
        });
    }

    private static void report(List<String> wrong, String what) {
        synchronized (wrong) {
            wrong.add(what);
        }
    }

    @Test
    void manyAppendersAndReadersAgree() {
        create("many");
        int each = 200;
        List<CompletableFuture<?>> appends = new ArrayList<>();
        List<String> seen = new ArrayList<>();
        try (StreamReader reader = here.reader("many", Offset.START)) {
            for (int a = 0; a < 4; a++) {
                String who = "abcd".substring(a, a + 1);
                appends.add(CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < each; i++) {
                        here.append("many", text(who + i)).toCompletableFuture().join();
                    }
                }));
            }
            while (seen.size() < 4 * each) {
                seen.addAll(texts(reader.next(500).toCompletableFuture().join()));
            }
            appends.forEach(CompletableFuture::join);
        }
        List<String> stored = texts(here.read("many", Offset.START, 1 << 20)
                .toCompletableFuture()
                .join()
                .orElseThrow());
        assertThat(seen).isEqualTo(stored);
    }
}
