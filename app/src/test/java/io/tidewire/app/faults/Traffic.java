package io.tidewire.app.faults;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/** Writers and readers over the whole of a run, a line about them every few seconds, and the account at its end. */
final class Traffic implements AutoCloseable {
    /** Until all readers have a stream; two thousand of them and their hubs may share two cores with others. */
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(60);
    /** Until all readers have everything, after the last event. */
    private static final Duration ARRIVAL_PATIENCE = Duration.ofSeconds(60);

    private static final long PROGRESS_SECONDS = 3;

    /**
     * How much of it.
     *
     * @param perSecond events per second of all writers together; zero is as fast as they are acknowledged
     */
    record Volume(int writers, int readers, int perSecond) {}

    private final Rota rota;
    private final Random random;
    private final Tally tally;
    private final ReaderLoop loop;
    private final List<Reader> readers;
    private final List<Writer> writers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch quiet = new CountDownLatch(1);
    private final Volume volume;
    private long beganNanos = System.nanoTime();
    private Duration published = Duration.ZERO;
    private volatile String stage = "";

    Traffic(Rota rota, Volume volume, ReaderLoop.Manners manners, long seed) {
        this.rota = rota;
        this.volume = volume;
        this.random = new Random(seed);
        this.tally = new Tally(volume.writers());
        this.loop = new ReaderLoop(rota, tally, manners, random.nextLong());
        this.readers = readers(volume, tally);
    }

    /** Of eight readers one listens to one writer, some to the topic that all publish to, the others to whatever there is. */
    private static List<Reader> readers(Volume volume, Tally tally) {
        List<Reader> readers = new ArrayList<>();
        for (int i = 0; i < volume.readers(); i++) {
            readers.add(
                    switch (i % 8) {
                        case 7 -> Reader.of(i / 8 % volume.writers(), tally);
                        case 2, 5 -> Reader.ofAll("topic=*", tally);
                        default -> Reader.ofAll("topic=" + Writer.SHARED_TOPIC, tally);
                    });
        }
        return readers;
    }

    /** Connects all readers, then has the writers begin. */
    void start() throws InterruptedException {
        loop.add(readers);
        awaitConnected();
        long paceNanos = volume.perSecond() == 0 ? 0 : 1_000_000_000L * volume.writers() / volume.perSecond();
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        Writer.Desk desk = new Writer.Desk(rota, tally, http, stop, Duration.ofNanos(paceNanos));
        beganNanos = System.nanoTime();
        for (int i = 0; i < volume.writers(); i++) {
            Writer writer = new Writer(i, desk, random.nextLong());
            writers.add(writer);
            threads.add(run("writer-" + i, writer));
        }
        run("progress", this::report);
    }

    private static Thread run(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Waits until every reader has a stream. */
    void awaitConnected() throws InterruptedException {
        if (!Patience.until(CONNECT_PATIENCE, () -> loop.connected() == readers.size())) {
            throw new FaultException("readers: " + loop.connected() + " of " + readers.size() + " have a stream after "
                    + CONNECT_PATIENCE.toSeconds() + " s; refused: " + tally.refusals());
        }
    }

    /** Says in the progress lines what is going on. */
    void stage(String text) {
        stage = text;
    }

    /** {@return how many events were acknowledged so far} */
    long acknowledged() {
        return tally.acknowledged();
    }

    /** {@return when readers came back since this was asked last} */
    List<Long> takeReturns() {
        return loop.takeReturns();
    }

    /** Throws if a writer has given up: it goes on for nothing then. */
    void requireWriters() {
        for (Writer writer : writers) {
            FaultException failure = writer.failure();
            if (failure != null) {
                throw failure;
            }
        }
    }

    private void report() {
        try {
            while (!quiet.await(PROGRESS_SECONDS, java.util.concurrent.TimeUnit.SECONDS)) {
                System.out.printf(
                        "%4d s  %s; acknowledged %,d, delivered %,d, streams %,d, wrong %d%n",
                        (System.nanoTime() - beganNanos) / 1_000_000_000L,
                        stage,
                        tally.acknowledged(),
                        tally.delivered.sum(),
                        tally.streams.sum(),
                        tally.wrong());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Has the writers end with the event that they are at, and accounts for everything. */
    void finish(Summary summary) throws InterruptedException {
        stage("the last events are acknowledged");
        stop.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        published = Duration.ofNanos(System.nanoTime() - beganNanos);
        requireWriters();
        stage("waiting for the readers");
        Patience.until(ARRIVAL_PATIENCE, () -> lost(readers) == 0);
        long liveDelivered = tally.delivered.sum();
        Reader fresh = Reader.ofAll("topic=*&last_event_id=earliest", tally);
        loop.add(List.of(fresh));
        stage("a fresh reader reads all of history");
        Patience.until(ARRIVAL_PATIENCE, () -> lost(List.of(fresh)) == 0);
        long freshDelivered = tally.delivered.sum() - liveDelivered;
        quiet.countDown();
        account(summary, liveDelivered, freshDelivered, fresh);
    }

    private long lost(List<Reader> of) {
        return loop.ask(() -> of.stream().mapToLong(Reader::lost).sum());
    }

    private void account(Summary summary, long liveDelivered, long freshDelivered, Reader fresh) {
        double seconds = published.toNanos() / 1e9;
        summary.line("writers, readers", volume.writers() + ", " + volume.readers());
        summary.line(
                "events acknowledged",
                String.format(
                        "%,d in %.0f s, %,.0f per s", tally.acknowledged(), seconds, tally.acknowledged() / seconds));
        summary.line("events delivered", String.format("%,d, %,.0f per s", liveDelivered, liveDelivered / seconds));
        summary.line("read by a fresh reader", String.format("%,d", freshDelivered));
        summary.line(
                "streams",
                String.format(
                        "%,d, of which %,d cut, %,d told why",
                        tally.streams.sum(), tally.cuts.sum(), tally.farewells.sum()));
        summary.line(
                "publishes repeated",
                String.format("%,d; %,d had been taken already", tally.repeats.sum(), tally.duplicates.sum()));
        summary.line(
                "longest until acknowledged", String.format("%,d ms", tally.longestPublishNanos.get() / 1_000_000));
        tally.refusals().forEach((reason, count) -> summary.line("  " + reason, count));
        summary.none("lost", lost(readers) + lost(List.of(fresh)));
        summary.none("twice", tally.twice.sum());
        summary.none("out of order", tally.outOfOrder.sum());
        summary.none(
                "never acknowledged",
                loop.ask(() -> readers.stream().mapToLong(Reader::beyond).sum() + fresh.beyond()));
        summary.none("gaps", tally.gaps.sum());
        summary.none("resumed in part", tally.notResumed.sum());
        summary.none("streams gone silent", tally.silent.sum());
        loop.ask(() -> {
            readers.stream().filter(reader -> reader.lost() > 0).limit(5).forEach(r -> summary.fault(r.toString()));
            return true;
        });
    }

    @Override
    public void close() {
        stop.countDown();
        quiet.countDown();
        threads.forEach(Thread::interrupt);
        loop.close();
    }
}
