package io.tidewire.hub;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of something that was to be done with a task.
 *
 * @param kind whether it was done, and if not, why
 * @param state the task as it is now; null if there is none
 */
public record TaskOutcome(Kind kind, @Nullable TaskState state) {
    static final TaskOutcome UNKNOWN = new TaskOutcome(Kind.UNKNOWN, null);

    /** Whether it was done, and if not, why. */
    public enum Kind {
        /** It was done. */
        DONE,
        /** There is no such task. */
        UNKNOWN,
        /** It is at its end, and does not change any more. */
        ENDED,
        /** There is a task of that name already. */
        EXISTS,
        /** The process that started it reports on it, and nobody else does. */
        REPORTED_BY_ITS_PROCESS
    }

    /** {@return the task as it is now, if there is one} */
    public Optional<TaskState> task() {
        return Optional.ofNullable(state);
    }
}
