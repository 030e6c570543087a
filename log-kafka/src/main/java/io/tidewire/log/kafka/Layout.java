package io.tidewire.log.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** Which partitions there are, in the order in which a vector names them: the log's own first, then those of each bridge. */
final class Layout {
    private final List<Section> sections;
    private final List<TopicPartition> partitions = new ArrayList<>();
    private final List<Section> sectionBySlot = new ArrayList<>();
    private final Map<TopicPartition, Integer> slots = new HashMap<>();

    Layout(List<Section> sections) {
        this.sections = List.copyOf(sections);
        for (Section section : sections) {
            for (int partition = 0; partition < section.count(); partition++) {
                TopicPartition one = new TopicPartition(section.topic(), partition);
                slots.put(one, partitions.size());
                partitions.add(one);
                sectionBySlot.add(section);
            }
        }
    }

    List<Section> sections() {
        return sections;
    }

    List<TopicPartition> partitions() {
        return partitions;
    }

    /** {@return how many partitions the log itself has; their slots are the first} */
    int own() {
        return sections.get(0).count();
    }

    int size() {
        return partitions.size();
    }

    TopicPartition partition(int slot) {
        return partitions.get(slot);
    }

    @Nullable
    Bridge bridge(int slot) {
        return sectionBySlot.get(slot).bridge();
    }

    int slot(String topic, int partition) {
        Integer slot = slots.get(new TopicPartition(topic, partition));
        if (slot == null) {
            throw new IllegalArgumentException(
                    "partition: " + topic + "-" + partition + " (expected: one of " + partitions + ")");
        }
        return slot;
    }

    /** {@return the slot of the log's own partition that has a channel's events} Every hub computes the same, for ever. */
    int slotOfChannel(String channel) {
        int hash = channel.hashCode(); // specified by the language; its low bits alone are poor
        hash ^= hash >>> 16;
        hash *= 0x85ebca6b;
        hash ^= hash >>> 13;
        hash *= 0xc2b2ae35;
        hash ^= hash >>> 16;
        return Integer.remainderUnsigned(hash, own());
    }

    /**
     * The partitions of one Kafka topic.
     *
     * @param topic its name
     * @param id its id: another one under the same name is another log
     * @param count how many partitions
     * @param bridge the bridge that reads it, or null for the log's own
     */
    record Section(
            String topic, Uuid id, int count, @Nullable Bridge bridge) {}
}
