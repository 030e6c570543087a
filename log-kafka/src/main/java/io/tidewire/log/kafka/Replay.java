package io.tidewire.log.kafka;

import io.tidewire.log.LogException;
import io.tidewire.log.Retention;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what is kept when the log is opened: from it, all that is known in memory is made again. Used by one thread. */
final class Replay {
    /*
     * The partitions are merged by time, as far as that is in order within each: what the bounds of the whole log cut is then the oldest,
     * whichever partition it is in.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);
    private static final Duration POLL = Duration.ofMillis(100);

    /** A partition that is so far ahead of the others waits for them. */
    private static final int MAX_BUFFERED = 4000;

    private static final int CHUNK = 500;

    private final Layout layout;
    private final Consumer<byte[], byte[]> consumer;
    private final int maxEmptyPolls;
    private final AtomicBoolean progressDue;
    private final List<ArrayDeque<ConsumerRecord<byte[], byte[]>>> buffers = new ArrayList<>();
    private final long[] start;
    private final long[] end;

    /** Finds where to begin and where the end is, now. */
    Replay(Layout layout, Consumer<byte[], byte[]> consumer, Duration timeout, AtomicBoolean progressDue) {
        this.layout = layout;
        this.consumer = consumer;
        this.maxEmptyPolls = (int) (timeout.toMillis() / POLL.toMillis()) + 1;
        this.progressDue = progressDue;
        this.start = new long[layout.size()];
        this.end = new long[layout.size()];
        for (int slot = 0; slot < layout.size(); slot++) {
            buffers.add(new ArrayDeque<>());
        }
    }

    /** Looks where what is kept begins: a day earlier for the log's own partitions, because of the keys that are remembered. */
    void locate(Retention retention, InstantSource clock) {
        List<TopicPartition> partitions = layout.partitions();
        consumer.assign(partitions);
        Map<TopicPartition, Long> begin = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, Long> times = new HashMap<>();
        long oldestMillis = clock.millis() - Timeline.millisOf(retention.maxAge());
        for (int slot = 0; slot < layout.size(); slot++) {
            long oldest = slot < layout.own() ? oldestMillis - KeyUses.MAX_AGE_MILLIS : oldestMillis;
            times.put(layout.partition(slot), Math.max(0, oldest));
        }
        Map<TopicPartition, OffsetAndTimestamp> firsts = consumer.offsetsForTimes(times);
        for (int slot = 0; slot < layout.size(); slot++) {
            TopicPartition partition = layout.partition(slot);
            end[slot] = ends.getOrDefault(partition, 0L);
            OffsetAndTimestamp first = firsts.get(partition);
            start[slot] = Math.max(begin.getOrDefault(partition, 0L), first == null ? end[slot] : first.offset());
            if (slot >= layout.own()) {
                start[slot] = Math.max(start[slot], end[slot] - retention.maxEvents());
            }
            consumer.seek(partition, start[slot]);
        }
    }

    /** {@return the offsets where it begins} */
    long[] start() {
        return start;
    }

    long[] end() {
        return end;
    }

    /** Reads up to the end, and leaves the consumer there. */
    void run(FollowLoop follower) {
        long total = 0;
        for (int slot = 0; slot < end.length; slot++) {
            total += end[slot] - start[slot];
        }
        long read = 0;
        List<ConsumerRecord<byte[], byte[]>> ordered = new ArrayList<>();
        for (int empty = 0; isUnfinished(); empty++) {
            if (empty > maxEmptyPolls) {
                throw new LogException.Unavailable("Kafka stopped giving events while the history was read, after "
                        + read + " of about " + total + " records: check that the brokers are up");
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                empty = -1;
                buffers.get(layout.slot(record.topic(), record.partition())).add(record);
            }
            for (int slot = nextSlot(); slot >= 0; slot = nextSlot()) {
                ordered.add(buffers.get(slot).remove());
                if (ordered.size() == CHUNK) {
                    read += hand(follower, ordered);
                }
            }
            read += hand(follower, ordered);
            throttle();
            if (progressDue.compareAndSet(true, false)) {
                LOG.info("Reading history from Kafka: {} of about {} records", read, total);
            }
        }
        consumer.resume(consumer.paused());
        LOG.info("Read {} records of history from Kafka", read);
    }

    private static int hand(FollowLoop follower, List<ConsumerRecord<byte[], byte[]>> ordered) {
        int count = ordered.size();
        follower.take(ordered);
        ordered.clear();
        return count;
    }

    private boolean isUnfinished() {
        for (int slot = 0; slot < end.length; slot++) {
            if (!buffers.get(slot).isEmpty() || isExpected(slot)) {
                return true;
            }
        }
        return false;
    }

    private boolean isExpected(int slot) {
        return consumer.position(layout.partition(slot)) < end[slot];
    }

    /** {@return the partition whose next record is the oldest, or -1 if one that is not at its end has none here yet} */
    private int nextSlot() {
        int oldest = -1;
        long oldestMillis = Long.MAX_VALUE;
        for (int slot = 0; slot < end.length; slot++) {
            ConsumerRecord<byte[], byte[]> next = buffers.get(slot).peek();
            if (next == null) {
                if (isExpected(slot)) {
                    return -1;
                }
            } else if (oldest < 0 || next.timestamp() < oldestMillis) {
                oldest = slot;
                oldestMillis = next.timestamp();
            }
        }
        return oldest;
    }

    private void throttle() {
        for (int slot = 0; slot < end.length; slot++) {
            List<TopicPartition> one = List.of(layout.partition(slot));
            if (buffers.get(slot).size() > MAX_BUFFERED) {
                consumer.pause(one);
            } else {
                consumer.resume(one);
            }
        }
    }
}
