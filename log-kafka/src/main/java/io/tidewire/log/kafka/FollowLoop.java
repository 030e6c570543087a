package io.tidewire.log.kafka;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.LogException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads all partitions for as long as the log is open. Its consumer belongs to the thread that runs it. */
final class FollowLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(FollowLoop.class);
    private static final Duration POLL = Duration.ofSeconds(1);

    /** What the brokers refuse now they may allow in a moment. */
    private static final long PAUSE_NANOS = 1_000_000_000;

    /** What is taken in at once: readers wait for the lock for about a millisecond. */
    private static final int CHUNK_EVENTS = 500;

    private final Layout layout;
    private final Decoder decoder;
    private final View view;
    private final Appender appender;
    private final long hub;
    private final Consumer<byte[], byte[]> consumer;
    private final java.util.function.Consumer<RuntimeException> broken;
    private volatile boolean closed;
    private boolean refused;

    /**
     * Creates one whose consumer has been assigned the partitions and stands where it is to begin.
     *
     * @param broken is told if it had to give up
     */
    @SuppressWarnings("TooManyParameters")
    FollowLoop(
            Layout layout,
            Decoder decoder,
            View view,
            Appender appender,
            long hub,
            Consumer<byte[], byte[]> consumer,
            java.util.function.Consumer<RuntimeException> broken) {
        this.layout = layout;
        this.decoder = decoder;
        this.view = view;
        this.appender = appender;
        this.hub = hub;
        this.consumer = consumer;
        this.broken = broken;
    }

    @Override
    public void run() {
        try {
            while (!closed) {
                step();
            }
        } catch (WakeupException e) {
            LOG.debug("Following ends", e);
        } catch (LogException e) {
            LOG.error("{}", e.getMessage());
            broken.accept(e);
        } catch (RuntimeException e) {
            LOG.error("Following Kafka has ended by a mistake of ours: restart the hub, and please report it", e);
            broken.accept(e);
        } finally {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    private void step() {
        Iterable<ConsumerRecord<byte[], byte[]>> records;
        try {
            records = consumer.poll(POLL);
            refused = false;
        } catch (WakeupException | InterruptException e) {
            closed = true;
            return;
        } catch (OffsetOutOfRangeException e) {
            skipToWhatIsLeft(e);
            return;
        } catch (KafkaException e) {
            pause(e);
            return;
        }
        take(records);
    }

    /** Takes in records that have been read. */
    void take(Iterable<ConsumerRecord<byte[], byte[]>> records) {
        List<View.Incoming> incoming = new ArrayList<>();
        int events = 0;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            int slot = layout.slot(record.topic(), record.partition());
            List<Append> appends = decoder.read(slot, record);
            RecordFormat.Ticket ticket = RecordFormat.ticketOf(record);
            long number = ticket != null && ticket.hub() == hub ? ticket.number() : -1;
            incoming.add(new View.Incoming(slot, record.offset(), record.timestamp(), appends, number));
            events += appends.size();
            if (events >= CHUNK_EVENTS) {
                hand(incoming);
                incoming = new ArrayList<>();
                events = 0;
            }
        }
        hand(incoming);
    }

    private void hand(List<View.Incoming> incoming) {
        if (incoming.isEmpty()) {
            return;
        }
        List<List<AppendResult>> outcomes = view.take(incoming);
        for (int i = 0; i < incoming.size(); i++) {
            if (incoming.get(i).number() >= 0) {
                appender.readBack(incoming.get(i).number(), outcomes.get(i));
            }
        }
    }

    private void skipToWhatIsLeft(OffsetOutOfRangeException failure) {
        Map<TopicPartition, Long> left = consumer.beginningOffsets(failure.partitions());
        for (Map.Entry<TopicPartition, Long> each : left.entrySet()) {
            long wanted = failure.offsetOutOfRangePartitions().getOrDefault(each.getKey(), 0L);
            if (wanted > each.getValue()) {
                // Ahead of all there is: the brokers have lost what they had confirmed, or it is another topic by now.
                throw new LogException.Unavailable("Kafka no longer has offset " + wanted + " of " + each.getKey()
                        + ", nor any after it: its brokers have lost confirmed events (unclean leader election?), or the topic"
                        + " was made anew. Restart the hub; it goes on with what is left");
            }
            LOG.warn(
                    "Kafka has deleted events of {} before this hub read them: offsets {} to {} are lost to those connected here."
                            + " Raise the topic's retention, or find out why the hub was so far behind",
                    each.getKey(),
                    wanted,
                    each.getValue() - 1);
            view.skipTo(layout.slot(each.getKey().topic(), each.getKey().partition()), each.getValue());
            consumer.seek(each.getKey(), each.getValue());
        }
    }

    private void pause(KafkaException failure) {
        if (!refused) {
            refused = true;
            LOG.warn("Kafka refuses to be read; the hub tries again every second", failure);
        }
        if (!closed) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Has it end soon; its own thread closes its consumer. */
    void close() {
        closed = true;
        consumer.wakeup();
    }
}
