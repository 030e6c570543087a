package io.tidewire.hub;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What somebody who works on a task says of it. Immutable; what is null is left as it was.
 *
 * @param status what it is at: running or at its end
 * @param progress how far it is; less than before counts only if it goes back
 * @param result what came of it, as JSON; only with {@link TaskState.Status#COMPLETED}
 * @param error why it failed, in words for its owner; only with {@link TaskState.Status#FAILED}
 * @param goesBack whether the progress may be less than before: it begins anew, or knows better now
 */
public record TaskReport(
        TaskState.Status status,
        TaskProgress progress,
        @Nullable String result,
        @Nullable String error,
        boolean goesBack) {
    /** What a failed task says if it says nothing else. */
    static final String FAILED = "The task failed";

    /**
     * Checks the bounds, and that the result is JSON.
     *
     * @throws IllegalArgumentException if something is not as it should be
     */
    public TaskReport {
        if (status == TaskState.Status.PENDING) {
            throw new IllegalArgumentException("status: pending (expected: running, completed, failed or cancelled)");
        }
        if (result != null) {
            if (status != TaskState.Status.COMPLETED) {
                throw new IllegalArgumentException(
                        "result: of a task that is " + status.label() + " (expected: with completed only)");
            }
            result = TaskJson.compact("result", result);
            int bytes = TaskSpec.utf8Length(result);
            if (bytes > TaskSpec.MAX_RESULT_BYTES) {
                throw new IllegalArgumentException("result: " + bytes + " bytes (expected: at most "
                        + TaskSpec.MAX_RESULT_BYTES + "; publish where it can be fetched)");
            }
        }
        if (error != null && status != TaskState.Status.FAILED) {
            throw new IllegalArgumentException(
                    "error: of a task that is " + status.label() + " (expected: with failed only)");
        }
        TaskSpec.requireLength("error", error, TaskSpec.MAX_TEXT_CHARS);
    }

    /** {@return that it is running, and so far} */
    public static TaskReport running(TaskProgress progress) {
        return new TaskReport(TaskState.Status.RUNNING, progress, null, null, false);
    }

    /** {@return that it is running, and so far, even if it was farther before} */
    public static TaskReport back(TaskProgress progress) {
        return new TaskReport(TaskState.Status.RUNNING, progress, null, null, true);
    }

    static TaskReport completed(@Nullable String result) {
        return new TaskReport(TaskState.Status.COMPLETED, TaskProgress.NONE, result, null, false);
    }

    static TaskReport failed(String message) {
        return new TaskReport(TaskState.Status.FAILED, TaskProgress.NONE, null, message, false);
    }

    static TaskReport cancelled() {
        return new TaskReport(TaskState.Status.CANCELLED, TaskProgress.NONE, null, null, false);
    }

    /** {@return this and then that, as one report} */
    TaskReport then(TaskReport next) {
        return new TaskReport(
                next.status,
                next.goesBack ? next.progress.insteadOf(progress) : progress.then(next.progress),
                next.result,
                next.error,
                goesBack || next.goesBack);
    }

    /** {@return what becomes of a task that has not ended} */
    TaskState applyTo(TaskState before, Instant now) {
        TaskProgress reached = goesBack
                ? progress.insteadOf(before.progress())
                : before.progress().then(progress);
        if (status == TaskState.Status.COMPLETED) {
            reached = reached.then(new TaskProgress(100, null, null, null));
        }
        return new TaskState(
                before.id(),
                before.title(),
                before.owner(),
                status,
                reached,
                result,
                status == TaskState.Status.FAILED && error == null ? FAILED : error,
                before.cancelRequested(),
                before.created(),
                now.truncatedTo(ChronoUnit.MILLIS));
    }
}
