package io.tidewire.log.kafka;

import io.tidewire.log.LogException;
import io.tidewire.log.Retention;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens a log: connects, reads what is kept, starts the threads. Used once, by one thread. */
final class Opening {
    private static final Logger LOG = LoggerFactory.getLogger(Opening.class);

    private static final int TICKS_PER_PROGRESS = 20; // five seconds
    private static final long JOIN_MILLIS = 5000;

    private final KafkaConfig config;
    private final Retention retention;
    private final InstantSource clock;
    private final Clients clients;
    /** What must be closed, in the reverse order. */
    private final List<Runnable> closing = new ArrayList<>();

    private final AtomicReference<@Nullable KafkaLog> opened = new AtomicReference<>();

    Opening(KafkaConfig config, Retention retention, InstantSource clock) {
        this.config = config;
        this.retention = retention;
        this.clock = clock;
        this.clients = new Clients(config);
    }

    KafkaLog open() {
        try {
            return connect();
        } catch (LogException | IllegalArgumentException e) {
            release();
            throw e;
        } catch (KafkaException e) {
            release();
            throw TopicSetup.translate(config, e);
        }
    }

    private KafkaLog connect() {
        Admin admin = clients.admin();
        closing.add(() -> admin.close(Duration.ZERO));
        TopicSetup setup = new TopicSetup(config, admin);
        Layout layout = setup.prepare(retention, clients.largestRequest());
        int maxRecordBytes = setup.requireFitting(retention, clients.largestRequest());
        Tokens tokens = new Tokens(layout);
        Watch watch = new Watch(config, layout, admin, this::gone);
        closing.add(watch::close);

        Consumer<byte[], byte[]> consumer = clients.follower();
        AtomicBoolean progressDue = new AtomicBoolean();
        Replay replay = new Replay(layout, consumer, config.connectTimeout(), progressDue);
        Runnable closeConsumer = () -> consumer.close(CloseOptions.timeout(Duration.ZERO));
        closing.add(closeConsumer);
        replay.locate(retention, clock);
        tokens.requireRoom(replay.end());

        View view = new View(config, retention, clock, tokens, layout.own(), places(replay.start()));
        Decoder decoder = new Decoder(layout, config.maxRecordBytes());
        Producer<byte[], byte[]> producer = clients.producer();
        closing.add(() -> producer.close(Duration.ZERO));
        ExecutorService answers = Executors.newSingleThreadExecutor(task -> thread(task, "tidewire-kafka-answers"));
        closing.add(answers::shutdown);
        long hub = new SecureRandom().nextLong();
        Appender appender = new Appender(config, layout, producer, clock, hub, maxRecordBytes, answers);
        FollowLoop follower = new FollowLoop(layout, decoder, view, appender, hub, consumer, this::broken);
        watch.start(List.of(appender::tick, view::trim, new Progress(progressDue)));
        replay.run(follower);
        closing.remove(closeConsumer); // from here on it belongs to the follow thread
        FetchPool fetchers = fetchPool(layout, decoder, tokens, view);
        KafkaLog log = new KafkaLog(config, tokens, decoder, view, appender, fetchers, this::release);
        closing.add(fetchers::close);
        opened.set(log);
        start(appender, follower);
        return log;
    }

    private FetchPool fetchPool(Layout layout, Decoder decoder, Tokens tokens, View view) {
        return new FetchPool(
                config, () -> new Fetcher(layout, decoder, tokens, view, config.deliveryTimeout(), clients.fetcher()));
    }

    private void start(Appender appender, FollowLoop follower) {
        Thread sending = thread(appender, "tidewire-kafka-append");
        Thread following = thread(follower, "tidewire-kafka-follow");
        closing.add(() -> end(sending, sending::interrupt));
        closing.add(() -> end(following, follower::close));
        sending.start();
        following.start();
    }

    private static long[] places(long[] offsets) {
        long[] places = new long[offsets.length];
        for (int slot = 0; slot < offsets.length; slot++) {
            places[slot] = Offsets.place(offsets[slot], 0);
        }
        return places;
    }

    private static Thread thread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private static void end(Thread thread, Runnable how) {
        how.run();
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void gone(String reason) {
        KafkaLog log = opened.get();
        if (log != null && log.refuse(reason)) {
            LOG.error("{}", reason);
        }
    }

    private void broken(RuntimeException failure) {
        KafkaLog log = opened.get();
        if (log != null) {
            log.refuse("This hub cannot read Kafka any more (" + failure.getMessage() + "): restart it");
        }
    }

    private synchronized void release() {
        for (int i = closing.size() - 1; i >= 0; i--) {
            closing.get(i).run();
        }
        closing.clear();
    }

    /** Has the replay tell how far it is, every few seconds. */
    private static final class Progress implements Runnable {
        private final AtomicBoolean due;
        private long ticks;

        Progress(AtomicBoolean due) {
            this.due = due;
        }

        @Override
        public void run() {
            if (++ticks % TICKS_PER_PROGRESS == 0) {
                due.set(true);
            }
        }
    }
}
