package io.tidewire.hub;

import org.jspecify.annotations.Nullable;

/**
 * How far a task is. Immutable; what is not known is null.
 *
 * @param percent 0 to 100
 * @param step which step it is at, or how many are done: as the application counts
 * @param total how many steps there are
 * @param message what it does, in words for its owner
 */
public record TaskProgress(
        @Nullable Integer percent,
        @Nullable Long step,
        @Nullable Long total,
        @Nullable String message) {
    /** Nothing is known. */
    static final TaskProgress NONE = new TaskProgress(null, null, null, null);

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException if one is exceeded
     */
    public TaskProgress {
        if (percent != null && (percent < 0 || percent > 100)) {
            throw new IllegalArgumentException("percent: " + percent + " (expected: 0 to 100)");
        }
        requireCount("step", step);
        requireCount("total", total);
        if (step != null && total != null && step > total) {
            throw new IllegalArgumentException("step: " + step + " (expected: at most the total, " + total + ")");
        }
        TaskSpec.requireLength("message", message, TaskSpec.MAX_TEXT_CHARS);
    }

    private static void requireCount(String field, @Nullable Long value) {
        if (value != null && (value < 0 || value > TaskSpec.MAX_COUNT)) {
            throw new IllegalArgumentException(field + ": " + value + " (expected: 0 to " + TaskSpec.MAX_COUNT + ")");
        }
    }

    /** {@return this and then that: never less than this, and what that does not know as it was} */
    TaskProgress then(TaskProgress next) {
        Long all = next.total != null ? next.total : total;
        Long at = larger(step, next.step);
        if (at != null && all != null && at > all) {
            all = at; // there are fewer in all than were done already
        }
        return new TaskProgress(
                larger(larger(percent, next.percent), share(at, all)),
                at,
                all,
                next.message != null ? next.message : message);
    }

    /** {@return this, without anything before it but the message} */
    TaskProgress insteadOf(TaskProgress before) {
        return new TaskProgress(null, null, null, before.message).then(this);
    }

    private static @Nullable Integer share(@Nullable Long step, @Nullable Long total) {
        return step == null || total == null || total == 0 ? null : (int) (100.0 * step / total);
    }

    private static <T extends Comparable<T>> @Nullable T larger(@Nullable T one, @Nullable T other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.compareTo(other) >= 0 ? one : other;
    }
}
