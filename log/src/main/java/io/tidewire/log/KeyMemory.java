package io.tidewire.log;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which idempotency keys were used and what came of them, bounded by number and age. Guarded by its log's lock. */
final class KeyMemory {
    /** A publisher repeats within seconds; this is minutes' worth at a thousand keyed publishes per second. */
    private static final int MAX_KEYS = 100_000;

    /** A job that runs daily may repeat yesterday's. */
    private static final long MAX_AGE_MILLIS = 24L * 60 * 60 * 1000;

    private final Map<String, Use> uses = new LinkedHashMap<>();

    @Nullable
    String find(String key, long nowMillis) {
        Use use = uses.get(key);
        return use == null || use.atMillis + MAX_AGE_MILLIS < nowMillis ? null : use.id;
    }

    void remember(String key, String id, long nowMillis) {
        uses.remove(key); // an expired use stands where it was inserted; this one belongs at the end
        uses.put(key, new Use(id, nowMillis));
        Iterator<Use> oldest = uses.values().iterator();
        while (oldest.hasNext()) {
            Use use = oldest.next();
            if (uses.size() <= MAX_KEYS && use.atMillis + MAX_AGE_MILLIS >= nowMillis) {
                return;
            }
            oldest.remove();
        }
    }

    private record Use(String id, long atMillis) {}
}
