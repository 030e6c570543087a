package io.tidewire.log.sqlite;

import io.tidewire.log.Append;
import io.tidewire.log.Cursor;
import io.tidewire.log.Interest;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Figures of this log, run by hand (README.md has the command): {@code append}, {@code fill <directory> <events>}, {@code open
 * <directory>}, {@code read <directory>}.
 */
final class SqliteFigures {
    private static final PrintStream OUT = System.out;
    private static final int PAYLOAD = 200;
    private static final int TOPICS = 1000;

    private SqliteFigures() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "append" -> append(Path.of(args[1]), Integer.parseInt(args[2]));
            case "fill" -> fill(Path.of(args[1]), Long.parseLong(args[2]));
            case "open" -> open(Path.of(args[1]));
            case "read" -> read(Path.of(args[1]));
            default -> throw new IllegalArgumentException(args[0] + " (expected: append, fill, open or read)");
        }
    }

    private static SqliteLog log(Path directory, SqliteConfig.Durability durability) {
        Retention all = new Retention(Long.MAX_VALUE, Long.MAX_VALUE, Duration.ofDays(365));
        return SqliteLog.open(SqliteConfig.in(directory).durability(durability), all, InstantSource.system());
    }

    private static List<Append> batch(int size, int from) {
        List<Append> batch = new ArrayList<>(size);
        String data = "x".repeat(PAYLOAD);
        for (int i = 0; i < size; i++) {
            batch.add(Append.of(
                    Update.to("topic/" + (from + i) % TOPICS).data(data).build()));
        }
        return batch;
    }

    // --- appending

    private static void append(Path root, int millis) throws Exception {
        OUT.println("durability publishers batch  appends/s   p50 ms   p99 ms");
        for (SqliteConfig.Durability durability : SqliteConfig.Durability.values()) {
            for (int publishers : new int[] {1, 64}) {
                for (int size : new int[] {1, 10, 100, 1000}) {
                    Path directory = Files.createTempDirectory(root, "append");
                    try (SqliteLog log = log(directory, durability)) {
                        publish(log, publishers, size, millis / 4); // warm
                        long[] nanos = publish(log, publishers, size, millis);
                        OUT.printf(
                                "%-10s %10d %5d %10d %8.2f %8.2f%n",
                                durability,
                                publishers,
                                size,
                                nanos.length * (long) size * 1000 / millis,
                                nanos[nanos.length / 2] / 1e6,
                                nanos[nanos.length * 99 / 100] / 1e6);
                    }
                    delete(directory);
                }
            }
        }
    }

    private static long[] publish(SqliteLog log, int publishers, int size, int millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000L;
        List<long[]> times = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(publishers);
        AtomicInteger next = new AtomicInteger();
        for (int i = 0; i < publishers; i++) {
            // Chains, not threads: as event loops publish.
            new Publisher(log, size, end, next, times, done).publish();
        }
        done.await();
        return times.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    }

    private static final class Publisher {
        private final SqliteLog log;
        private final int size;
        private final long end;
        private final AtomicInteger next;
        private final List<long[]> times;
        private final CountDownLatch done;
        private long[] mine = new long[1024];
        private int count;

        Publisher(SqliteLog log, int size, long end, AtomicInteger next, List<long[]> times, CountDownLatch done) {
            this.log = log;
            this.size = size;
            this.end = end;
            this.next = next;
            this.times = times;
            this.done = done;
        }

        void publish() {
            long start = System.nanoTime();
            if (start >= end) {
                synchronized (times) {
                    times.add(Arrays.copyOf(mine, count));
                }
                done.countDown();
                return;
            }
            log.append(batch(size, next.getAndAdd(size))).whenComplete((results, failure) -> {
                if (failure != null) {
                    throw new IllegalStateException(failure);
                }
                if (count == mine.length) {
                    mine = Arrays.copyOf(mine, count * 2);
                }
                mine[count++] = System.nanoTime() - start;
                publish();
            });
        }
    }

    // --- a large database

    private static void fill(Path directory, long events) {
        long start = System.nanoTime();
        try (SqliteLog log = log(directory, SqliteConfig.Durability.NORMAL)) {
            for (long i = 0; i < events; i += 5000) {
                log.append(batch(5000, (int) i)).toCompletableFuture().join();
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        OUT.printf("filled with %d events in %.1f s, %.0f/s%n", events, seconds, events / seconds);
    }

    private static void open(Path directory) throws IOException {
        long start = System.nanoTime();
        try (SqliteLog log = log(directory, SqliteConfig.Durability.FSYNC)) {
            long opened = System.nanoTime();
            log.resolve(new Cursor.Earliest(), Interest.ALL)
                    .toCompletableFuture()
                    .join();
            long resolved = System.nanoTime();
            log.append(batch(1, 0)).toCompletableFuture().join();
            OUT.printf(
                    "%,d bytes: opened in %.0f ms, first resolve %.0f ms, first append %.0f ms%n",
                    Files.size(directory.resolve(Schema.LOG.file())),
                    (opened - start) / 1e6,
                    (resolved - opened) / 1e6,
                    (System.nanoTime() - resolved) / 1e6);
        }
    }

    private static void read(Path directory) {
        try (SqliteLog log = log(directory, SqliteConfig.Durability.FSYNC)) {
            Position earliest = log.resolve(new Cursor.Earliest(), Interest.ALL)
                    .toCompletableFuture()
                    .join()
                    .position();
            read(log, earliest, Read.Mode.ALL, Interest.ALL, "everything");
            read(log, earliest, Read.Mode.ALL, of(1), "1 topic of " + TOPICS);
            read(log, earliest, Read.Mode.ALL, of(40), "40 topics of " + TOPICS);
            read(log, earliest, Read.Mode.ALL, of(41), "41 topics of " + TOPICS + " (no index)");
            read(log, earliest, Read.Mode.LATEST, Interest.ALL, "the latest of everything");
            read(log, earliest, Read.Mode.LATEST, of(1), "the latest of 1 topic");
        }
    }

    private static Interest of(int topics) {
        return new Interest(
                Set.copyOf(Stream.iterate(0, i -> i + 1)
                        .limit(topics)
                        .map(i -> "topic/" + i)
                        .toList()),
                false,
                null);
    }

    private static void read(SqliteLog log, Position from, Read.Mode mode, Interest interest, String what) {
        long start = System.nanoTime();
        long events = 0;
        long pages = 0;
        Position cursor = from;
        boolean atHead = false;
        while (!atHead && pages < 5000) {
            Page page = log.read(new Read(cursor, mode, interest, 512, 256 << 10))
                    .toCompletableFuture()
                    .join();
            events += page.entries().stream().filter(SqliteFigures::isThere).count();
            cursor = page.end();
            atHead = page.atHead();
            pages++;
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        OUT.printf(
                "%-32s %9d events, %5d pages, %8.0f events/s, %.3f ms a page%s%n",
                what, events, pages, events / seconds, seconds * 1000 / pages, atHead ? "" : " (stopped there)");
    }

    private static boolean isThere(LogEntry entry) {
        return !entry.update().data().isEmpty();
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
