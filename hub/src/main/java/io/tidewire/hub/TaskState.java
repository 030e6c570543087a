package io.tidewire.hub;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a task at one moment. Immutable.
 *
 * @param id the task's name: what comes after {@code /tasks/} in its URL
 * @param title what it is, in words for its owner; or null
 * @param owner the only user who may see it; or null, if whoever knows the id may
 * @param status what it is at
 * @param progress how far it is
 * @param result what came of it, as JSON; only of a completed one, and not of each
 * @param error why it failed, in words for its owner; only of a failed one
 * @param cancelRequested whether somebody asked it to stop
 * @param created when it was started
 * @param updated when this became so
 */
public record TaskState(
        String id,
        @Nullable String title,
        @Nullable String owner,
        Status status,
        TaskProgress progress,
        @Nullable String result,
        @Nullable String error,
        boolean cancelRequested,
        Instant created,
        Instant updated) {

    /** What a task can be at. A final status never changes. */
    public enum Status {
        /** Nobody has reported anything yet. */
        PENDING("pending"),
        /** It is being worked on. */
        RUNNING("running"),
        /** It was done. */
        COMPLETED("completed"),
        /** It went wrong, was broken off, or was not heard of for too long. */
        FAILED("failed"),
        /** It was stopped because somebody asked for it. */
        CANCELLED("cancelled");

        private final String label;

        Status(String label) {
            this.label = label;
        }

        /** {@return how it is written} */
        public String label() {
            return label;
        }

        /** {@return whether nothing comes after it} */
        public boolean isFinal() {
            return this != PENDING && this != RUNNING;
        }

        /**
         * {@return the status that is written so}
         *
         * @throws IllegalArgumentException if none is
         */
        public static Status of(String label) {
            for (Status status : values()) {
                if (status.label.equals(label)) {
                    return status;
                }
            }
            throw new IllegalArgumentException(
                    "status: " + label + " (expected: pending, running, completed, failed or cancelled)");
        }
    }

    /** {@return whether it will not change any more} */
    public boolean isFinal() {
        return status.isFinal();
    }

    /** {@return the same as others see it, who are not to know whose it is} */
    public TaskState withoutOwner() {
        return new TaskState(id, title, null, status, progress, result, error, cancelRequested, created, updated);
    }

    /** {@return the same with somebody's wish that it stop; a task that nobody works on yet is stopped by that} */
    TaskState cancelAsked(Instant now) {
        Status next = status == Status.PENDING ? Status.CANCELLED : status;
        return new TaskState(id, title, owner, next, progress, result, error, true, created, now);
    }

    /** {@return the same, failed} */
    TaskState failed(String why, Instant now) {
        return new TaskState(id, title, owner, Status.FAILED, progress, null, why, cancelRequested, created, now);
    }

    /**
     * {@return the state that {@link #toJson} wrote}
     *
     * @throws IllegalArgumentException if it is none
     */
    public static TaskState parse(String json) {
        return TaskJson.read(json);
    }

    /** {@return it as a JSON object, in one line} */
    public String toJson() {
        return TaskJson.write(this);
    }
}
