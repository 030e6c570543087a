package io.tidewire.log.kafka;

import io.tidewire.log.Append;
import io.tidewire.log.LogException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/** Gets events back from Kafka that are no longer in memory. Owned by one thread. */
final class Fetcher implements AutoCloseable {
    /** Beyond so many records that nobody asked for, a new start is cheaper than reading on. */
    private static final long SEEK_RECORDS = 1000;

    private static final Duration POLL = Duration.ofMillis(250);

    private final Layout layout;
    private final Decoder decoder;
    private final Tokens tokens;
    private final View view;
    private final int maxEmptyPolls;
    private final Consumer<byte[], byte[]> consumer;

    Fetcher(
            Layout layout,
            Decoder decoder,
            Tokens tokens,
            View view,
            Duration timeout,
            Consumer<byte[], byte[]> consumer) {
        this.layout = layout;
        this.decoder = decoder;
        this.tokens = tokens;
        this.view = view;
        this.maxEmptyPolls = (int) (timeout.toMillis() / POLL.toMillis()) + 1;
        this.consumer = consumer;
    }

    /**
     * Fills in what is missing.
     *
     * @return whether all was there; if not, it is known now what has gone, and the page is to be chosen anew
     * @throws LogException.Unavailable if the brokers do not answer
     */
    boolean fill(Draft draft) {
        Map<Integer, List<Draft.Item>> bySlot = draft.items().stream()
                .filter(item -> item.entry == null)
                .collect(Collectors.groupingBy(item -> item.row.slot, TreeMap::new, Collectors.toList()));
        boolean all = true;
        for (Map.Entry<Integer, List<Draft.Item>> each : bySlot.entrySet()) {
            each.getValue().sort(Comparator.comparingLong(item -> item.row.place));
            all &= fill(each.getKey(), each.getValue());
        }
        return all;
    }

    private boolean fill(int slot, List<Draft.Item> items) {
        TopicPartition partition = layout.partition(slot);
        Deque<Draft.Item> wanted = new ArrayDeque<>(items);
        List<Row> gone = new ArrayList<>();
        try {
            goTo(partition, offsetOf(wanted.element()));
            for (int empty = 0; !wanted.isEmpty(); empty++) {
                if (empty > maxEmptyPolls) {
                    throw new LogException.Unavailable("Kafka did not give back events of " + partition
                            + " in time: check that its brokers are up; the reader tries again");
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    empty = -1;
                    take(slot, record, wanted, gone);
                }
                passOver(consumer.position(partition), wanted, gone);
                seekOn(partition, wanted);
            }
        } catch (OffsetOutOfRangeException e) {
            cut(slot, partition);
            return false;
        }
        if (!gone.isEmpty()) {
            cut(slot, partition);
            view.compacted(gone);
        }
        return gone.isEmpty();
    }

    /** A reader's next page often begins where the last one ended, and the consumer has it already. */
    private void goTo(TopicPartition partition, long offset) {
        if (!consumer.assignment().equals(Set.of(partition))) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, offset);
        } else if (consumer.position(partition) != offset) {
            consumer.seek(partition, offset);
        }
    }

    private void take(int slot, ConsumerRecord<byte[], byte[]> record, Deque<Draft.Item> wanted, List<Row> gone) {
        passOver(record.offset(), wanted, gone);
        if (wanted.isEmpty() || offsetOf(wanted.element()) != record.offset()) {
            return;
        }
        List<Append> appends = decoder.read(slot, record);
        while (!wanted.isEmpty() && offsetOf(wanted.element()) == record.offset()) {
            Draft.Item item = wanted.remove();
            item.fill(tokens, appends.get(Offsets.event(item.row.place)).update());
        }
    }

    /** What stands before an offset that has come, and has not come itself, is no more. */
    private static void passOver(long offset, Deque<Draft.Item> wanted, List<Row> gone) {
        while (!wanted.isEmpty() && offsetOf(wanted.element()) < offset) {
            gone.add(wanted.remove().row);
        }
    }

    private void seekOn(TopicPartition partition, Deque<Draft.Item> wanted) {
        if (!wanted.isEmpty() && offsetOf(wanted.element()) - consumer.position(partition) > SEEK_RECORDS) {
            consumer.seek(partition, offsetOf(wanted.element()));
        }
    }

    private void cut(int slot, TopicPartition partition) {
        view.cutByKafka(slot, consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L));
    }

    private static long offsetOf(Draft.Item item) {
        return Offsets.offset(item.row.place);
    }

    /** {@return whether the partitions reach as far as this vector} */
    boolean reaches(long[] vector) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(layout.partitions());
        for (int slot = 0; slot < vector.length; slot++) {
            long end = ends.getOrDefault(layout.partition(slot), 0L);
            if (vector[slot] > Offsets.place(end, 0)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
