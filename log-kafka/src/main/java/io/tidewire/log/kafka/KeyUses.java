package io.tidewire.log.kafka;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which idempotency keys were used in one partition, and for which event. Guarded by its log's lock. */
final class KeyUses {
    /*
     * Every hub must come to the same answer, whenever it began to read. So a repeat counts as a use: whether a record is one depends on
     * nothing but the records of the day before it, which are always there.
     */

    /** A publisher repeats within seconds; this is minutes' worth at a thousand keyed publishes per second. */
    private static final int MAX_KEYS = 100_000;

    /** A job that runs daily may repeat yesterday's. */
    static final long MAX_AGE_MILLIS = 24L * 60 * 60 * 1000;

    private final Map<String, Use> uses = new LinkedHashMap<>();

    /** {@return the event that the key was used for, or null} If there is one, this is a use, too. */
    @Nullable
    Named find(String key, long timeMillis) {
        Use use = uses.get(key);
        if (use == null || use.atMillis() + MAX_AGE_MILLIS < timeMillis) {
            return null;
        }
        remember(key, use.event(), timeMillis);
        return use.event();
    }

    void remember(String key, Named event, long timeMillis) {
        uses.remove(key); // the last use stands last
        uses.put(key, new Use(event, timeMillis));
        Iterator<Use> oldest = uses.values().iterator();
        while (oldest.hasNext()) {
            Use use = oldest.next();
            if (uses.size() <= MAX_KEYS && use.atMillis() + MAX_AGE_MILLIS >= timeMillis) {
                return;
            }
            oldest.remove();
        }
    }

    private record Use(Named event, long atMillis) {}

    /** An event that may have gone, and its id. */
    record Named(@Nullable String ownId, Place place) {
        String id() {
            return ownId == null ? place.token() : ownId;
        }
    }
}
