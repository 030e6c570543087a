package io.tidewire.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A piece of history, in order.
 *
 * @param entries what was found; may be empty before the head is reached
 * @param end the cursor after this page: everything up to here was looked at
 * @param atHead whether the log had nothing more when it was read
 * @param gap what the log no longer has between the cursor and the first entry, or null
 */
public record Page(
        List<LogEntry> entries,
        Position end,
        boolean atHead,
        @Nullable Gap gap) {

    /** Copies the entries. */
    public Page {
        entries = List.copyOf(entries);
    }
}
