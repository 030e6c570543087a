package io.tidewire.log.kafka;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Audience;
import io.tidewire.log.LogException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Writes appends to Kafka and answers them once they have been read back. Safe for any thread.
 */
final class Appender implements Runnable {
    /*
     *   append ─▶ queue ─▶ run (a thread of its own) ─▶ producer ─▶ broker ─▶ the follow thread ─▶ readBack ─▶ answers
     *
     * The producer blocks when it knows no leader or has no buffer left, so it has a thread of its own. An append counts as done when the
     * record is read back, not when the broker confirms it: only then is its verdict known and its place in this hub's order, and whoever
     * was told of it finds it. A consumer gets nothing that is not on all replicas in sync, so it is as durable as the confirmation says.
     */

    /** Batches that wait for the producer. */
    private static final int MAX_WAITING = 10_000;

    /** What all appends under way may take. */
    private static final long MAX_BYTES = 128L << 20;

    /** How much longer than the producer the reading back may take. */
    private static final int GRACE_MILLIS = 2000;

    private final KafkaConfig config;
    private final Layout layout;
    private final Producer<byte[], byte[]> producer;
    private final InstantSource clock;
    private final long hub;
    private final int maxRecordBytes;
    private final long maxTicks;
    private final Executor answers;
    private final RecordFormat format = new RecordFormat();
    private final BlockingQueue<Outgoing> queue = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Map<Long, Outgoing> underWay = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong numbers = new AtomicLong();
    private volatile long tick;
    private volatile @Nullable LogException closed;

    @SuppressWarnings("TooManyParameters")
    Appender(
            KafkaConfig config,
            Layout layout,
            Producer<byte[], byte[]> producer,
            InstantSource clock,
            long hub,
            int maxRecordBytes,
            Executor answers) {
        this.config = config;
        this.layout = layout;
        this.producer = producer;
        this.clock = clock;
        this.hub = hub;
        this.maxRecordBytes = maxRecordBytes;
        this.maxTicks = (config.deliveryTimeout().toMillis() + GRACE_MILLIS) / Watch.TICK_MILLIS + 1;
        this.answers = answers;
    }

    CompletionStage<List<AppendResult>> append(List<Append> batch) {
        LogException refused = closed;
        if (refused != null) {
            return CompletableFuture.failedFuture(refused);
        }
        if (batch.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        List<Part> parts;
        try {
            parts = split(batch);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        return send(batch.size(), parts);
    }

    private CompletionStage<List<AppendResult>> send(int appends, List<Part> parts) {
        long size = parts.stream().mapToLong(Part::bytes).sum();
        PendingAppend pending = new PendingAppend(appends, parts.size(), size, tick);
        if (bytes.addAndGet(size) > MAX_BYTES || queue.remainingCapacity() < parts.size()) {
            bytes.addAndGet(-size);
            return CompletableFuture.failedFuture(
                    new LogException.Unavailable(
                            "More appends are waiting for Kafka than there is room for: publish more slowly, or try again later"));
        }
        pending.future().whenComplete((results, failure) -> bytes.addAndGet(-size));
        long nowMillis = clock.millis();
        for (Part part : parts) {
            RecordFormat.Ticket ticket = new RecordFormat.Ticket(hub, numbers.incrementAndGet());
            ProducerRecord<byte[], byte[]> record =
                    format.write(config.topic(), part.slot, nowMillis, part.appends, ticket);
            Outgoing outgoing = new Outgoing(
                    ticket.number(),
                    record,
                    pending,
                    part.positions.stream().mapToInt(Integer::intValue).toArray());
            underWay.put(ticket.number(), outgoing);
            if (!queue.offer(outgoing)) {
                fail(outgoing, new LogException.Unavailable("Too many appends are waiting for Kafka: try again later"));
            }
        }
        LogException meanwhile = closed;
        if (meanwhile != null) {
            failAll(meanwhile);
        }
        return pending.future();
    }

    /** A batch goes to each partition as one record, or as several if it is larger than one can be. */
    private List<Part> split(List<Append> batch) {
        List<Part> parts = new ArrayList<>();
        @Nullable Part[] open = new Part[layout.own()];
        for (int i = 0; i < batch.size(); i++) {
            requireNotBridged(batch.get(i));
            RecordFormat.Encoded encoded = format.encode(batch.get(i));
            if (encoded.size() > maxRecordBytes) {
                throw new IllegalArgumentException("event: " + encoded.size() + " bytes (expected: at most "
                        + maxRecordBytes + "; raise kafka.max-record-bytes and max.message.bytes of the topic)");
            }
            int slot = layout.slotOfChannel(encoded.channel());
            Part part = open[slot];
            if (part == null
                    || part.bytes + encoded.size() > maxRecordBytes
                    || part.appends.size() == Offsets.MAX_EVENTS) {
                part = new Part(slot);
                open[slot] = part;
                parts.add(part);
            }
            part.add(encoded, i);
        }
        return parts;
    }

    private void requireNotBridged(Append append) {
        if (config.bridges().isEmpty() || !(append.update().audience() instanceof Audience.Topics topics)) {
            return;
        }
        for (Bridge bridge : config.bridges()) {
            for (String name : topics.names()) {
                if (bridge.owns(name)) {
                    throw new IllegalArgumentException(
                            "topic: " + name + " (expected: none under " + bridge.topicPrefix()
                                    + ", which is read from Kafka's " + bridge.kafkaTopic() + "; publish there)");
                }
            }
        }
    }

    /** Hands records to the producer until it is interrupted. */
    @Override
    public void run() {
        try {
            while (closed == null) {
                Outgoing next = queue.take();
                if (next.pending.future().isDone()) {
                    underWay.remove(next.number); // it failed while it waited: it must not appear after all
                } else {
                    send(next);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closing
        }
    }

    private void send(Outgoing outgoing) {
        try {
            producer.send(outgoing.record, (metadata, failure) -> {
                if (failure != null) {
                    fail(outgoing, TopicSetup.translate(config, failure));
                }
            });
        } catch (KafkaException | IllegalStateException e) {
            fail(outgoing, TopicSetup.translate(config, e));
        }
    }

    private void fail(Outgoing outgoing, LogException failure) {
        if (underWay.remove(outgoing.number) != null) {
            answer(() -> outgoing.pending.fail(failure));
        }
    }

    /** One of the records has been read back. By the follow thread. */
    void readBack(long number, List<AppendResult> outcomes) {
        Outgoing outgoing = underWay.remove(number);
        if (outgoing != null && outgoing.pending.read(outgoing.positions, outcomes)) {
            answer(outgoing.pending::complete);
        }
    }

    /** Whoever waits for an answer must not hold up the thread that has it. */
    private void answer(Runnable task) {
        try {
            answers.execute(task);
        } catch (RejectedExecutionException e) {
            task.run(); // closing: there is nothing left to hold up
        }
    }

    /** Time passes: what takes too long has failed. */
    void tick() {
        long now = tick + 1;
        tick = now;
        for (Outgoing outgoing : underWay.values()) {
            if (now - outgoing.pending.sinceTick() > maxTicks) {
                fail(
                        outgoing,
                        new LogException.Unavailable("Kafka did not confirm an event within " + config.deliveryTimeout()
                                + ": it may be stored or not; publish it again with the same idempotency key"));
            }
        }
    }

    /** Refuses everything from now on, with this reason. */
    void close(LogException reason) {
        closed = reason;
        failAll(reason);
    }

    private void failAll(LogException reason) {
        for (Outgoing outgoing : underWay.values()) {
            fail(outgoing, reason);
        }
    }

    /** One record on its way. */
    private static final class Outgoing {
        private final long number;
        private final ProducerRecord<byte[], byte[]> record;
        private final PendingAppend pending;
        /** Which of the batch's appends are in the record. */
        private final int[] positions;

        Outgoing(long number, ProducerRecord<byte[], byte[]> record, PendingAppend pending, int[] positions) {
            this.number = number;
            this.record = record;
            this.pending = pending;
            this.positions = positions;
        }
    }

    /** What of a batch becomes one record. */
    private static final class Part {
        private final int slot;
        private final List<RecordFormat.Encoded> appends = new ArrayList<>();
        private final List<Integer> positions = new ArrayList<>();
        private long bytes;

        Part(int slot) {
            this.slot = slot;
        }

        void add(RecordFormat.Encoded append, int position) {
            appends.add(append);
            positions.add(position);
            bytes += append.size();
        }

        long bytes() {
            return bytes;
        }
    }
}
