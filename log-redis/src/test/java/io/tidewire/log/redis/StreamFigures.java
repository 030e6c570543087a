package io.tidewire.log.redis;

import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamLimits;
import io.tidewire.stream.StreamSpec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * What streams in Redis cost: many that grow at a set speed, as answers of models do, and pages. By hand, not by the build; see
 * {@link RedisFigures} for how.
 */
final class StreamFigures {
    private static final int MESSAGE_BYTES = 200;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final RedisServer server;
    private final RedisStreamStore store;
    private final AtomicLong heard = new AtomicLong();

    private StreamFigures(RedisServer server) {
        this.server = server;
        this.store = RedisStreamStore.connect(server.config(), StreamLimits.defaults());
        store.listen(change -> heard.incrementAndGet());
    }

    public static void main(String[] arguments) throws IOException {
        int streams = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2000;
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10;
        for (String fsync : List.of("everysec", "always")) {
            try (RedisServer server = RedisServer.start("--appendonly", "yes", "--appendfsync", fsync)) {
                StreamFigures figures = new StreamFigures(server);
                figures.grow("warm", streams / 4, 3);
                figures.grow(fsync, streams / 4, seconds);
                figures.grow(fsync + "+", streams, seconds);
                figures.pages();
                figures.store.close();
            }
        }
    }

    /** Each stream gets an append every 20 ms, whatever became of those before. */
    private void grow(String label, int streams, int seconds) {
        StreamSpec spec = StreamSpec.of("text/plain").expiringAfter(Duration.ofHours(1));
        List<CompletableFuture<?>> created = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            created.add(
                    store.create(label + "/" + i, spec, StreamAppend.NOTHING).toCompletableFuture());
        }
        CompletableFuture.allOf(created.toArray(CompletableFuture[]::new)).join();
        StreamAppend message = StreamAppend.of(new byte[MESSAGE_BYTES]);
        ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();
        AtomicLong failed = new AtomicLong();
        AtomicLong underWay = new AtomicLong();
        heard.set(0);
        long cpu = processCpu();
        double redisCpu = redisCpu();
        long commands = calls("evalsha");
        long start = System.nanoTime();
        int ticks = (int) (TimeUnit.SECONDS.toNanos(seconds) / TICK_NANOS);
        for (int tick = 0; tick < ticks; tick++) {
            for (int i = 0; i < streams; i++) {
                long sent = System.nanoTime();
                underWay.incrementAndGet();
                store.append(label + "/" + i, message).whenComplete((outcome, failure) -> {
                    nanos.add(System.nanoTime() - sent);
                    underWay.decrementAndGet();
                    if (failure != null || !outcome.isTaken()) {
                        failed.incrementAndGet();
                    }
                });
            }
            LockSupport.parkNanos(start + (tick + 1) * TICK_NANOS - System.nanoTime());
        }
        long offered = System.nanoTime() - start;
        while (underWay.get() > 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        double took = (System.nanoTime() - start) / 1e9;
        double redisUsed = redisCpu() - redisCpu;
        double hubUsed = (processCpu() - cpu) / 1e9;
        long appended = Math.max(1, nanos.size() - failed.get());
        long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        System.out.printf(
                "%-9s %d streams: %,d appends offered in %.1f s, done in %.1f s (%,.0f/s), %d failed, p50 %.1f ms, p99 %.1f ms;"
                        + " %,.0f scripts/s; CPU: Redis %.0f %% (%.1f us each), hub %.0f %% (%.1f us each); heard %,d%n",
                label,
                streams,
                sorted.length,
                offered / 1e9,
                took,
                sorted.length / took,
                failed.get(),
                sorted[sorted.length / 2] / 1e6,
                sorted[sorted.length * 99 / 100] / 1e6,
                (calls("evalsha") - commands) / took,
                redisUsed * 100 / took,
                redisUsed * 1e6 / appended,
                hubUsed * 100 / took,
                hubUsed * 1e6 / appended,
                heard.get());
    }

    private void pages() {
        String name = "pages";
        store.create(name, StreamSpec.of("text/plain"), StreamAppend.NOTHING)
                .toCompletableFuture()
                .join();
        List<byte[]> thousand = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            thousand.add(new byte[MESSAGE_BYTES]);
        }
        for (int i = 0; i < 100; i++) {
            store.append(name, StreamAppend.of(thousand)).toCompletableFuture().join();
        }
        for (int bytes : new int[] {1, 20_000, 256 << 10}) {
            long start = System.nanoTime();
            int reads = 0;
            for (; System.nanoTime() - start < 2_000_000_000L; reads++) {
                store.read(name, new Offset(reads * 7919L % 99_000), bytes)
                        .toCompletableFuture()
                        .join();
            }
            System.out.printf(
                    "one reader, pages of %,d bytes: %,.0f/s%n", bytes, reads / ((System.nanoTime() - start) / 1e9));
        }
        System.out.printf(
                "bytes in Redis per message: %d%n",
                Long.parseLong(server.cli("MEMORY", "USAGE", "{tidewire}:messages:" + name, "SAMPLES", "0")) / 100_000);
    }

    private static long processCpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private double redisCpu() {
        return server.cli("INFO", "cpu")
                .lines()
                .filter(line -> line.startsWith("used_cpu_sys:") || line.startsWith("used_cpu_user:"))
                .mapToDouble(line ->
                        Double.parseDouble(line.substring(line.indexOf(':') + 1).trim()))
                .sum();
    }

    private long calls(String command) {
        return server.cli("INFO", "commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_" + command + ":"))
                .mapToLong(line -> Long.parseLong(
                        line.replaceAll(".*:calls=(\\d+),.*", "$1").trim()))
                .sum();
    }
}
