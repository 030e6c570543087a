package io.tidewire.log;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The topics of a {@link MemoryLog} that have bounds of their own: which entries they have, and what these bounds cut. Guarded by the
 * log's lock.
 */
final class BoundedTopics {
    /** What a reader may have missed is remembered for so many topics before those that no longer matter are looked for. */
    private static final int FIRST_SWEEP = 1024;

    private final Retention retention;
    private final LongConsumer cut;
    private final Map<String, Bounded> topics = new HashMap<>();
    /** Of each rule with an age the entries, oldest first. */
    private final Map<TopicRetention, LinkedHashMap<Long, LogEntry>> aging = new HashMap<>();

    private final Map<String, Long> cutUpTo = new HashMap<>();
    private int sweepAt = FIRST_SWEEP;
    private long highestCut;

    /** Creates one that has {@code cut} take out the entries of these numbers; that one calls {@link #removed}. */
    BoundedTopics(Retention retention, LongConsumer cut) {
        this.retention = retention;
        this.cut = cut;
    }

    /**
     * Takes in a new entry, and has what its topic's bounds no longer allow cut.
     *
     * @param replaced the number of the entry with the same topic and key that it replaces, or null
     */
    void added(long number, LogEntry entry, long weight, @Nullable Long replaced) {
        TopicRetention rule = retention.of(entry.update().audience());
        if (rule == null) {
            return;
        }
        String name = entry.update().audience().channel();
        Bounded topic = topics.computeIfAbsent(name, any -> new Bounded(rule));
        if (rule.keep() == TopicRetention.Keep.LATEST) {
            Set.copyOf(topic.held.keySet()).forEach(cut::accept);
        } else if (rule.keep() == TopicRetention.Keep.LATEST_PER_KEY && replaced != null) {
            cut.accept(replaced);
        }
        topics.put(name, topic); // if all it had was cut, it is gone
        topic.held.put(number, new Held(entry, weight));
        topic.bytes += weight;
        if (!rule.maxAge().equals(TopicRetention.FOREVER)) {
            aging.computeIfAbsent(rule, any -> new LinkedHashMap<>()).put(number, entry);
        }
        while (topic.exceeds()) {
            Map.Entry<Long, Held> oldest = topic.held.entrySet().iterator().next();
            cutOldest(oldest.getKey(), oldest.getValue().entry().update());
        }
    }

    /** Has what is too old by its topic's bounds cut. */
    void trim(long nowMillis) {
        for (Map.Entry<TopicRetention, LinkedHashMap<Long, LogEntry>> rule : aging.entrySet()) {
            long oldestMillis = nowMillis - rule.getKey().maxAge().toMillis();
            Iterator<Map.Entry<Long, LogEntry>> oldest =
                    rule.getValue().entrySet().iterator();
            while (oldest.hasNext()) {
                Map.Entry<Long, LogEntry> next = oldest.next();
                if (next.getValue().timeMillis() >= oldestMillis) {
                    break;
                }
                oldest.remove();
                cutOldest(next.getKey(), next.getValue().update());
            }
        }
    }

    private void cutOldest(Long number, Update update) {
        cut.accept(number);
        if (update.audience() instanceof Audience.Topics named) {
            named.names().forEach(name -> cutUpTo.merge(name, number, Math::max));
            highestCut = Math.max(highestCut, number);
        }
    }

    /** An entry was taken out, by whichever bound. */
    void removed(long number, LogEntry entry) {
        String name = entry.update().audience().channel();
        Bounded topic = topics.get(name);
        Held held = topic == null ? null : topic.held.remove(number);
        if (topic == null || held == null) {
            return;
        }
        topic.bytes -= held.weight();
        if (topic.held.isEmpty()) {
            topics.remove(name);
        }
        LinkedHashMap<Long, LogEntry> sameRule = aging.get(topic.rule);
        if (sameRule != null) {
            sameRule.remove(number);
        }
    }

    /** {@return the number up to which bounds of single topics cut something of interest, or 0} */
    long cutUpTo(Interest interest, long floor) {
        sweep(floor);
        if (highestCut <= floor) {
            return 0;
        }
        if (interest.anyTopic()) {
            return highestCut;
        }
        long highest = 0;
        for (String topic : interest.topics()) {
            highest = Math.max(highest, cutUpTo.getOrDefault(topic, 0L));
        }
        return highest;
    }

    /** Whoever is behind the floor is told of a gap anyway. */
    private void sweep(long floor) {
        if (cutUpTo.size() > sweepAt) {
            cutUpTo.values().removeIf(number -> number <= floor);
            sweepAt = Math.max(FIRST_SWEEP, cutUpTo.size() * 2);
        }
    }

    private record Held(LogEntry entry, long weight) {}

    /** One topic's entries, oldest first. */
    private static final class Bounded {
        private final TopicRetention rule;
        private final Map<Long, Held> held = new LinkedHashMap<>();
        private long bytes;

        Bounded(TopicRetention rule) {
            this.rule = rule;
        }

        boolean exceeds() {
            return held.size() > rule.maxEvents() || bytes > rule.maxBytes();
        }
    }
}
