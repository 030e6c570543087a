package io.tidewire.hub;

import io.tidewire.hub.TaskRecords.Change;
import io.tidewire.hub.TaskRecords.Stored;
import io.tidewire.log.Append;
import io.tidewire.stream.StreamInfo;
import io.tidewire.stream.Streams;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Long jobs that tell how far they are (S17): each is a stream of states, of which the newest counts. The tasks of all hubs that share a store of
 * streams are the same. Safe for any thread; nothing blocks. What a store does not take fails with a {@link io.tidewire.log.LogException}.
 *
 * <pre>{@code
 * ProgressTracker tracker = hub.tasks().start("Export", "alice");
 * tracker.step(3, 10, "Writing");
 * tracker.completed("{\"url\":\"/exports/17\"}");
 * }</pre>
 */
public final class Tasks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Tasks.class);

    static final String BROKEN_OFF = "The task was broken off";
    static final String SILENT = "The task was not heard of for too long";

    /** How often all tasks are looked at: for those whose process died, that are silent for too long, or were kept long enough. */
    private static final Duration SWEEP_EVERY = Duration.ofSeconds(15);

    private static final int SWEEP_PIECE = 500;
    private static final int MAX_PAGE = 200;

    /** For the last states to be stored when the hub is closed. */
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(1);

    private final TaskRecords records;
    private final TaskReports reports;
    private final PeerQuestion run;
    private final PeerQuestion cancel;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final ScheduledExecutorService timer;
    private final ConcurrentHashMap<String, ProgressTracker> trackers = new ConcurrentHashMap<>();
    private volatile Function<Throwable, @Nullable String> failureMessages = failure -> null;

    Tasks(
            Streams streams,
            Function<List<Append>, CompletionStage<?>> publisher,
            @Nullable Peers others,
            InstantSource clock,
            RandomGenerator random) {
        this.clock = clock;
        this.random = random;
        ThreadFactory daemon = task -> {
            Thread thread = new Thread(task, "tidewire-tasks");
            thread.setDaemon(true);
            return thread;
        };
        // What is said after the close is dropped: the store is closed, too, and a job must not fail by that.
        this.timer = new ScheduledThreadPoolExecutor(1, daemon, new ThreadPoolExecutor.DiscardPolicy());
        this.records = new TaskRecords(streams, telling(publisher), clock);
        this.reports = new TaskReports(records, timer);
        this.run = new PeerQuestion(others, "task-run", trackers::containsKey);
        this.cancel = new PeerQuestion(others, "task-cancel", this::cancelHere);
        timer.scheduleWithFixedDelay(
                () -> sweep(""), SWEEP_EVERY.toMillis(), SWEEP_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Consumer<Append> telling(Function<List<Append>, CompletionStage<?>> publisher) {
        return append -> {
            try {
                publisher.apply(List.of(append)).whenComplete((done, failure) -> {
                    if (failure != null) {
                        LOG.warn("A task's owner could not be told of it", failure);
                    }
                });
            } catch (EventTooLargeException e) {
                LOG.debug("A task's owner is not told of it: {}", e.getMessage());
            }
        };
    }

    /** {@return the name of a task's stream} Its messages are its states, as {@link TaskState#toJson} writes them. */
    public static String streamOf(String id) {
        return TaskRecords.PREFIX + id;
    }

    /** Sets what owners are told of failures that are no {@link TaskException}: null for no more than that the task failed. */
    public void failureMessages(Function<Throwable, @Nullable String> messages) {
        failureMessages = messages;
    }

    /**
     * Starts a task on which this process reports.
     *
     * @param title what it is, in words for its owner
     * @param owner the user who may see it
     * @throws IllegalArgumentException if one of them is too long
     */
    public ProgressTracker start(String title, String owner) {
        return start(TaskSpec.titled(title).ownedBy(owner));
    }

    /** Starts a task on which this process reports: if it dies, the task has failed. */
    public ProgressTracker start(TaskSpec spec) {
        String id = idOf(spec);
        ProgressTracker tracker = new ProgressTracker(id, records, timer, this::messageOf);
        if (trackers.putIfAbsent(id, tracker) != null) {
            tracker.begun(new Change(TaskOutcome.Kind.EXISTS, null));
            return tracker;
        }
        tracker.ended().whenComplete((ended, failure) -> trackers.remove(id, tracker));
        records.create(id, spec, true).whenComplete((change, failure) -> {
            if (failure == null) {
                tracker.begun(change);
            } else {
                tracker.notBegun(failure);
            }
        });
        return tracker;
    }

    private String messageOf(Throwable failure) {
        String message = failure instanceof TaskException ? failure.getMessage() : mapped(failure);
        if (message == null || message.isBlank()) {
            return TaskReport.FAILED;
        }
        int most = TaskSpec.MAX_TEXT_CHARS;
        return message.length() <= most ? message : message.substring(0, most - 1) + "…";
    }

    private @Nullable String mapped(Throwable failure) {
        try {
            return failureMessages.apply(failure);
        } catch (RuntimeException e) {
            LOG.error(
                    "The application's messages of failures failed; the task's owner is told no more than that it failed",
                    e);
            return null;
        }
    }

    private String idOf(TaskSpec spec) {
        String given = spec.id();
        if (given != null) {
            return given;
        }
        ByteBuffer bits = ByteBuffer.allocate(16).putLong(random.nextLong()).putLong(random.nextLong());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits.array());
    }

    /** Creates a task on which others report, by {@link #report}; {@return the task, or that there is one of that name}. */
    public CompletionStage<TaskOutcome> create(TaskSpec spec) {
        return records.create(idOf(spec), spec, false).thenApply(Change::outcome);
    }

    /** Takes a report on a task; {@return the task as it is then} What comes too fast is stored a little later. */
    public CompletionStage<TaskOutcome> report(String id, TaskReport report) {
        return reports.report(id, report);
    }

    /**
     * Asks a task to stop. One that nobody has reported on yet is cancelled by that; else its worker is told, and ends it.
     *
     * @return the task as it is then
     */
    public CompletionStage<TaskOutcome> cancel(String id) {
        Function<Stored, TaskState> asked = stored -> stored.state().cancelRequested()
                ? stored.state()
                : stored.state().cancelAsked(records.now());
        return records.change(id, asked).thenApply(change -> {
            Stored stored = change.stored();
            if (stored != null && stored.isOfItsProcess() && !cancelHere(id)) {
                cancel.anySaysYes(id);
            }
            return change.outcome();
        });
    }

    private boolean cancelHere(String id) {
        ProgressTracker tracker = trackers.get(id);
        if (tracker != null) {
            tracker.cancelAsked();
        }
        return tracker != null;
    }

    /** Removes a task, whatever it is at; {@return whether there was one}. */
    public CompletionStage<Boolean> remove(String id) {
        return records.remove(id);
    }

    /** {@return the task as it is now; nothing if there is none, or it ended too long ago} */
    public CompletionStage<Optional<TaskState>> find(String id) {
        return records.read(id)
                .thenCompose(found -> found.map(
                                stored -> settle(stored).thenApply(settled -> settled.map(Stored::state)))
                        .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty())));
    }

    /**
     * {@return a user's tasks, the newest first}
     *
     * @param after the {@link TaskPage#next} of the page before; empty for the first
     * @param limit at most so many, and at most 200
     * @throws IllegalArgumentException if {@code after} is something else
     */
    public CompletionStage<TaskPage> list(String owner, String after, int limit) {
        return list(info -> info.spec().owner().filter(owner::equals).isPresent(), after, limit);
    }

    /** {@return everybody's tasks, the newest first} Else as {@link #list}. */
    public CompletionStage<TaskPage> listAll(String after, int limit) {
        return list(info -> true, after, limit);
    }

    private CompletionStage<TaskPage> list(Predicate<StreamInfo> wanted, String after, int limit) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: 1 to " + MAX_PAGE + ")");
        }
        return new TaskListing(records, wanted, after, limit).search().thenCompose(found -> {
            List<CompletableFuture<Optional<Stored>>> states = new ArrayList<>();
            for (StreamInfo info : found.tasks()) {
                states.add(records.newest(info)
                        .thenCompose(stored -> stored.map(this::settle)
                                .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty())))
                        .toCompletableFuture());
            }
            return CompletableFuture.allOf(states.toArray(CompletableFuture[]::new))
                    .thenApply(all -> new TaskPage(
                            states.stream()
                                    .flatMap(state -> state.join().stream())
                                    .map(Stored::state)
                                    .toList(),
                            found.next()));
        });
    }

    // --- tasks that nobody ends

    /** {@return the task, which has failed now if its process is gone or it was silent for too long} */
    private CompletionStage<Optional<Stored>> settle(Stored stored) {
        if (stored.state().isFinal()) {
            return CompletableFuture.completedFuture(Optional.of(stored));
        }
        if (stored.isSilent(clock.instant())) {
            return fail(stored, SILENT, current -> current.isSilent(clock.instant()));
        }
        String id = stored.state().id();
        boolean mayBeLeft = stored.isOfItsProcess() && !trackers.containsKey(id);
        if (!mayBeLeft) {
            return CompletableFuture.completedFuture(Optional.of(stored));
        }
        return run.anyMaySayYes(id)
                .thenCompose(isRun -> isRun || trackers.containsKey(id)
                        ? CompletableFuture.completedFuture(Optional.of(stored))
                        : fail(stored, BROKEN_OFF, current -> true));
    }

    private CompletionStage<Optional<Stored>> fail(Stored stored, String why, Predicate<Stored> still) {
        return records.change(
                        stored,
                        current -> still.test(current) ? current.state().failed(why, records.now()) : current.state())
                .thenApply(change -> Optional.ofNullable(change.stored()));
    }

    /** Looks at all tasks after that name. */
    void sweep(String afterName) {
        try {
            records.list(afterName, SWEEP_PIECE).whenComplete((piece, failure) -> {
                if (failure != null) {
                    LOG.warn("Tasks could not be looked after; trying again soon", failure);
                    return;
                }
                piece.forEach(this::look);
                if (piece.size() == SWEEP_PIECE) {
                    sweep(piece.get(piece.size() - 1).name());
                }
            });
        } catch (RuntimeException e) {
            LOG.warn("Tasks could not be looked after; trying again soon", e);
        }
    }

    private void look(StreamInfo info) {
        if (!TaskRecords.isTask(info)) {
            return;
        }
        String id = info.name().substring(TaskRecords.PREFIX.length());
        CompletionStage<?> looked;
        if (info.closed()) {
            looked = records.isOver(info) ? records.remove(id) : CompletableFuture.completedFuture(false);
        } else {
            looked = records.newest(info)
                    .thenCompose(found -> found.map(this::settle)
                            .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty())));
        }
        looked.whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.warn("Task {} could not be looked after; trying again soon", id, failure);
            }
        });
    }

    /** Stores what was said last, and takes no more. */
    @Override
    public void close() {
        timer.shutdownNow();
        List<CompletionStage<?>> last = new ArrayList<>(reports.storeAll());
        trackers.values().forEach(tracker -> last.add(tracker.store()));
        CompletableFuture<?>[] stored =
                last.stream().map(CompletionStage::toCompletableFuture).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(stored).get(CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("What was said last of some tasks could not be stored", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
