package io.tidewire.log.kafka;

import io.tidewire.log.Audience;
import io.tidewire.log.LogEntry;
import io.tidewire.log.TopicRetention;
import io.tidewire.log.Update;
import org.jspecify.annotations.Nullable;

/** What is known in memory of one event; the event itself only as long as it is in the cache. Guarded by its log's lock. */
final class Row {
    final long index;
    final int slot;
    final long place;
    final long[] vector;
    final long timeMillis;
    final Audience audience;
    final @Nullable String key;
    final @Nullable String ownId;
    final @Nullable TopicRetention rule;
    final int dataLength;
    final long weight;

    @Nullable
    LogEntry entry;

    /** No later event has the same channel and key. */
    boolean newest = true;

    /** It is not to be seen any more. */
    boolean gone;

    /** The judge of its partition counts it. */
    boolean judged;

    Row(long index, int slot, long place, LogEntry entry, long[] vector, @Nullable TopicRetention rule) {
        Update update = entry.update();
        this.index = index;
        this.slot = slot;
        this.place = place;
        this.vector = vector;
        this.timeMillis = entry.timeMillis();
        this.audience = update.audience();
        this.key = update.key();
        this.ownId = update.id();
        this.rule = rule;
        this.dataLength = update.data().length();
        this.weight = update.weight();
        this.entry = entry;
    }

    /** {@return the place after this event in its partition} */
    long next() {
        return vector[slot];
    }

    /** {@return whether the bounds of its topic alone would have cut this one event by then} */
    boolean isCutByItsTopic(long nowMillis) {
        return rule != null
                && (weight > rule.maxBytes()
                        || timeMillis < nowMillis - rule.maxAge().toMillis());
    }

    String channel() {
        return audience.channel();
    }
}
