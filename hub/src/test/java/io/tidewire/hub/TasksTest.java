package io.tidewire.hub;

import static io.tidewire.hub.TaskHubs.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.hub.TaskState.Status;
import io.tidewire.log.LogException;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamReader;
import io.tidewire.stream.StreamSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is promised of long jobs, on one hub and on two. */
class TasksTest {
    private final TaskHubs hubs = new TaskHubs();
    private final Hub here = hubs.hub();
    private final Hub there = hubs.hub();

    @AfterEach
    void close() {
        hubs.close();
    }

    private static TaskState find(Hub hub, String id) {
        return get(hub.tasks().find(id)).orElseThrow();
    }

    private static ProgressTracker started(Hub hub, TaskSpec spec) {
        ProgressTracker tracker = hub.tasks().start(spec);
        get(tracker.started());
        return tracker;
    }

    private static TaskReport percent(int percent) {
        return TaskReport.running(new TaskProgress(percent, null, null, null));
    }

    private TaskState created(TaskSpec spec) {
        return get(here.tasks().create(spec)).task().orElseThrow();
    }

    @Test
    void otherHubsSeeTheNewestState() {
        ProgressTracker tracker = here.tasks().start("Export", "alice");
        get(tracker.started());
        TaskState first = find(there, tracker.id());
        assertThat(first.status()).isEqualTo(Status.PENDING);
        assertThat(first.title()).isEqualTo("Export");
        assertThat(first.owner()).isEqualTo("alice");

        get(tracker.step(3, 10, "Writing").completed("{ \"rows\" : [1, 2.50, \"a b\"] }"));
        TaskState last = find(there, tracker.id());
        assertThat(last.status()).isEqualTo(Status.COMPLETED);
        assertThat(last.progress()).isEqualTo(new TaskProgress(100, 3L, 10L, "Writing"));
        assertThat(last.result()).isEqualTo("{\"rows\":[1,2.50,\"a b\"]}");
        assertThat(TaskJson.read(last.toJson())).isEqualTo(last);
    }

    @Test
    void floodOfReportsStoresFewStatesAndTheLast() {
        ProgressTracker tracker = started(here, TaskSpec.untitled());
        long startedNanos = System.nanoTime();
        for (int i = 0; i <= 100_000; i++) {
            tracker.step(i, 200_000, "at " + i);
        }
        StreamReader reader = here.streams().reader(Tasks.streamOf(tracker.id()), Offset.START);
        String newest = "";
        while (!newest.contains("\"at 100000\"")) { // nothing more is said: the last one must come by itself
            List<byte[]> messages = get(reader.next(1 << 20)).messages();
            newest = new String(messages.get(messages.size() - 1), java.nio.charset.StandardCharsets.UTF_8);
        }
        reader.close();
        long tenths = (System.nanoTime() - startedNanos) / 100_000_000;

        assertThat(find(here, tracker.id()).progress())
                .isEqualTo(new TaskProgress(50, 100_000L, 200_000L, "at 100000"));
        assertThat(hubs.states(tracker.id()))
                .hasSizeLessThanOrEqualTo((int) tenths + 3); // the first, one at once, one per tenth
        get(tracker.completed());
        assertThat(hubs.states(tracker.id()))
                .last()
                .extracting(TaskState::status)
                .isEqualTo(Status.COMPLETED);
    }

    @Test
    void progressGoesBackOnlyIfSaid() {
        ProgressTracker tracker = started(here, TaskSpec.untitled());
        get(tracker.running(40).running(20).message("still").failed("no"));
        assertThat(find(here, tracker.id()).progress()).isEqualTo(new TaskProgress(40, null, null, "still"));

        ProgressTracker again = started(here, TaskSpec.untitled());
        get(again.step(9, 10, "nearly").back(20).running(10).failed("no"));
        assertThat(find(here, again.id()).progress()).isEqualTo(new TaskProgress(20, null, null, "nearly"));
    }

    @Test
    void finalStateIsFinal() {
        ProgressTracker tracker = started(here, TaskSpec.untitled());
        get(tracker.completed());
        get(tracker.running(3).failed("late"));
        assertThat(find(here, tracker.id()).status()).isEqualTo(Status.COMPLETED);
        assertThat(hubs.states(tracker.id())).hasSize(2);

        String id = created(TaskSpec.untitled()).id();
        get(here.tasks().report(id, TaskReport.failed("gone wrong")));
        TaskOutcome late = get(there.tasks().report(id, percent(50)));
        assertThat(late.kind()).isEqualTo(TaskOutcome.Kind.ENDED);
        assertThat(late.task().orElseThrow().error()).isEqualTo("gone wrong");
    }

    @Test
    void failureTellsNoMoreThanItMay() {
        here.tasks().failureMessages(failure -> failure instanceof ArithmeticException ? "Bad numbers" : null);
        record Case(Throwable failure, String told) {}
        for (Case one : List.of(
                new Case(new IllegalStateException("jdbc:secret"), "The task failed"),
                new Case(new TaskException("Row 17 has no date"), "Row 17 has no date"),
                new Case(new ArithmeticException("/ by zero"), "Bad numbers"),
                new Case(new TaskException("x".repeat(2000)), "x".repeat(999) + "…"))) {
            ProgressTracker tracker = started(here, TaskSpec.untitled());
            get(tracker.failed(one.failure()));
            TaskState state = find(there, tracker.id());
            assertThat(state.error()).isEqualTo(one.told());
            assertThat(state.toJson()).doesNotContain("secret", "at io.tidewire");
        }
    }

    @Test
    void deathOfTheProcessFailsItsTasksAndNoOthers() {
        ProgressTracker left = started(here, TaskSpec.untitled());
        ProgressTracker ours = started(there, TaskSpec.untitled());
        String elsewhere = created(TaskSpec.untitled()).id();
        hubs.advance(Duration.ofSeconds(5));
        assertThat(find(there, left.id()).status()).isEqualTo(Status.PENDING); // its process lives

        here.close();
        TaskState state = find(there, left.id());
        assertThat(state.status()).isEqualTo(Status.FAILED);
        assertThat(state.error()).isEqualTo("The task was broken off");
        assertThat(find(there, ours.id()).status()).isEqualTo(Status.PENDING);
        assertThat(find(there, elsewhere).status()).isEqualTo(Status.PENDING);
    }

    @Test
    void whatNobodyAsksForIsLookedAfterToo() {
        ProgressTracker left = started(here, TaskSpec.untitled());
        String ended =
                created(TaskSpec.untitled().keeping(Duration.ofSeconds(9))).id();
        String silent = created(TaskSpec.untitled().failingAfterSilence(Duration.ofSeconds(9)))
                .id();
        String alive = created(TaskSpec.untitled()).id();
        get(here.tasks().cancel(ended));
        get(here.streams().create(Tasks.streamOf("strange"), StreamSpec.of("text/plain"), StreamAppend.CLOSE));
        here.close();
        hubs.advance(Duration.ofSeconds(10));

        there.tasks().sweep(""); // the store and the bus of this test answer at once
        assertThat(hubs.states(left.id())).last().extracting(TaskState::error).isEqualTo("The task was broken off");
        assertThat(hubs.states(silent))
                .last()
                .extracting(TaskState::error)
                .isEqualTo("The task was not heard of for too long");
        assertThat(hubs.states(alive)).hasSize(1);
        assertThat(get(hubs.store.info(Tasks.streamOf(ended)))).isEmpty();
        assertThat(get(hubs.store.info(Tasks.streamOf("strange")))).isPresent();
    }

    @Test
    void hubThatIsNewDoesNotSayThatNobodyWorks() {
        ProgressTracker tracker = started(here, TaskSpec.untitled());
        here.close();
        assertThat(find(hubs.hub(), tracker.id()).status()).isEqualTo(Status.PENDING);
    }

    @Test
    void silenceFailsATask() {
        String id = created(TaskSpec.untitled().failingAfterSilence(Duration.ofMinutes(5)))
                .id();
        hubs.advance(Duration.ofMinutes(4));
        get(here.tasks().report(id, percent(1)));
        hubs.advance(Duration.ofMinutes(5));
        assertThat(find(there, id).status()).isEqualTo(Status.RUNNING);
        hubs.advance(Duration.ofSeconds(1));
        assertThat(find(there, id).error()).isEqualTo("The task was not heard of for too long");
    }

    @Test
    void endedTaskIsReadableForAWhile() {
        TaskSpec spec = TaskSpec.untitled().named("nightly").keeping(Duration.ofMinutes(10));
        get(started(here, spec).completed());
        hubs.advance(Duration.ofMinutes(10));
        assertThat(find(there, "nightly").status()).isEqualTo(Status.COMPLETED);
        assertThat(get(here.tasks().create(spec)).kind()).isEqualTo(TaskOutcome.Kind.EXISTS);
        hubs.advance(Duration.ofMinutes(10).plusMillis(1)); // since it was read last, too
        assertThat(get(there.tasks().find("nightly"))).isEmpty();
        assertThat(get(here.tasks().create(spec)).kind()).isEqualTo(TaskOutcome.Kind.DONE);
    }

    @Test
    void askedToStopAnywhereTheTrackerIsTold() {
        ProgressTracker tracker = started(here, TaskSpec.untitled());
        get(tracker.running(5).started());
        CompletableFuture<Void> told = new CompletableFuture<>();
        tracker.onCancelled(() -> told.complete(null));
        assertThat(tracker.isCancelled()).isFalse();

        get(there.tasks().cancel(tracker.id()));
        get(told);
        assertThat(tracker.isCancelled()).isTrue();
        get(tracker.cancelled().exceptionally(e -> null));
        TaskState state = find(there, tracker.id());
        assertThat(state.status()).isEqualTo(Status.CANCELLED);
        assertThat(state.cancelRequested()).isTrue();
    }

    @Test
    void workerElsewhereIsAskedToStopByTheAnswerToItsReport() {
        String id = created(TaskSpec.untitled()).id();
        get(here.tasks().report(id, percent(10)));
        assertThat(get(there.tasks().cancel(id)).task().orElseThrow().status()).isEqualTo(Status.RUNNING);
        hubs.advance(Duration.ofSeconds(1));
        TaskState answer = get(here.tasks().report(id, percent(11))).task().orElseThrow();
        assertThat(answer.cancelRequested()).isTrue();
        assertThat(answer.progress().percent()).isEqualTo(11);
        get(here.tasks().report(id, TaskReport.cancelled()));
        assertThat(find(there, id).status()).isEqualTo(Status.CANCELLED);
    }

    @Test
    void taskThatNobodyWorksOnIsCancelledAtOnce() {
        String id = created(TaskSpec.untitled()).id();
        assertThat(get(here.tasks().cancel(id)).task().orElseThrow().status()).isEqualTo(Status.CANCELLED);
        assertThat(get(here.tasks().cancel(id)).kind()).isEqualTo(TaskOutcome.Kind.ENDED);
    }

    @Test
    void removedTaskIsGoneAndItsTrackerKnows() {
        ProgressTracker tracker = started(here, TaskSpec.untitled());
        assertThat(get(there.tasks().remove(tracker.id()))).isTrue();
        assertThat(get(there.tasks().remove(tracker.id()))).isFalse();
        assertThatThrownBy(() -> get(tracker.completed()))
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("ended or removed by somebody else");
        assertThat(tracker.isCancelled()).isTrue();
    }

    @Test
    void takenIdStartsNothingAndLeavesTheFirstAlone() {
        ProgressTracker first = started(here, TaskSpec.untitled().named("one"));
        for (Hub hub : List.of(here, there)) {
            ProgressTracker second = hub.tasks().start(TaskSpec.untitled().named("one"));
            assertThatThrownBy(() -> get(second.started())).hasMessageContaining("id: one is taken");
        }
        get(first.completed("1"));
        assertThat(find(there, "one").result()).isEqualTo("1");
    }

    @Test
    void storeThatIsAwayForAWhileLosesNoEnd() {
        ProgressTracker tracker = started(here, TaskSpec.untitled());
        hubs.away = true;
        CompletableFuture<Void> ended = tracker.running(50).completed("7").toCompletableFuture();
        assertThatThrownBy(() -> get(here.tasks().find(tracker.id()))).hasCauseInstanceOf(LogException.class);
        hubs.away = false;
        get(ended);
        assertThat(find(there, tracker.id()).result()).isEqualTo("7");
    }

    @Test
    void whatWasSaidLastIsStoredWhenTheHubIsClosed() {
        String id = created(TaskSpec.untitled()).id();
        for (int i = 1; i <= 50; i++) {
            get(here.tasks().report(id, percent(i)));
        }
        ProgressTracker tracker = started(here, TaskSpec.untitled());
        tracker.completed("\"done\"");
        here.close();
        assertThat(find(there, id).progress().percent()).isEqualTo(50);
        assertThat(find(there, tracker.id()).status()).isEqualTo(Status.COMPLETED);
    }

    @Test
    void manyReportersAtOnceLoseNothing() throws Exception {
        String id = created(TaskSpec.untitled()).id();
        AtomicInteger next = new AtomicInteger();
        Runnable worker = () -> {
            for (int i = next.incrementAndGet(); i <= 400; i = next.incrementAndGet()) {
                Hub hub = i % 2 == 0 ? here : there;
                hubs.advance(Duration.ofSeconds(2)); // so that each is stored at once
                get(hub.tasks().report(id, TaskReport.running(new TaskProgress(null, (long) i, 400L, null))));
            }
        };
        List<Thread> threads = List.of(new Thread(worker), new Thread(worker), new Thread(worker));
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        List<TaskState> states = hubs.states(id);
        assertThat(states).last().extracting(state -> state.progress().step()).isEqualTo(400L);
        for (int i = 2; i < states.size(); i++) {
            assertThat(states.get(i).progress().step())
                    .isGreaterThanOrEqualTo(states.get(i - 1).progress().step());
        }
    }

    @Test
    void onlyItsProcessReportsOnATrackedTask() {
        ProgressTracker tracker = started(here, TaskSpec.untitled());
        assertThat(get(there.tasks().report(tracker.id(), percent(99))).kind())
                .isEqualTo(TaskOutcome.Kind.REPORTED_BY_ITS_PROCESS);
        assertThat(find(there, tracker.id()).progress().percent()).isNull();
    }

    @Test
    void listsAUsersTasksNewestFirstInPages() {
        for (int i = 0; i < 5; i++) {
            hubs.advance(Duration.ofSeconds(1));
            created(TaskSpec.titled("t" + i).ownedBy(i == 2 ? "bob" : "alice"));
        }
        TaskPage first = get(there.tasks().list("alice", "", 3));
        assertThat(first.tasks()).extracting(TaskState::title).containsExactly("t4", "t3", "t1");
        String next = first.next();
        assertThat(next).isNotNull();
        TaskPage second = get(there.tasks().list("alice", String.valueOf(next), 3));
        assertThat(second.tasks()).extracting(TaskState::title).containsExactly("t0");
        assertThat(second.next()).isNull();
        assertThat(get(here.tasks().listAll("", 200)).tasks()).hasSize(5);
        assertThat(get(here.tasks().list("carol", "", 200)).tasks()).isEmpty();
        for (String bad : List.of("x", "1.", ".a", "1.a/b", "99999999999999999.a")) {
            assertThatThrownBy(() -> here.tasks().list("alice", bad, 3)).hasMessageStartingWith("after: ");
        }
    }

    @Test
    void ownersConnectionsHearOfEachStateUnlessItIsQuiet() {
        String quiet = created(TaskSpec.untitled().ownedBy("alice").quiet()).id();
        get(here.tasks().cancel(quiet));
        assertThat(here.count(HubCounter.PUBLISHED)).isZero();
        created(TaskSpec.untitled());
        assertThat(here.count(HubCounter.PUBLISHED)).isZero();
        String loud = created(TaskSpec.untitled().ownedBy("alice")).id();
        get(here.tasks().cancel(loud));
        assertThat(here.count(HubCounter.PUBLISHED)).isEqualTo(2);
    }

    @Test
    void everyLimitIsNamed() {
        TaskSpec spec = TaskSpec.untitled();
        ProgressTracker tracker = started(here, spec);
        String longText = "x".repeat(1001);
        assertThatThrownBy(() -> tracker.running(101)).hasMessage("percent: 101 (expected: 0 to 100)");
        assertThatThrownBy(() -> tracker.step(11, 10, "")).hasMessageStartingWith("step: 11 (expected: at most");
        assertThatThrownBy(() -> tracker.message(longText)).hasMessageStartingWith("message: 1001 characters");
        assertThatThrownBy(() -> tracker.failed(longText)).hasMessageStartingWith("error: 1001 characters");
        assertThatThrownBy(() -> tracker.completed("{")).hasMessageStartingWith("result: ");
        assertThatThrownBy(() -> tracker.completed('"' + "é".repeat(25_000) + '"'))
                .hasMessageStartingWith("result: 50002 bytes");
        assertThatThrownBy(() -> spec.named("a/b")).hasMessageStartingWith("id: ");
        assertThatThrownBy(() -> spec.ownedBy("")).hasMessageStartingWith("owner: ");
        assertThatThrownBy(() -> TaskSpec.titled("x".repeat(201))).hasMessageStartingWith("title: 201");
        assertThatThrownBy(() -> spec.keeping(Duration.ofDays(400))).hasMessageStartingWith("keep: ");
        assertThatThrownBy(() -> spec.failingAfterSilence(Duration.ZERO)).hasMessageStartingWith("silence: ");

        String worst = "\u0001";
        TaskState largest = new TaskState(
                "x".repeat(TaskSpec.MAX_ID_CHARS),
                worst.repeat(TaskSpec.MAX_NAME_CHARS),
                worst.repeat(TaskSpec.MAX_NAME_CHARS),
                Status.COMPLETED,
                new TaskProgress(100, TaskSpec.MAX_COUNT, TaskSpec.MAX_COUNT, worst.repeat(TaskSpec.MAX_TEXT_CHARS)),
                '"' + "r".repeat(TaskSpec.MAX_RESULT_BYTES - 2) + '"',
                null,
                true,
                hubs.now(),
                hubs.now());
        assertThat(largest.toJson().length()).isLessThan(64 << 10);
        assertThat(TaskJson.read(largest.toJson())).isEqualTo(largest);
    }
}
