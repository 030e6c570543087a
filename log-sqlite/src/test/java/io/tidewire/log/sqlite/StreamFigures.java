package io.tidewire.log.sqlite;

import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamLimits;
import io.tidewire.stream.StreamPage;
import io.tidewire.stream.StreamSpec;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Figures of the store of streams, run by hand (README.md has the command): {@code append <directory> <millis>}, {@code rate <directory>
 * <streams> <appends per second of each> <seconds>}, {@code read <directory> <messages>}.
 */
final class StreamFigures {
    private static final PrintStream OUT = System.out;
    private static final byte[] PAYLOAD = new byte[200];

    private StreamFigures() {}

    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory(Path.of(args[1]), "streams");
        StreamLimits limits = new StreamLimits(1L << 40, 1L << 40);
        try (SqliteStreamStore store =
                SqliteStreamStore.open(SqliteConfig.in(directory), limits, InstantSource.system())) {
            switch (args[0]) {
                case "append" -> append(store, Integer.parseInt(args[2]));
                case "rate" ->
                    rate(store, Integer.parseInt(args[2]), Integer.parseInt(args[3]), Integer.parseInt(args[4]));
                case "read" -> read(store, Integer.parseInt(args[2]));
                default -> throw new IllegalArgumentException(args[0] + " (expected: append, rate or read)");
            }
            OUT.printf("file: %,d bytes in %s%n", Files.size(directory.resolve(Schema.STREAMS.file())), directory);
        }
    }

    private static double cpuSeconds() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                        .getProcessCpuTime()
                / 1e9;
    }

    private static void create(SqliteStreamStore store, int streams) {
        StreamSpec spec = StreamSpec.of("text/plain").expiringAfter(Duration.ofHours(1));
        for (int i = 0; i < streams; i++) {
            store.create("s" + i, spec, StreamAppend.NOTHING)
                    .toCompletableFuture()
                    .join();
        }
    }

    private static void append(SqliteStreamStore store, int millis) throws Exception {
        for (int appenders : new int[] {1, 64}) {
            for (int streams : new int[] {1, appenders}) {
                create(store, streams);
                closedLoop(store, appenders, streams, millis / 4); // warm
                double cpu = cpuSeconds();
                long[] nanos = closedLoop(store, appenders, streams, millis);
                OUT.printf(
                        "%3d appenders, %3d streams: %8.0f appends/s, p50 %.2f ms, p99 %.2f ms, cpu %.2f cores%n",
                        appenders,
                        streams,
                        nanos.length * 1000.0 / millis,
                        nanos[nanos.length / 2] / 1e6,
                        nanos[nanos.length * 99 / 100] / 1e6,
                        (cpuSeconds() - cpu) * 1000 / millis);
            }
        }
    }

    private static long[] closedLoop(SqliteStreamStore store, int appenders, int streams, int millis)
            throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000L;
        List<long[]> times = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(appenders);
        for (int i = 0; i < appenders; i++) {
            new Appender(store, "s" + i % streams, end, times, done).append();
        }
        done.await();
        return times.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    }

    /** Appends as soon as the one before is acknowledged. */
    private static final class Appender {
        private final SqliteStreamStore store;
        private final String stream;
        private final long end;
        private final List<long[]> times;
        private final CountDownLatch done;
        private long[] mine = new long[1024];
        private int count;

        Appender(SqliteStreamStore store, String stream, long end, List<long[]> times, CountDownLatch done) {
            this.store = store;
            this.stream = stream;
            this.end = end;
            this.times = times;
            this.done = done;
        }

        void append() {
            long start = System.nanoTime();
            if (start >= end) {
                synchronized (times) {
                    times.add(Arrays.copyOf(mine, count));
                }
                done.countDown();
                return;
            }
            store.append(stream, StreamAppend.of(PAYLOAD)).whenComplete((outcome, failure) -> {
                if (failure != null) {
                    throw new IllegalStateException(failure);
                }
                if (count == mine.length) {
                    mine = Arrays.copyOf(mine, count * 2);
                }
                mine[count++] = System.nanoTime() - start;
                append();
            });
        }
    }

    /** Every stream gets its appends at its times, whether the one before is acknowledged or not; each change is read at once. */
    private static void rate(SqliteStreamStore store, int streams, int perSecond, int seconds) throws Exception {
        AtomicLong read = new AtomicLong();
        AtomicLong[] at = new AtomicLong[streams];
        Arrays.setAll(at, i -> new AtomicLong());
        store.listen(change -> {
            AtomicLong mine = at[Integer.parseInt(change.name().substring(1))];
            store.read(change.name(), new Offset(mine.get()), 1 << 16).thenAccept(page -> {
                StreamPage found = page.orElseThrow();
                mine.set(found.next().number());
                read.addAndGet(found.messages().size());
            });
        });
        create(store, streams);
        long total = (long) streams * perSecond * seconds;
        AtomicLong acknowledged = new AtomicLong();
        AtomicInteger failed = new AtomicInteger();
        AtomicLong slowest = new AtomicLong();
        double cpu = cpuSeconds();
        long start = System.nanoTime();
        for (long i = 0; i < total; i++) {
            long due = start + i * 1_000_000_000L / ((long) streams * perSecond);
            while (System.nanoTime() < due) {
                Thread.sleep(1);
            }
            long asked = System.nanoTime();
            store.append("s" + i % streams, StreamAppend.of(PAYLOAD)).whenComplete((outcome, failure) -> {
                if (failure == null && outcome.kind() == AppendOutcome.Kind.APPENDED) {
                    acknowledged.incrementAndGet();
                    slowest.accumulateAndGet(System.nanoTime() - asked, Math::max);
                } else {
                    failed.incrementAndGet();
                }
            });
        }
        while (acknowledged.get() + failed.get() < total) {
            Thread.sleep(1);
        }
        double took = (System.nanoTime() - start) / 1e9;
        OUT.printf(
                "%d streams x %d/s for %d s: %d acknowledged, %d failed, %d read, in %.2f s = %.0f/s, slowest %.0f ms, cpu %.2f cores%n",
                streams,
                perSecond,
                seconds,
                acknowledged.get(),
                failed.get(),
                read.get(),
                took,
                total / took,
                slowest.get() / 1e6,
                (cpuSeconds() - cpu) / took);
    }

    private static void read(SqliteStreamStore store, int messages) {
        create(store, 1);
        for (int i = 0; i < messages; i += 10) {
            List<byte[]> batch = new ArrayList<>();
            for (int k = 0; k < 10; k++) {
                batch.add(PAYLOAD);
            }
            store.append("s0", StreamAppend.of(batch)).toCompletableFuture().join();
        }
        for (int pageBytes : new int[] {16 << 10, 64 << 10, 256 << 10}) {
            long start = System.nanoTime();
            Offset next = Offset.START;
            int pages = 0;
            for (boolean more = true; more; pages++) {
                StreamPage page = store.read("s0", next, pageBytes)
                        .toCompletableFuture()
                        .join()
                        .orElseThrow();
                next = page.next();
                more = !page.isUpToDate();
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            OUT.printf(
                    "%d messages by pages of %d bytes: %.0f/s, %.3f ms a page%n",
                    next.number(), pageBytes, next.number() / seconds, seconds * 1000 / pages);
        }
    }
}
