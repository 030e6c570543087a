package io.tidewire.hub;

import org.jspecify.annotations.Nullable;

/**
 * A failure of a task whose message its owner may read: of any other exception they are told no more than that the task failed.
 *
 * <pre>{@code
 * throw new TaskException("Row 17 has no date");
 * }</pre>
 */
public class TaskException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates one with a message for the task's owner. */
    public TaskException(String message) {
        super(message);
    }

    /** Creates one with a message for the task's owner, and a cause for the log. */
    public TaskException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
