package io.tidewire.log.redis;

import io.tidewire.log.Append;
import io.tidewire.log.Cursor;
import io.tidewire.log.EventLog;
import io.tidewire.log.Interest;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import io.tidewire.log.Retention;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many appends Redis acknowledges, and how soon. By hand, not by the build:
 *
 * <pre>
 * mvn -q -o test-compile dependency:build-classpath -Dmdep.outputFile=/tmp/cp -pl log-redis
 * java -cp log-redis/target/test-classes:log-redis/target/classes:$(cat /tmp/cp) io.tidewire.log.redis.RedisFigures [seconds]
 * </pre>
 */
final class RedisFigures {
    private static final String DATA = "x".repeat(200);

    private final long nanosPerRun;

    private RedisFigures(long nanosPerRun) {
        this.nanosPerRun = nanosPerRun;
    }

    public static void main(String[] arguments) throws InterruptedException {
        int seconds = arguments.length == 0 ? 3 : Integer.parseInt(arguments[0]);
        RedisFigures figures = new RedisFigures(TimeUnit.SECONDS.toNanos(seconds));
        for (String fsync : List.of("everysec", "always")) {
            try (RedisServer server = RedisServer.start("--appendonly", "yes", "--appendfsync", fsync)) {
                figures.measure(server, fsync);
            }
        }
    }

    private void measure(RedisServer server, String fsync) throws InterruptedException {
        Retention retention = new Retention(200_000, 1L << 30, Duration.ofDays(1));
        try (RedisStore store = RedisStore.connect(server.config(), retention, InstantSource.system())) {
            EventLog log = store.log();
            AtomicLong followed = new AtomicLong();
            log.follow(entries -> followed.addAndGet(entries.size()));
            run(log, 64, 10, nanosPerRun); // warm
            System.out.printf(
                    "%n%-9s %10s %6s %12s %9s %9s%n", "fsync", "publishers", "batch", "events/s", "p50 ms", "p99 ms");
            for (int publishers : new int[] {1, 64}) {
                for (int batch : new int[] {1, 10, 100, 1000}) {
                    Run run = run(log, publishers, batch, nanosPerRun);
                    System.out.printf(
                            "%-9s %10d %6d %12.0f %9.2f %9.2f%n",
                            fsync, publishers, batch, run.perSecond(), run.percentile(50), run.percentile(99));
                }
            }
            read(log);
        }
    }

    private static void read(EventLog log) {
        Position at = log.resolve(new Cursor.Earliest(), Interest.ALL)
                .toCompletableFuture()
                .join()
                .position();
        long start = System.nanoTime();
        long count = 0;
        while (true) {
            Page page = log.read(new Read(at, Read.Mode.ALL, Interest.ALL, 512, 256 << 10))
                    .toCompletableFuture()
                    .join();
            count += page.entries().size();
            at = page.end();
            if (page.atHead()) {
                break;
            }
        }
        System.out.printf("one reader, pages of 512: %.0f events/s%n", count / ((System.nanoTime() - start) / 1e9));
    }

    private record Run(long events, long nanos, long[] latencies) {
        double perSecond() {
            return events / (nanos / 1e9);
        }

        double percentile(int percent) {
            return latencies[(int) Math.min(latencies.length - 1L, (long) latencies.length * percent / 100)] / 1e6;
        }
    }

    private static Run run(EventLog log, int publishers, int batchSize, long forNanos) throws InterruptedException {
        List<Append> batch = new ArrayList<>();
        for (int i = 0; i < batchSize; i++) {
            batch.add(Hub.event("topic/" + i % 50, DATA));
        }
        CountDownLatch done = new CountDownLatch(publishers);
        List<List<Long>> latencies = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < publishers; i++) {
            List<Long> own = new ArrayList<>();
            latencies.add(own);
            Thread publisher = new Thread(() -> {
                while (System.nanoTime() - start < forNanos) {
                    long sent = System.nanoTime();
                    log.append(batch).toCompletableFuture().join();
                    own.add(System.nanoTime() - sent);
                }
                done.countDown();
            });
            publisher.start();
        }
        done.await();
        long nanos = System.nanoTime() - start;
        long[] all = latencies.stream()
                .flatMap(List::stream)
                .mapToLong(Long::longValue)
                .toArray();
        Arrays.sort(all);
        return new Run((long) all.length * batchSize, nanos, all);
    }
}
