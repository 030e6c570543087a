package io.tidewire.log.kafka;

import io.tidewire.log.Interest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What bounds of single topics have cut, so that those who wanted it can be told. Guarded by its log's lock. */
final class TopicCuts {
    /** What may have been missed is remembered for so many topics before those that no longer matter are looked for. */
    private static final int FIRST_SWEEP = 1024;

    private final Map<String, Cut> byTopic = new HashMap<>();
    private final Cut any;
    private int sweepAt = FIRST_SWEEP;
    private long number;

    TopicCuts(int slots) {
        this.any = new Cut(slots);
    }

    /** {@return the number of the newest cut; 0 before the first} */
    long number() {
        return number;
    }

    void cut(Row row, List<String> topics, long[] floor) {
        number++;
        any.add(row, number);
        for (int i = 0; i < topics.size(); i++) {
            byTopic.computeIfAbsent(topics.get(i), name -> new Cut(floor.length))
                    .add(row, number);
        }
        if (byTopic.size() > sweepAt) {
            byTopic.values().removeIf(cut -> !cut.isAfter(floor));
            sweepAt = Math.max(FIRST_SWEEP, byTopic.size() * 2);
        }
    }

    /** {@return whether something of interest was cut that the cursor had not seen and was not told of} */
    boolean missed(Interest interest, long[] vector, long told) {
        if (!any.isNews(vector, told)) {
            return false;
        }
        if (interest.anyTopic()) {
            return true;
        }
        for (String topic : interest.topics()) {
            Cut cut = byTopic.get(topic);
            if (cut != null && cut.isNews(vector, told)) {
                return true;
            }
        }
        return false;
    }

    /** Up to where events of a topic were cut. */
    private static final class Cut {
        private final long[] places;
        private long number;

        Cut(int slots) {
            this.places = new long[slots];
        }

        void add(Row row, long newest) {
            places[row.slot] = Math.max(places[row.slot], row.next());
            number = newest;
        }

        boolean isNews(long[] vector, long told) {
            return number > told && isAfter(vector);
        }

        boolean isAfter(long[] vector) {
            for (int slot = 0; slot < places.length; slot++) {
                if (places[slot] > vector[slot]) {
                    return true;
                }
            }
            return false;
        }
    }
}
