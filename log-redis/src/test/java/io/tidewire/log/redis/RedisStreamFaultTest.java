package io.tidewire.log.redis;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.tidewire.log.LogException;
import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamChange;
import io.tidewire.stream.StreamChange.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Streams in a Redis that ends, does not answer, fills up or cannot be reached. */
final class RedisStreamFaultTest {
    private static final Duration SHORT = Duration.ofMillis(500);
    private static final Duration LONG = Duration.ofSeconds(60);

    private static void awaitMore(StreamLoad load, int count) {
        int before = load.acknowledged.get();
        Awaitility.await().atMost(Hub.PATIENCE).until(() -> load.acknowledged.get() > before + count);
    }

    private static void assertUnavailable(CompletableFuture<?> answer) {
        assertThat(StreamLoad.failureOf(answer)).isInstanceOf(LogException.Unavailable.class);
    }

    @Test
    void appendsWaitForARedisThatIsKilledAndRestartedAndAreThereOnce() {
        try (RedisServer server = RedisServer.durable();
                Recorder recorder = new Recorder();
                StreamHub hub = new StreamHub(server.config().withAppendWait(LONG));
                StreamLoad load = new StreamLoad(hub, 8)) {
            for (int round = 0; round < 3; round++) {
                awaitMore(load, 500);
                server.kill();
                server.restart();
            }
            awaitMore(load, 500);
            load.stop();
            assertThat(load.failures).isEmpty();
            load.checkExactly();
            assertThat(recorder.messages(Level.ERROR)).isEmpty();
        }
    }

    @Test
    void killedAndRestartedRedisHasWhatWasAcknowledgedOnce() {
        try (RedisServer server = RedisServer.durable();
                StreamHub hub = new StreamHub(server.config());
                StreamLoad load = new StreamLoad(hub, 8)) {
            for (int round = 0; round < 3; round++) {
                awaitMore(load, 300);
                int failed = load.failures.size();
                server.kill();
                Awaitility.await().atMost(Hub.PATIENCE).until(() -> load.failures.size() > failed);
                server.restart();
                awaitMore(load, 300);
            }
            load.stop();
            assertThat(load.failures).hasOnlyElementsOfType(LogException.Unavailable.class);
            load.checkAllThereOnce();
        }
    }

    @Test
    void connectionsThatAreKilledUnderLoadCostNothing() {
        try (RedisServer server = RedisServer.start();
                StreamHub hub = new StreamHub(server.config().withAppendWait(LONG));
                StreamLoad load = new StreamLoad(hub, 8)) {
            for (int round = 0; round < 10; round++) {
                awaitMore(load, 200);
                server.cli("CLIENT", "KILL", "TYPE", "normal");
            }
            awaitMore(load, 200);
            load.stop();
            assertThat(load.failures).isEmpty();
            load.checkExactly();
        }
    }

    @Test
    void appendWhoseAnswerIsLostIsThereOnceAndToldOnce() {
        try (RedisServer server = RedisServer.start();
                DeafProxy proxy = new DeafProxy(server.port());
                StreamHub hub = new StreamHub(proxy.config().withAppendWait(LONG))) {
            hub.create("s");
            proxy.deafen();
            var created = hub.store.create("new", StreamHub.TEXT, StreamHub.message("1"));
            var appended = hub.store.append("s", StreamAppend.of(List.of(new byte[1], new byte[2])));
            Awaitility.await()
                    .atMost(Hub.PATIENCE)
                    .until(() -> server.cli("LLEN", "{tidewire}:messages:s").equals("2")
                            && server.cli("LLEN", "{tidewire}:messages:new").equals("1"));
            proxy.cut();

            assertThat(Hub.await(appended))
                    .isEqualTo(new AppendOutcome(AppendOutcome.Kind.APPENDED, new Offset(2), false, 0, 0));
            assertThat(Hub.await(created).created()).as("as was answered first").isTrue();
            assertThat(hub.info("s").tail()).isEqualTo(new Offset(2));
            assertThat(hub.heard("s", 1)).contains(new StreamChange("s", new Offset(2), State.OPEN));
            hub.append("s", "after");
            assertThat(hub.heard("s", 2)).endsWith(new StreamChange("s", new Offset(3), State.OPEN));
        }
    }

    @Test
    void deletionWhoseAnswerIsLostIsDoneOnce() {
        try (RedisServer server = RedisServer.start();
                DeafProxy proxy = new DeafProxy(server.port());
                StreamHub hub = new StreamHub(proxy.config().withAppendWait(LONG))) {
            hub.create("s", StreamHub.TEXT, StreamHub.message("1"));
            proxy.deafen();
            var deleted = hub.store.delete("s");
            Awaitility.await()
                    .atMost(Hub.PATIENCE)
                    .until(() -> server.cli("EXISTS", "{tidewire}:stream:s").equals("0"));
            proxy.cut();

            assertThat(Hub.await(deleted)).as("as was answered first").isTrue();
            assertThat(hub.exists("s")).isFalse();
        }
    }

    @Test
    void orderOfTheCallsHoldsOverAReconnect() {
        try (RedisServer server = RedisServer.start();
                DeafProxy proxy = new DeafProxy(server.port());
                StreamHub hub = new StreamHub(proxy.config().withAppendWait(LONG))) {
            hub.create("s");
            List<CompletableFuture<AppendOutcome>> answers = new ArrayList<>();
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < 3000; i++) {
                if (i % 1000 == 500) {
                    proxy.deafen();
                } else if (i % 1000 == 900) {
                    proxy.cut();
                }
                sent.add("m" + i);
                answers.add(hub.store.append("s", StreamHub.message("m" + i)).toCompletableFuture());
            }
            for (int i = 0; i < answers.size(); i++) {
                assertThat(Hub.await(answers.get(i)).tail()).isEqualTo(new Offset(i + 1));
            }
            assertThat(hub.read("s")).isEqualTo(sent);
        }
    }

    @Test
    void changesAreHeardAgainAfterALoss() {
        try (RedisServer server = RedisServer.durable();
                StreamHub one = new StreamHub(server.config().withAppendWait(LONG));
                StreamHub other = new StreamHub(server.config())) {
            one.create("s", StreamHub.TEXT, StreamHub.message("1"));
            other.heard("s", 1);
            server.cli("CLIENT", "KILL", "TYPE", "pubsub");
            one.append("s", "2");
            assertThat(one.heard("s", 2))
                    .as("its own change, whatever becomes of its subscription")
                    .contains(new StreamChange("s", new Offset(2), State.OPEN));
            other.awaitReachable();
            Awaitility.await().atMost(Hub.PATIENCE).until(() -> {
                one.append("s", "more");
                return other.heard.size() > 1;
            });
        }
    }

    @Test
    void redisThatIsGoneIsToldAtOnceOrAfterTheWait() {
        try (RedisServer server = RedisServer.durable();
                StreamHub impatient = new StreamHub(server.config());
                StreamHub patient = new StreamHub(server.config().withAppendWait(SHORT))) {
            impatient.create("s");
            server.kill();
            for (StreamHub hub : List.of(impatient, patient)) {
                Awaitility.await().atMost(Hub.PATIENCE).until(() -> !hub.isReachable());
                assertUnavailable(
                        hub.store.append("s", StreamHub.message("refused")).toCompletableFuture());
                assertUnavailable(hub.store.read("s", Offset.START, 1).toCompletableFuture());
                assertUnavailable(hub.store.list("", "", 1).toCompletableFuture());
            }
            server.restart();
            impatient.awaitReachable();
            patient.awaitReachable();
            patient.append("s", "1");
            assertThat(impatient.read("s")).containsExactly("1");
        }
    }

    @Test
    void closingAnswersWhoeverWaits() {
        try (RedisServer server = RedisServer.durable()) {
            StreamHub hub = new StreamHub(server.config().withAppendWait(LONG));
            server.kill();
            var waiting = hub.store.append("s", StreamHub.message("1")).toCompletableFuture();
            hub.close();
            assertUnavailable(waiting);
        }
    }

    @Test
    void fullRedisIsFullAndStillReadsAndDeletes() {
        try (RedisServer server = RedisServer.start("--maxmemory", "20mb", "--maxmemory-policy", "noeviction");
                StreamHub hub = new StreamHub(server.config())) {
            hub.create("other", StreamHub.TEXT.expiringAfter(Duration.ofHours(1)), StreamHub.message("small"));
            hub.create("s");
            StreamAppend large = StreamAppend.of(new byte[500_000]);
            long count = 0;
            Throwable failure = null;
            for (int i = 0; i < 100 && failure == null; i++) {
                CompletableFuture<AppendOutcome> answer =
                        hub.store.append("s", large).toCompletableFuture();
                Awaitility.await().atMost(Hub.PATIENCE).until(answer::isDone);
                failure = answer.handle((done, refused) -> refused).join();
                count += failure == null ? 1 : 0;
            }
            assertThat(failure).isInstanceOf(LogException.Full.class).hasMessageContaining("raise its maxmemory");
            server.cli("CONFIG", "SET", "maxmemory", "5mb"); // so that not even something small fits
            assertThat(StreamLoad.failureOf(hub.store
                            .create("t", StreamHub.TEXT, StreamAppend.NOTHING)
                            .toCompletableFuture()))
                    .isInstanceOf(LogException.Full.class);
            assertThat(hub.append("none", large).kind()).isEqualTo(AppendOutcome.Kind.NO_STREAM);
            assertThat(hub.info("s").tail()).isEqualTo(new Offset(count));
            assertThat(hub.page("s", count - 1, 1).messages()).hasSize(1);
            assertThat(hub.read("other")).containsExactly("small");
            assertThat(Hub.await(hub.store.delete("s"))).isTrue();
            server.cli("CONFIG", "SET", "maxmemory", "100mb");

            hub.create("s", StreamHub.TEXT, large);
            assertThat(hub.info("s").tail()).isEqualTo(new Offset(1));
        }
    }
}
