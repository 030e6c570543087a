package io.tidewire.log;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The entries of a {@link MemoryLog}, by consecutive numbers from 1, less what was cut, and their indexes. Guarded by its log's lock. */
final class History {

    /** Nothing in memory gets as old, and subtracting it from any clock's time does not overflow. */
    private static final Duration LONGEST_AGE = Duration.ofDays(1_000_000);

    /** Their readers are a moment behind, not a day. */
    private static final int MAX_CUT_IDS = 100_000;

    private final Retention retention;
    private final long maxAgeMillis;
    /** Of equal ids the earliest that is still here. */
    private final Map<String, Long> givenIds = new HashMap<>();
    /** The later ones of equal ids, for when the earliest is cut. Almost always empty: ids are meant to be unique. */
    private final Map<String, ArrayDeque<Long>> repeatedIds = new HashMap<>();

    /** Ids of entries that bounds of single topics have cut, in the order in which they were. */
    private final Map<Long, String> cutEntries = new LinkedHashMap<>();

    private final Map<String, TreeSet<Long>> cutIds = new HashMap<>();

    private final Map<ValueKey, Long> newestByKey = new HashMap<>();
    private final Map<String, Long> newestByChannel = new HashMap<>();
    private final EntryQueue entries = new EntryQueue();
    private final BoundedTopics bounded;
    private long floor;
    private long head;
    private long bytes;

    History(Retention retention) {
        this.retention = retention;
        this.maxAgeMillis = millisOf(retention.maxAge());
        this.bounded = new BoundedTopics(retention, this::cutWithin);
    }

    /** {@return the number of the newest entry that the log's own bounds have cut; 0 before} */
    long floor() {
        return floor;
    }

    /** {@return the number of the newest entry ever added; 0 before the first} */
    long head() {
        return head;
    }

    /** {@return whether nothing is ever cut but the oldest, so that numbers count events} */
    boolean isCutAtItsEndOnly() {
        return retention.topics().isEmpty();
    }

    /** {@return the number up to which bounds of single topics cut something of interest; 0 if nothing above the floor} */
    long cutUpTo(Interest interest) {
        return bounded.cutUpTo(interest, floor);
    }

    EntryQueue entries() {
        return entries;
    }

    void add(LogEntry entry) {
        long number = ++head;
        entries.add(number, entry);
        Update update = entry.update();
        long weight = update.weight();
        bytes += weight;
        if (update.id() != null) {
            index(update.id(), number);
        }
        Long replaced = newestByKey.put(ValueKey.of(update), number);
        newestByChannel.put(update.audience().channel(), number);
        bounded.added(number, entry, weight, replaced);
    }

    private void index(String id, Long number) {
        if (givenIds.putIfAbsent(id, number) != null) {
            repeatedIds.computeIfAbsent(id, any -> new ArrayDeque<>(2)).add(number);
        }
    }

    private void unindex(String id, Long number) {
        ArrayDeque<Long> later = repeatedIds.get(id);
        if (later == null) {
            givenIds.remove(id, number);
            return;
        }
        if (!later.remove(number)) {
            givenIds.put(id, later.remove());
        }
        if (later.isEmpty()) {
            repeatedIds.remove(id);
        }
    }

    /** {@return the number of the earliest entry that has this publisher's id and is above the floor, or -1} */
    long sequenceOfGivenId(String id) {
        Long number = givenIds.get(id);
        if (number == null) {
            TreeSet<Long> cut = cutIds.get(id);
            number = cut == null ? null : cut.higher(floor);
        }
        return number == null ? -1 : number;
    }

    /** {@return the newest entry filed under the channel, or null if none is kept} */
    @Nullable
    LogEntry newestOf(String channel) {
        Long number = newestByChannel.get(channel);
        return number == null ? null : entries.get(number);
    }

    /** {@return whether no later entry has the same channel and key} */
    boolean isNewest(Update update, long number) {
        Long newest = newestByKey.get(ValueKey.of(update));
        return newest != null && newest == number;
    }

    /** Cuts what the retention does not allow to be kept. */
    void trim(long nowMillis) {
        bounded.trim(nowMillis);
        long oldestMillis = nowMillis - maxAgeMillis;
        LogEntry oldest = entries.oldest();
        while (oldest != null
                && (entries.size() > retention.maxEvents()
                        || bytes > retention.maxBytes()
                        || oldest.timeMillis() < oldestMillis)) {
            floor = entries.oldestNumber();
            remove(floor);
            oldest = entries.oldest();
        }
    }

    /** Cuts an entry that its topic's bounds do not allow. Who saw it last still finds his place by its id. */
    private void cutWithin(long number) {
        LogEntry entry = entries.get(number);
        String id = entry == null ? null : entry.update().id();
        remove(number);
        if (id != null) {
            cutEntries.put(number, id);
            cutIds.computeIfAbsent(id, any -> new TreeSet<>()).add(number);
            if (cutEntries.size() > MAX_CUT_IDS) {
                forgetCut(cutEntries.keySet().iterator().next());
            }
        }
    }

    private void forgetCut(Long number) {
        String id = cutEntries.remove(number);
        cutIds.computeIfPresent(id, (same, numbers) -> {
            numbers.remove(number);
            return numbers.isEmpty() ? null : numbers;
        });
    }

    private void remove(long number) {
        LogEntry entry = entries.remove(number);
        if (entry == null) {
            return;
        }
        Update update = entry.update();
        if (update.id() != null) {
            unindex(update.id(), number);
        }
        newestByKey.remove(ValueKey.of(update), number);
        newestByChannel.remove(update.audience().channel(), number);
        bytes -= update.weight();
        bounded.removed(number, entry);
    }

    /** "For ever" is a sensible age, and more milliseconds than a long has. */
    private static long millisOf(Duration age) {
        return age.compareTo(LONGEST_AGE) > 0 ? LONGEST_AGE.toMillis() : age.toMillis();
    }

    /** What "the newest" goes by. */
    private record ValueKey(String channel, @Nullable String key) {
        static ValueKey of(Update update) {
            return new ValueKey(update.audience().channel(), update.key());
        }
    }
}
