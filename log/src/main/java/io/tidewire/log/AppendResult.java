package io.tidewire.log;

import org.jspecify.annotations.Nullable;

/**
 * What became of one {@link Append}.
 *
 * @param outcome which of the three
 * @param id the new event's id, the first one's if it was a repeat, or the topic's actual last id if there was a
 *     conflict (null: it has none)
 */
public record AppendResult(Outcome outcome, @Nullable String id) {

    /** The three ways an append ends when the log works. */
    public enum Outcome {
        /** The log has it. */
        APPENDED,
        /** The log had it already, by its idempotency key. */
        DUPLICATE,
        /** The topic's last event was not the expected one; nothing was appended. */
        CONFLICT
    }
}
