package io.tidewire.hub;

import io.tidewire.hub.TaskRecords.Change;
import io.tidewire.hub.TaskRecords.Stored;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a long job in this process tells how far it is. Call it as often as you like: what comes faster than ten times a second is put together,
 * the last is always stored, an end at once. Progress does not go backwards unless you say so ({@link #back}), and what comes after the end does
 * not count.
 *
 * <p>Safe for any thread; no method blocks. If the store is away, it is tried again until it is back.
 *
 * <pre>{@code
 * ProgressTracker tracker = hub.tasks().start("Export", "alice");
 * for (int i = 0; i < files.size() && !tracker.isCancelled(); i++) {
 *     tracker.step(i, files.size(), "Writing " + files.get(i));
 *     write(files.get(i));
 * }
 * tracker.completed("{\"url\":\"/exports/17\"}");
 * }</pre>
 */
public final class ProgressTracker {
    /*
     * What was said since the last store is one report, which the next store applies to the newest state; one store at a time, each begun on the
     * timer's thread, so that a caller that holds locks of its own meets nobody's.
     */
    private static final Logger LOG = LoggerFactory.getLogger(ProgressTracker.class);

    private static final long RETRY_MILLIS = 1000;

    private final String id;
    private final TaskRecords records;
    private final ScheduledExecutorService timer;
    private final Function<Throwable, String> failureMessages;
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final CompletableFuture<Void> cancelled = new CompletableFuture<>();
    // Guarded by this.
    private @Nullable Stored known;
    private @Nullable TaskReport pending;
    private boolean due;
    private boolean busy;
    private boolean ending;
    private boolean troubled;

    ProgressTracker(
            String id,
            TaskRecords records,
            ScheduledExecutorService timer,
            Function<Throwable, String> failureMessages) {
        this.id = id;
        this.records = records;
        this.timer = timer;
        this.failureMessages = failureMessages;
    }

    /** {@return the task's id: what comes after {@code /tasks/} in its URL} */
    public String id() {
        return id;
    }

    /** {@return completes when the task is stored, so that others find it; fails if it is not, and then nothing else is either} */
    public CompletionStage<Void> started() {
        return started.copy();
    }

    /**
     * Says how far it is.
     *
     * @param percent 0 to 100; less than before does not count
     * @throws IllegalArgumentException if it is beyond
     */
    public ProgressTracker running(int percent) {
        return running(new TaskProgress(percent, null, null, null));
    }

    /**
     * Says at which step it is, which also gives the percentage.
     *
     * @param step how many are done, or at which it is; less than before does not count
     * @param total how many there are
     * @param message what it does, in words for the owner
     * @throws IllegalArgumentException if the step is beyond the total, or the message longer than {@value TaskSpec#MAX_TEXT_CHARS}
     */
    public ProgressTracker step(long step, long total, String message) {
        return running(new TaskProgress(null, step, total, message));
    }

    /**
     * Says what it does, in words for the owner.
     *
     * @throws IllegalArgumentException if that is longer than {@value TaskSpec#MAX_TEXT_CHARS}
     */
    public ProgressTracker message(String text) {
        return running(new TaskProgress(null, null, null, text));
    }

    private ProgressTracker running(TaskProgress progress) {
        say(TaskReport.running(progress));
        return this;
    }

    /**
     * Says that it is less far than it was said, as it begins anew or there is more to do; steps are forgotten.
     *
     * @throws IllegalArgumentException if the percentage is not 0 to 100
     */
    public ProgressTracker back(int percent) {
        say(TaskReport.back(new TaskProgress(percent, null, null, null)));
        return this;
    }

    /** Ends it, as {@link #completed(String)} without a result. */
    public CompletionStage<Void> completed() {
        return say(TaskReport.completed(null));
    }

    /**
     * Ends it: it was done.
     *
     * @param result what came of it, as JSON, up to {@value TaskSpec#MAX_RESULT_BYTES} bytes
     * @return completes when it is stored; fails if somebody else has ended or removed the task
     * @throws IllegalArgumentException if the result is no JSON, or too long
     */
    public CompletionStage<Void> completed(String result) {
        return say(TaskReport.completed(result));
    }

    /**
     * Ends it: it went wrong.
     *
     * @param message why, in words for the owner
     * @return as {@link #completed(String)}
     * @throws IllegalArgumentException if the message is longer than {@value TaskSpec#MAX_TEXT_CHARS}
     */
    public CompletionStage<Void> failed(String message) {
        return say(TaskReport.failed(message));
    }

    /**
     * Ends it: it went wrong. The log gets the failure with its stack; the owner gets the message of a {@link TaskException}, or what {@link
     * Tasks#failureMessages} makes of another; else no more than that the task failed.
     */
    public CompletionStage<Void> failed(Throwable failure) {
        LOG.warn("Task {} failed", id, failure);
        return say(TaskReport.failed(failureMessages.apply(failure)));
    }

    /** Ends it: it was stopped, as somebody asked for. */
    public CompletionStage<Void> cancelled() {
        return say(TaskReport.cancelled());
    }

    /** {@return whether somebody asked it to stop, or has ended or removed the task: nobody waits for it any more} */
    public boolean isCancelled() {
        return cancelled.isDone();
    }

    /** Sets what is done when somebody asks it to stop; on any thread, quickly; at once if that has been. */
    public ProgressTracker onCancelled(Runnable told) {
        cancelled.thenRun(told);
        return this;
    }

    /** {@return completes when its end is stored; fails if the task could not be started, or somebody else has ended or removed it} */
    public CompletionStage<Void> ended() {
        return ended.copy();
    }

    // --- for Tasks

    void begun(Change change) {
        Stored stored = change.stored();
        if (stored == null) {
            notBegun(new IllegalStateException("id: " + id + " is taken (expected: a new one)"));
            return;
        }
        synchronized (this) {
            known = stored;
            arrange(0);
        }
        started.complete(null);
    }

    void notBegun(Throwable failure) {
        LOG.warn("Task {} could not be started; what is said of it is lost", id, failure);
        synchronized (this) {
            ending = true;
            pending = null;
        }
        started.completeExceptionally(failure);
        ended.completeExceptionally(failure);
    }

    void cancelAsked() {
        cancelled.complete(null);
    }

    // --- storing

    private synchronized CompletionStage<Void> say(TaskReport report) {
        if (!ending) {
            TaskReport before = pending;
            pending = before == null ? report : before.then(report);
            ending = report.status().isFinal();
            arrange(ending ? 0 : pauseMillis());
        }
        return ended.copy();
    }

    private long pauseMillis() {
        Stored last = known;
        if (last == null) {
            return 0;
        }
        long pause = last.pauseMillis();
        long since = Duration.between(last.state().updated(), records.now()).toMillis();
        boolean first = last.state().status() == TaskState.Status.PENDING;
        return first ? 0 : Math.max(0, Math.min(pause, pause - since));
    }

    /** Sees to it that what waits is stored; an end does not wait for what was arranged before. */
    private void arrange(long delayMillis) {
        if (known == null || pending == null || busy || (due && !ending)) {
            return;
        }
        due = true;
        timer.schedule(this::store, delayMillis, TimeUnit.MILLISECONDS);
    }

    /** Stores what waits, if that is not under way; {@return when it is done}. */
    CompletionStage<?> store() {
        Stored before;
        TaskReport report;
        synchronized (this) {
            before = known;
            report = pending;
            due = false;
            if (busy || before == null || report == null) {
                return CompletableFuture.completedFuture(null);
            }
            busy = true;
            pending = null;
        }
        return records.change(before, current -> report.applyTo(current.state(), records.now()))
                .whenComplete((change, failure) -> stored(report, change, failure));
    }

    private void stored(TaskReport report, @Nullable Change change, @Nullable Throwable failure) {
        Stored now = change == null ? null : change.stored();
        synchronized (this) {
            busy = false;
            if (failure != null) {
                TaskReport later = pending;
                pending = later == null ? report : report.then(later);
                if (!troubled) {
                    LOG.warn("The progress of task {} cannot be stored; trying again", id, failure);
                }
                troubled = true;
                due = false;
                arrange(RETRY_MILLIS);
                return;
            }
            troubled = false;
            known = now;
            ending |= now == null || now.state().isFinal();
            arrange(ending ? 0 : pauseMillis());
        }
        if (now == null || now.state().cancelRequested()) {
            cancelled.complete(null);
        }
        if (now == null) {
            over(null, report);
        } else if (now.state().isFinal()) {
            over(now.state().status(), report);
        }
    }

    /** If the end is the one that was said, it is ours, even if the store said so only when it was tried again. */
    private void over(TaskState.@Nullable Status status, TaskReport report) {
        boolean isOurs;
        synchronized (this) {
            TaskReport last = pending == null ? report : pending;
            isOurs = last.status() == status;
            pending = null;
        }
        if (isOurs) {
            ended.complete(null);
            return;
        }
        cancelled.complete(null);
        ended.completeExceptionally(new IllegalStateException(
                "task: " + id + " was ended or removed by somebody else (expected: running)"));
    }
}
