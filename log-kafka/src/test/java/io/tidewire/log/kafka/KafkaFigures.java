package io.tidewire.log.kafka;

import io.tidewire.log.Append;
import io.tidewire.log.EventLog;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Acknowledged events per second and how long an append takes, against a broker of its own on this machine. By hand:
 *
 * <pre>
 * mvn -o -q -pl log-kafka test-compile exec:java -Dexec.classpathScope=test -Dexec.mainClass=io.tidewire.log.kafka.KafkaFigures
 * </pre>
 */
public final class KafkaFigures {
    private static final Retention RETENTION = new Retention(200_000, 256 << 20, Duration.ofDays(1));
    private static final int DATA_BYTES = 200;
    private static final long WARM_UP_NANOS = 2_000_000_000L;
    private static final long MEASURE_NANOS = 5_000_000_000L;

    private KafkaFigures() {}

    /** Prints the figures; an argument is the number of partitions. */
    public static void main(String[] args) throws Exception {
        int partitions = args.length > 0 ? Integer.parseInt(args[0]) : 1;
        try (Broker broker = Broker.start()) {
            System.out.printf("%d partition(s), %d bytes of data%n", partitions, DATA_BYTES);
            System.out.printf("%10s %6s %12s %10s %10s%n", "publishers", "batch", "events/s", "p50 ms", "p99 ms");
            for (int publishers : new int[] {1, 64}) {
                for (int batch : new int[] {1, 10, 100, 1000}) {
                    KafkaConfig config = broker.config("figures-" + UUID.randomUUID(), partitions);
                    try (KafkaStore store = KafkaStore.connect(config, RETENTION, InstantSource.system())) {
                        run(store.log(), publishers, batch, WARM_UP_NANOS);
                        print(publishers, batch, run(store.log(), publishers, batch, MEASURE_NANOS));
                    }
                }
            }
            restart(broker);
        }
        System.exit(0); // whatever threads exec:java is waiting for
    }

    private static long[] run(EventLog log, int publishers, int batch, long nanos) throws InterruptedException {
        List<Long> all = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(publishers);
        AtomicLong failures = new AtomicLong();
        long end = System.nanoTime() + nanos;
        for (int publisher = 0; publisher < publishers; publisher++) {
            int own = publisher;
            new Thread(() -> {
                        List<Long> took = new ArrayList<>();
                        while (System.nanoTime() < end) {
                            long start = System.nanoTime();
                            try {
                                log.append(batch(own, batch))
                                        .toCompletableFuture()
                                        .join();
                                took.add(System.nanoTime() - start);
                            } catch (RuntimeException e) {
                                failures.incrementAndGet();
                            }
                        }
                        synchronized (all) {
                            all.addAll(took);
                        }
                        done.countDown();
                    })
                    .start();
        }
        done.await();
        if (failures.get() > 0) {
            System.out.println("failed: " + failures);
        }
        synchronized (all) {
            return all.stream().mapToLong(Long::longValue).toArray();
        }
    }

    private static List<Append> batch(int publisher, int size) {
        List<Append> batch = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            batch.add(Append.of(Update.to("t/" + publisher + "/" + i % 10)
                    .data("x".repeat(DATA_BYTES))
                    .build()));
        }
        return batch;
    }

    private static void print(int publishers, int batch, long[] nanos) {
        Arrays.sort(nanos);
        double perSecond = nanos.length * (double) batch / (MEASURE_NANOS / 1e9);
        System.out.printf(
                "%10d %6d %12.0f %10.2f %10.2f%n",
                publishers, batch, perSecond, nanos[nanos.length / 2] / 1e6, nanos[nanos.length * 99 / 100] / 1e6);
    }

    private static void restart(Broker broker) throws InterruptedException {
        KafkaConfig config = broker.config("restart-" + UUID.randomUUID(), 4);
        Retention all = new Retention(10_000_000, 4L << 30, Duration.ofDays(1));
        try (KafkaStore store = KafkaStore.connect(config, all, InstantSource.system())) {
            for (int i = 0; i < 1000; i++) {
                store.log().append(batch(i, 1000)).toCompletableFuture().join();
            }
        }
        long start = System.nanoTime();
        KafkaStore.connect(config, all, InstantSource.system()).close();
        System.out.printf("reading back 1,000,000 events at the start: %.1f s%n", (System.nanoTime() - start) / 1e9);
    }
}
