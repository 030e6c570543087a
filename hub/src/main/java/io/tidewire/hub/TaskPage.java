package io.tidewire.hub;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of the tasks there are, the newest first.
 *
 * @param tasks what they are now
 * @param next what to ask for the next page with; null if there is none
 */
public record TaskPage(List<TaskState> tasks, @Nullable String next) {
    /** Copies the list. */
    public TaskPage {
        tasks = List.copyOf(tasks);
    }
}
