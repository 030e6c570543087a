package io.tidewire.log;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The entries of a {@link MemoryLog}, by consecutive numbers from 1, and their indexes. Guarded by its log's lock. */
final class History {
    private static final int FIRST_CAPACITY = 1024;

    /** An entry's record, update, audience, map nodes and strings' headers, roughly. */
    private static final int OVERHEAD_BYTES = 250;

    /** A topic's string header and its place in the list. */
    private static final int TOPIC_BYTES = 48;

    /** Nothing in memory gets as old, and subtracting it from any clock's time does not overflow. */
    private static final Duration LONGEST_AGE = Duration.ofDays(1_000_000);

    private final Retention retention;
    private final long maxAgeMillis;
    /** Of equal ids the earliest that is still here. */
    private final Map<String, Long> givenIds = new HashMap<>();
    /** The later ones of equal ids, for when the earliest is cut. Almost always empty: ids are meant to be unique. */
    private final Map<String, ArrayDeque<Long>> repeatedIds = new HashMap<>();

    private final Map<ValueKey, Long> newestByKey = new HashMap<>();
    private final Map<String, Long> newestByChannel = new HashMap<>();
    /** A ring, its size a power of two: entry n stands at n modulo the size. */
    private @Nullable LogEntry[] ring = new LogEntry[FIRST_CAPACITY];

    private long first = 1;
    private long head;
    private long bytes;

    History(Retention retention) {
        this.retention = retention;
        this.maxAgeMillis = millisOf(retention.maxAge());
    }

    /** {@return the number of the oldest entry, or of the next one if there is none} */
    long first() {
        return first;
    }

    /** {@return the number of the newest entry ever added; 0 before the first} */
    long head() {
        return head;
    }

    LogEntry get(long number) {
        LogEntry entry = number < first || number > head ? null : ring[slot(number)];
        if (entry == null) {
            throw new IllegalArgumentException("number: " + number + " (expected: " + first + " to " + head + ")");
        }
        return entry;
    }

    void add(LogEntry entry) {
        if (head - first + 1 == ring.length) {
            grow();
        }
        long number = ++head;
        ring[slot(number)] = entry;
        bytes += weight(entry);
        Update update = entry.update();
        if (update.id() != null) {
            index(update.id(), number);
        }
        newestByKey.put(ValueKey.of(update), number);
        newestByChannel.put(update.audience().channel(), number);
    }

    private void index(String id, Long number) {
        if (givenIds.putIfAbsent(id, number) != null) {
            repeatedIds.computeIfAbsent(id, any -> new ArrayDeque<>(2)).add(number);
        }
    }

    private void unindex(String id) {
        ArrayDeque<Long> later = repeatedIds.get(id);
        if (later == null) {
            givenIds.remove(id);
            return;
        }
        givenIds.put(id, later.remove());
        if (later.isEmpty()) {
            repeatedIds.remove(id);
        }
    }

    /** {@return the number of the earliest entry that is here and has this publisher's id, or -1} */
    long sequenceOfGivenId(String id) {
        return givenIds.getOrDefault(id, -1L);
    }

    /** {@return the newest entry filed under the channel, or null if none is kept} */
    @Nullable
    LogEntry newestOf(String channel) {
        Long number = newestByChannel.get(channel);
        return number == null ? null : get(number);
    }

    /** {@return whether no later entry has the same channel and key} */
    boolean isNewest(Update update, long number) {
        Long newest = newestByKey.get(ValueKey.of(update));
        return newest != null && newest == number;
    }

    /** Cuts what the retention does not allow to be kept. */
    void trim(long nowMillis) {
        long oldestMillis = nowMillis - maxAgeMillis;
        while (first <= head
                && (head - first + 1 > retention.maxEvents()
                        || bytes > retention.maxBytes()
                        || get(first).timeMillis() < oldestMillis)) {
            cutOldest();
        }
    }

    private void cutOldest() {
        Long number = first;
        LogEntry entry = get(number);
        Update update = entry.update();
        if (update.id() != null) {
            unindex(update.id());
        }
        newestByKey.remove(ValueKey.of(update), number);
        newestByChannel.remove(update.audience().channel(), number);
        bytes -= weight(entry);
        ring[slot(first)] = null;
        first++;
    }

    private void grow() {
        @Nullable LogEntry[] bigger = new LogEntry[ring.length * 2];
        for (long number = first; number <= head; number++) {
            bigger[(int) number & (bigger.length - 1)] = ring[slot(number)];
        }
        ring = bigger;
    }

    private int slot(long number) {
        return (int) number & (ring.length - 1);
    }

    private static long weight(LogEntry entry) {
        Update update = entry.update();
        long weight = (long) OVERHEAD_BYTES
                + update.data().length()
                + lengthOf(update.id())
                + lengthOf(update.event())
                + lengthOf(update.key());
        if (update.audience() instanceof Audience.Topics topics) {
            for (int i = 0; i < topics.names().size(); i++) {
                weight += TOPIC_BYTES + topics.names().get(i).length();
            }
        }
        return weight;
    }

    private static int lengthOf(@Nullable String text) {
        return text == null ? 0 : text.length();
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
