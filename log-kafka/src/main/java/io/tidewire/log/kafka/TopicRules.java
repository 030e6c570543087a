package io.tidewire.log.kafka;

import io.tidewire.log.TopicRetention;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The topics with bounds of their own: which rows they have, and which of them must go. Guarded by its log's lock. */
final class TopicRules {
    private final Consumer<Row> replace;
    private final Consumer<Row> cut;
    private final Map<String, Bounded> topics = new HashMap<>();
    /** Of each rule with an age the rows, oldest first; some of them gone already. */
    private final Map<TopicRetention, ArrayDeque<Row>> aging = new HashMap<>();

    /**
     * Creates one that says what must go, and is told of it by {@link #removed}.
     *
     * @param replace takes what a newer event replaced: nobody misses it
     * @param cut takes what a bound cut
     */
    TopicRules(Consumer<Row> replace, Consumer<Row> cut) {
        this.replace = replace;
        this.cut = cut;
    }

    /**
     * Takes in a new row.
     *
     * @param before the row with the same channel and key that was the newest until now, or null
     */
    void added(Row row, @Nullable Row before) {
        TopicRetention rule = row.rule;
        if (rule == null) {
            return;
        }
        Bounded topic = topics.computeIfAbsent(row.channel(), name -> new Bounded());
        if (rule.keep() == TopicRetention.Keep.LATEST) {
            for (Row oldest = topic.rows.oldest(); oldest != null; oldest = topic.rows.oldest()) {
                replace.accept(oldest);
            }
        } else if (rule.keep() == TopicRetention.Keep.LATEST_PER_KEY && before != null && !before.gone) {
            replace.accept(before);
        }
        topics.put(row.channel(), topic); // it goes with its last row
        topic.rows.add(row);
        topic.bytes += row.weight;
        if (!rule.maxAge().equals(TopicRetention.FOREVER)) {
            aging.computeIfAbsent(rule, any -> new ArrayDeque<>()).add(row);
        }
        for (Row oldest = topic.rows.oldest();
                oldest != null && (topic.rows.size() > rule.maxEvents() || topic.bytes > rule.maxBytes());
                oldest = topic.rows.oldest()) {
            cut.accept(oldest);
        }
    }

    /** Has what is too old cut. */
    void trim(long nowMillis) {
        for (Map.Entry<TopicRetention, ArrayDeque<Row>> each : aging.entrySet()) {
            long oldestMillis = nowMillis - each.getKey().maxAge().toMillis();
            ArrayDeque<Row> rows = each.getValue();
            for (Row oldest = rows.peek();
                    oldest != null && (oldest.gone || oldest.timeMillis < oldestMillis);
                    oldest = rows.peek()) {
                rows.remove();
                if (!oldest.gone) {
                    cut.accept(oldest);
                }
            }
        }
    }

    /** A row has gone, by whichever bound. */
    void removed(Row row) {
        Bounded topic = row.rule == null ? null : topics.get(row.channel());
        if (topic == null) {
            return;
        }
        topic.bytes -= row.weight;
        topic.rows.lost();
        if (topic.rows.size() == 0) {
            topics.remove(row.channel());
        }
    }

    /** One topic's rows. */
    private static final class Bounded {
        private final RowList rows = new RowList();
        private long bytes;
    }
}
