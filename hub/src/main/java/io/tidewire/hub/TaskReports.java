package io.tidewire.hub;

import io.tidewire.hub.TaskRecords.Change;
import io.tidewire.hub.TaskRecords.Stored;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports that come from elsewhere. What comes too fast is put together with what follows, and stored a little later. Safe for any thread. */
final class TaskReports {
    private static final Logger LOG = LoggerFactory.getLogger(TaskReports.class);

    private static final long RETRY_MILLIS = 1000;

    /** Beyond so many tasks, reports are not put together: each has at most a report of some kilobytes waiting. */
    private static final int MAX_WAITING = 10_000;

    private final TaskRecords records;
    private final ScheduledExecutorService timer;
    private final ConcurrentHashMap<String, TaskReport> waiting = new ConcurrentHashMap<>();

    TaskReports(TaskRecords records, ScheduledExecutorService timer) {
        this.records = records;
        this.timer = timer;
    }

    CompletionStage<TaskOutcome> report(String id, TaskReport report) {
        return records.read(id)
                .thenCompose(found -> found.map(stored -> report(stored, report))
                        .orElseGet(() -> CompletableFuture.completedFuture(TaskOutcome.UNKNOWN)));
    }

    private CompletionStage<TaskOutcome> report(Stored stored, TaskReport report) {
        if (stored.state().isFinal()) {
            return CompletableFuture.completedFuture(new TaskOutcome(TaskOutcome.Kind.ENDED, stored.state()));
        }
        if (stored.isOfItsProcess()) {
            return CompletableFuture.completedFuture(
                    new TaskOutcome(TaskOutcome.Kind.REPORTED_BY_ITS_PROCESS, stored.state()));
        }
        Instant now = records.now();
        long sinceMillis = Duration.between(stored.state().updated(), now).toMillis();
        boolean isDue = report.status().isFinal()
                || stored.state().status() == TaskState.Status.PENDING
                || sinceMillis >= stored.pauseMillis()
                || waiting.size() >= MAX_WAITING;
        return isDue
                ? store(stored, report)
                : CompletableFuture.completedFuture(new TaskOutcome(
                        TaskOutcome.Kind.DONE,
                        later(stored, report, sinceMillis).applyTo(stored.state(), now)));
    }

    private CompletionStage<TaskOutcome> store(Stored stored, TaskReport report) {
        String id = stored.state().id();
        TaskReport before = waiting.remove(id);
        TaskReport all = before == null ? report : before.then(report);
        return records.change(stored, current -> all.applyTo(current.state(), records.now()))
                .whenComplete((change, failure) -> {
                    if (failure != null && before != null) {
                        putBack(id, before); // it was acknowledged; the new one is not, and is reported again
                    }
                })
                .thenApply(Change::outcome);
    }

    /** {@return all that waits for the task now} */
    private TaskReport later(Stored stored, TaskReport report, long sinceMillis) {
        String id = stored.state().id();
        AtomicBoolean isFirst = new AtomicBoolean();
        TaskReport all = waiting.compute(id, (key, before) -> {
            isFirst.set(before == null);
            return before == null ? report : before.then(report);
        });
        if (isFirst.get()) {
            long delayMillis = Math.max(0, Math.min(stored.pauseMillis(), stored.pauseMillis() - sinceMillis));
            timer.schedule(() -> flush(id), delayMillis, TimeUnit.MILLISECONDS);
        }
        return all;
    }

    /** Stores what waits, without waiting; {@return when it is done}. */
    List<CompletionStage<?>> storeAll() {
        List<CompletionStage<?>> all = new ArrayList<>();
        waiting.keySet().forEach(id -> all.add(flush(id)));
        return all;
    }

    private CompletionStage<?> flush(String id) {
        TaskReport report = waiting.remove(id);
        if (report == null) {
            return CompletableFuture.completedFuture(null);
        }
        return records.change(id, current -> report.applyTo(current.state(), records.now()))
                .whenComplete((change, failure) -> retried(id, report, failure));
    }

    private void retried(String id, TaskReport report, @Nullable Throwable failure) {
        if (failure != null) {
            LOG.warn("A report on task {} could not be stored yet", id, failure);
            putBack(id, report);
        }
    }

    private void putBack(String id, TaskReport report) {
        waiting.merge(id, report, (newer, older) -> older.then(newer));
        timer.schedule(() -> flush(id), RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }
}
