package io.tidewire.hub;

import io.tidewire.log.Append;
import io.tidewire.log.Audience;
import io.tidewire.log.LogException;
import io.tidewire.log.Update;
import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamInfo;
import io.tidewire.stream.StreamPage;
import io.tidewire.stream.StreamSpec;
import io.tidewire.stream.Streams;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tasks as streams: each message is a state, the newest of them the current one. Safe for any thread. */
final class TaskRecords {
    /*
     * Many may change a task at once, on any hub. Each state is appended with the sequence text of the place that it shall have, which a store
     * takes only if it is greater than the one before: so of two that were made from the same state one is refused, and is made again from the
     * newer one.
     */
    private static final Logger LOG = LoggerFactory.getLogger(TaskRecords.class);

    static final String PREFIX = "tasks/";

    /** The attribute of a task on which the process that started it reports, and nobody else. */
    private static final String OF_ITS_PROCESS = "of-its-process";

    /** Reached after 100 s of reports without a pause. */
    private static final long FEW_STATES = 1000;

    /** Reached after three hours; from then on a day adds 8,640. */
    private static final long MANY_STATES = 10_000;

    /** As often as a change is made again because another came first. */
    private static final int TRIES = 20;

    /** More than a state has, so that the newest is read whole. */
    private static final int READ_BYTES = 64 << 10;

    private final Streams streams;
    private final Consumer<Append> publisher;
    private final InstantSource clock;

    TaskRecords(Streams streams, Consumer<Append> publisher, InstantSource clock) {
        this.streams = streams;
        this.publisher = publisher;
        this.clock = clock;
    }

    /**
     * A task as it is stored.
     *
     * @param place the place after its state
     * @param isOfItsProcess whether only the process that started it reports on it
     */
    record Stored(TaskSpec spec, TaskState state, Offset place, boolean isOfItsProcess) {
        Instant keptUntil() {
            return state.updated().plus(spec.keep());
        }

        /** {@return whether it has ended, and its time to be read is over} */
        boolean isOver(Instant now) {
            return state.isFinal() && now.isAfter(keptUntil());
        }

        /**
         * {@return how long after it the next state may be stored, in milliseconds} Grows with what the task has stored: a stream keeps it all,
         * and has a bound.
         */
        long pauseMillis() {
            if (place.number() < FEW_STATES) {
                return 100;
            }
            return place.number() < MANY_STATES ? 1000 : 10_000;
        }

        boolean isSilent(Instant now) {
            return !state.isFinal() && now.isAfter(state.updated().plus(spec.silence()));
        }
    }

    /** What was done, and how the task is stored now, if there is one. */
    record Change(TaskOutcome.Kind kind, @Nullable Stored stored) {
        static final Change UNKNOWN = new Change(TaskOutcome.Kind.UNKNOWN, null);

        TaskOutcome outcome() {
            Stored now = stored;
            return new TaskOutcome(kind, now == null ? null : now.state);
        }
    }

    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    CompletionStage<Change> create(String id, TaskSpec spec, boolean ofItsProcess) {
        Instant now = now();
        TaskState state = new TaskState(
                id,
                spec.title(),
                spec.owner(),
                TaskState.Status.PENDING,
                TaskProgress.NONE,
                null,
                null,
                false,
                now,
                now);
        StreamSpec stream = ofItsProcess ? spec.stream().with(OF_ITS_PROCESS, "true") : spec.stream();
        Stored made = new Stored(spec, state, Offset.START.plus(1), ofItsProcess);
        return streams.create(PREFIX + id, stream, append(state, Offset.START)).thenCompose(creation -> {
            if (!creation.created()) {
                return replaceIfOver(creation.info(), () -> create(id, spec, ofItsProcess));
            }
            tell(made);
            return CompletableFuture.completedFuture(new Change(TaskOutcome.Kind.DONE, made));
        });
    }

    private CompletionStage<Change> replaceIfOver(StreamInfo there, Supplier<CompletionStage<Change>> creation) {
        return newest(there)
                .thenCompose(found -> found.isEmpty() && isTask(there)
                        ? streams.delete(there.name()).thenCompose(gone -> creation.get())
                        : CompletableFuture.completedFuture(new Change(TaskOutcome.Kind.EXISTS, null)));
    }

    /** {@return whether it has ended, and was not used since for as long as it is kept} Then nobody misses it. */
    boolean isOver(StreamInfo info) {
        String id = info.name().substring(PREFIX.length());
        return info.closed()
                && isTask(info)
                && clock.instant()
                        .isAfter(
                                info.lastUse().plus(TaskSpec.of(id, info.spec()).keep()));
    }

    private static StreamAppend append(TaskState state, Offset after) {
        StreamAppend append = StreamAppend.of(state.toJson().getBytes(StandardCharsets.UTF_8))
                .inSequence(after.plus(1).token());
        return state.isFinal() ? append.closing() : append;
    }

    /** {@return whether it is a task: others may make streams of such names} */
    static boolean isTask(StreamInfo info) {
        return TaskSpec.isId(info.name().substring(PREFIX.length())) && TaskSpec.isOf(info.spec());
    }

    /** {@return a task; nothing if there is none, or it was kept long enough} */
    CompletionStage<Optional<Stored>> read(String id) {
        return streams.info(PREFIX + id)
                .thenCompose(info ->
                        info.map(this::newest).orElseGet(() -> CompletableFuture.completedFuture(Optional.empty())));
    }

    /** {@return a listed task's state; nothing if it was removed, or has a state that is none of ours} */
    CompletionStage<Optional<Stored>> newest(StreamInfo info) {
        String id = info.name().substring(PREFIX.length());
        if (info.tail().equals(Offset.START) || !isTask(info)) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return streams.read(info.name(), new Offset(info.tail().number() - 1), READ_BYTES)
                .thenApply(page -> page.flatMap(found -> stored(id, found)));
    }

    private Optional<Stored> stored(String id, StreamPage page) {
        List<byte[]> messages = page.messages();
        if (messages.isEmpty()) {
            return Optional.empty();
        }
        try {
            String json = new String(messages.get(messages.size() - 1), StandardCharsets.UTF_8);
            Stored found = new Stored(
                    TaskSpec.of(id, page.spec()),
                    TaskJson.read(json),
                    page.next(),
                    page.spec().attributes().containsKey(OF_ITS_PROCESS));
            return found.isOver(clock.instant()) ? Optional.empty() : Optional.of(found);
        } catch (IllegalArgumentException e) {
            LOG.warn("The stream {}{} holds no task: {}", PREFIX, id, e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Changes a task that has not ended.
     *
     * @param change gives the next state, or the same object if there is nothing to change
     */
    CompletionStage<Change> change(String id, Function<Stored, TaskState> change) {
        return change(id, change, TRIES);
    }

    private CompletionStage<Change> change(String id, Function<Stored, TaskState> change, int tries) {
        return read(id).thenCompose(found -> found.map(before -> change(before, change, tries))
                .orElseGet(() -> CompletableFuture.completedFuture(Change.UNKNOWN)));
    }

    /** The same, from a state that is known already, though perhaps not the newest. */
    CompletionStage<Change> change(Stored before, Function<Stored, TaskState> change) {
        return CompletableFuture.completedFuture(before).thenCompose(known -> change(known, change, TRIES));
    }

    private CompletionStage<Change> change(Stored before, Function<Stored, TaskState> change, int tries) {
        String id = before.state().id();
        if (before.state().isFinal()) {
            return CompletableFuture.completedFuture(new Change(TaskOutcome.Kind.ENDED, before));
        }
        TaskState next = change.apply(before);
        if (next.equals(before.state())) {
            return CompletableFuture.completedFuture(new Change(TaskOutcome.Kind.DONE, before));
        }
        if (tries == 0) {
            return CompletableFuture.failedFuture(
                    new LogException.Unavailable("The task " + id + " is changed by too many at once; try again"));
        }
        return streams.append(PREFIX + id, append(next, before.place())).thenCompose(outcome -> {
            if (outcome.kind() == AppendOutcome.Kind.APPENDED) {
                Stored now = new Stored(before.spec(), next, before.place().plus(1), before.isOfItsProcess());
                tell(now);
                return CompletableFuture.completedFuture(new Change(TaskOutcome.Kind.DONE, now));
            }
            return outcome.kind() == AppendOutcome.Kind.NO_STREAM
                    ? CompletableFuture.completedFuture(Change.UNKNOWN)
                    : change(id, change, tries - 1); // another came first
        });
    }

    CompletionStage<Boolean> remove(String id) {
        return streams.delete(PREFIX + id);
    }

    /** {@return tasks as streams, in the order of their ids} */
    CompletionStage<List<StreamInfo>> list(String afterName, int limit) {
        return streams.list(PREFIX, afterName, limit);
    }

    /** Tells the owner's connections. */
    private void tell(Stored stored) {
        String owner = stored.spec().owner();
        if (owner == null || !stored.spec().notifying()) {
            return;
        }
        Update update = Update.to(new Audience.User(owner))
                .event("task")
                .key(PREFIX + stored.state().id())
                .data(stored.state().toJson())
                .build();
        publisher.accept(Append.of(update));
    }
}
