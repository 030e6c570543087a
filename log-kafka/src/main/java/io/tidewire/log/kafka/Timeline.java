package io.tidewire.log.kafka;

import io.tidewire.log.Audience;
import io.tidewire.log.Interest;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The events in the order in which this hub has met them, and their indexes: what Kafka does not have. Guarded by its log's lock.
 */
final class Timeline {
    /*
     * Each event gets the next index. Within a partition that is the order of offsets; how the partitions mingle differs from hub to hub.
     * The bounds of the whole log cut at the front; those of single topics anywhere. What is gone leaves no trace but
     *
     *   floor     of each partition, the place after the newest event that the log's own bounds, or Kafka, have cut
     *   cutIndex  the same as an index
     *   cuts      what bounds of single topics have cut, by topic
     */

    /** Nothing gets as old, and subtracting it from any clock's time does not overflow. */
    private static final Duration LONGEST_AGE = Duration.ofDays(1_000_000);

    /** All updates to connections are listed as one: there are few of them, and each is of interest to all. */
    private static final String CONNECTIONS = "\u0000c";

    private final Retention retention;
    private final Tokens tokens;
    private final long maxAgeMillis;
    private final long maxCacheBytes;
    private final Consumer<Row> lostByTopic;
    private final RowList rows = new RowList();
    private final RowList[] bySlot;
    private final Map<String, RowList> byTopic = new HashMap<>();
    private final Map<ValueKey, Row> newestByKey = new HashMap<>();
    private final OwnIds ids = new OwnIds();
    private final TopicRules rules = new TopicRules(this::replaced, this::cut);
    private final TopicCuts cuts;
    private final ArrayDeque<Row> cached = new ArrayDeque<>();
    private long cachedBytes;
    private long bytes;
    private long head;
    private int headSlot;
    private long[] headVector;
    private long[] floor;
    private long cutIndex;
    private boolean cutByKafka;

    /**
     * Creates an empty one that begins at these places.
     *
     * @param lostByTopic is told which rows the bounds of single topics took out
     */
    Timeline(Retention retention, Tokens tokens, long[] start, long maxCacheBytes, Consumer<Row> lostByTopic) {
        this.retention = retention;
        this.tokens = tokens;
        this.maxAgeMillis = millisOf(retention.maxAge());
        this.maxCacheBytes = maxCacheBytes;
        this.lostByTopic = lostByTopic;
        this.cuts = new TopicCuts(start.length);
        this.headVector = start.clone();
        this.floor = start.clone();
        this.bySlot = new RowList[start.length];
        for (int slot = 0; slot < start.length; slot++) {
            bySlot[slot] = new RowList();
        }
    }

    /** "For ever" is a sensible age, and more milliseconds than a long has. */
    static long millisOf(Duration age) {
        return (age.compareTo(LONGEST_AGE) > 0 ? LONGEST_AGE : age).toMillis();
    }

    // --- what comes and what goes

    /** Takes in the next event. */
    Added add(int slot, long place, long next, Update update, long timeMillis) {
        long[] vector = headVector.clone();
        vector[slot] = next;
        long index = ++head;
        headVector = vector;
        headSlot = slot;
        LogEntry entry = new LogEntry(new Place(tokens, index, vector, slot, 0, 0), update, timeMillis);
        Row row = new Row(index, slot, place, entry, vector, retention.of(update.audience()));
        rows.add(row);
        bySlot[slot].add(row);
        bytes += row.weight;
        forEachList(row.audience, true, list -> list.add(row));
        if (row.ownId != null) {
            ids.added(row.ownId, row);
        }
        Row before = newestByKey.put(ValueKey.of(row), row);
        if (before != null) {
            before.newest = false;
        }
        rules.added(row, before);
        cache(row);
        return new Added(row, entry);
    }

    /** A new event, and what is remembered of it. */
    record Added(Row row, LogEntry entry) {}

    private void cache(Row row) {
        if (row.gone) {
            return;
        }
        cached.add(row);
        cachedBytes += row.weight;
        while (cachedBytes > maxCacheBytes && !cached.isEmpty()) {
            Row oldest = cached.remove();
            cachedBytes -= oldest.weight;
            oldest.entry = null;
        }
    }

    /** Cuts what the bounds do not allow to be kept at this time. */
    void trim(long nowMillis) {
        rules.trim(nowMillis);
        long oldestMillis = nowMillis - maxAgeMillis;
        for (Row oldest = rows.oldest();
                oldest != null
                        && (rows.size() > retention.maxEvents()
                                || bytes > retention.maxBytes()
                                || oldest.timeMillis < oldestMillis);
                oldest = rows.oldest()) {
            cutIndex = oldest.index;
            floor[oldest.slot] = Math.max(floor[oldest.slot], oldest.next());
            remove(oldest, false);
        }
    }

    /** Kafka has deleted what came before this place of a partition. */
    void cutByKafka(int slot, long place) {
        if (place <= floor[slot]) {
            return;
        }
        floor[slot] = place;
        headVector = Offsets.max(headVector, floor);
        cutByKafka = true;
        RowList partition = bySlot[slot];
        for (Row oldest = partition.oldest(); oldest != null && oldest.next() <= place; oldest = partition.oldest()) {
            remove(oldest, false);
        }
    }

    /** Kafka has deleted, before this place, events that this hub never met. They take an index, so that whoever was at the head is behind. */
    void lost(int slot, long place) {
        head++;
        headSlot = slot;
        cutByKafka(slot, place);
    }

    /** Kafka no longer has this event, though it has older ones: its topic is compacted, and a newer one has replaced it. */
    void compacted(Row row) {
        if (!row.gone) {
            remove(row, false);
        }
    }

    private void replaced(Row row) {
        remove(row, true);
    }

    private void cut(Row row) {
        remove(row, true);
        if (row.audience instanceof Audience.Topics topics) {
            cuts.cut(row, topics.names(), floor);
        }
    }

    private void remove(Row row, boolean byTopic) {
        row.gone = true;
        row.entry = null;
        bytes -= row.weight;
        rows.lost();
        bySlot[row.slot].lost();
        forEachList(row.audience, false, RowList::lost);
        if (row.ownId != null) {
            ids.removed(row.ownId, row, byTopic);
        }
        newestByKey.remove(ValueKey.of(row), row);
        rules.removed(row);
        if (byTopic) {
            lostByTopic.accept(row);
        }
    }

    private void forEachList(Audience audience, boolean create, Consumer<RowList> action) {
        List<String> names = audience instanceof Audience.Topics topics ? topics.names() : List.of(listOf(audience));
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            RowList list = byTopic.get(name);
            if (list == null) {
                if (!create) {
                    continue;
                }
                list = new RowList();
                byTopic.put(name, list);
            }
            action.accept(list);
            if (list.size() == 0) {
                byTopic.remove(name);
            }
        }
    }

    private static String listOf(Audience audience) {
        return audience instanceof Audience.Connection ? CONNECTIONS : audience.channel();
    }

    // --- what is asked

    RowList rows() {
        return rows;
    }

    RowList ofPartition(int slot) {
        return bySlot[slot];
    }

    /** {@return the lists that have everything of interest, or null if that is not known by topic} */
    @Nullable
    List<RowList> listsOf(Interest interest) {
        if (interest.anyTopic()) {
            return null;
        }
        List<RowList> lists = new ArrayList<>();
        addList(lists, CONNECTIONS);
        addList(lists, new Audience.Everyone().channel());
        String user = interest.user();
        if (user != null) {
            addList(lists, new Audience.User(user).channel());
        }
        for (String topic : interest.topics()) {
            addList(lists, topic);
        }
        return lists;
    }

    private void addList(List<RowList> lists, String name) {
        RowList list = byTopic.get(name);
        if (list != null) {
            lists.add(list);
        }
    }

    /** {@return the earliest row with this publisher's id whose place is still known, or null} */
    @Nullable
    Row withId(String id) {
        return ids.find(id, floor);
    }

    long head() {
        return head;
    }

    long[] headVector() {
        return headVector;
    }

    /** {@return the cursor that has seen everything} */
    Place newest() {
        return new Place(tokens, head, headVector, headSlot, 0, cuts.number());
    }

    /** {@return the cursor before everything that is left} */
    Place earliest() {
        return new Place(tokens, cutIndex, floor.clone(), headSlot, 0, cuts.number());
    }

    long cutIndex() {
        return cutIndex;
    }

    long[] floor() {
        return floor;
    }

    TopicCuts cuts() {
        return cuts;
    }

    /** {@return whether the difference of two indexes is a number of events that were there} */
    boolean countsByIndex() {
        return retention.topics().isEmpty() && !cutByKafka;
    }

    Tokens tokens() {
        return tokens;
    }

    /** What "the newest" goes by. */
    private record ValueKey(String channel, @Nullable String key) {
        static ValueKey of(Row row) {
            return new ValueKey(row.channel(), row.key);
        }
    }
}
