package io.tidewire.log.sqlite;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When streams were last used, as far as the file does not have it yet. Safe for any thread.
 *
 * <p>The writer notes them in the file every second, so there are no more than streams were used in that time. By name: what was noted of
 * a deleted stream is never later than the next one of its name was made, but for the moment in between, when it does no harm.
 */
final class Uses {
    private final Map<String, Long> millisByName = new ConcurrentHashMap<>();

    void note(String name, long millis) {
        millisByName.merge(name, millis, Math::max);
    }

    /** {@return when it was used, or 0} To be asked before the file: what the writer has noted there is forgotten here. */
    long of(String name) {
        return millisByName.getOrDefault(name, 0L);
    }

    /** {@return the row with its last use as it is} For the writer only. */
    StreamRow applyTo(StreamRow row) {
        return row.usedAt(of(row.name()));
    }

    /** {@return all of them} To be asked before the file, as well. */
    Map<String, Long> all() {
        return Map.copyOf(millisByName);
    }

    /** These are in the file. */
    void forget(Map<String, Long> noted) {
        noted.forEach(millisByName::remove);
    }
}
