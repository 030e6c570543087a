package io.tidewire.log.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Cursor;
import io.tidewire.log.Follower;
import io.tidewire.log.Interest;
import io.tidewire.log.LogEntry;
import io.tidewire.log.LogException;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A Redis that ends, hangs, fills up or cannot be reached. */
final class RedisFaultTest {
    private static final Duration SHORT = Duration.ofMillis(500);

    @Test
    void killedAndRestartedRedisHasWhatWasAcknowledgedOnceAndInOrder() {
        try (RedisServer server = RedisServer.durable();
                Recorder recorder = new Recorder();
                Hub one = new Hub(server.config());
                Hub other = new Hub(server.config())) {
            try (Load load = new Load(8, one, other)) {
                for (int round = 0; round < 3; round++) {
                    awaitMore(load, 300);
                    server.kill();
                    Awaitility.await().atMost(Hub.PATIENCE).until(() -> load.failures.size() > 0);
                    server.restart();
                    awaitMore(load, 300);
                }
                load.stop();
                assertThat(load.failedOnlyAsUnavailable()).isTrue();
                assertThat(load.failures.peek())
                        .hasMessageContaining("Redis at 127.0.0.1:" + server.port() + " cannot be reached");
                checkAllThereOnce(load, one, other);
            }
            Awaitility.await()
                    .atMost(Hub.PATIENCE)
                    .until(() -> count(recorder, "127.0.0.1:" + server.port() + " is back") == 6);
            assertThat(count(recorder, "is lost"))
                    .as("one line for each hub and loss")
                    .isEqualTo(6);
            assertThat(recorder.messages(Level.ERROR)).isEmpty();
        }
    }

    @Test
    void appendsWaitForARedisThatIsKilledAndRestarted() {
        try (RedisServer server = RedisServer.durable();
                Hub hub = new Hub(server.config().withAppendWait(Duration.ofSeconds(60)))) {
            try (Load load = new Load(8, hub)) {
                for (int round = 0; round < 3; round++) {
                    awaitMore(load, 300);
                    server.kill();
                    server.restart();
                }
                awaitMore(load, 300);
                load.stop();
                assertThat(load.failures).isEmpty();
                assertThat(Hub.data(hub.readAll(hub.start)))
                        .as("what was sent again is there once")
                        .doesNotHaveDuplicates()
                        .containsExactlyInAnyOrderElementsOf(load.acknowledged);
            }
        }
    }

    @Test
    void pausedRedisHangsNothingAndLosesNothing() {
        try (RedisServer server = RedisServer.start();
                Hub one = new Hub(server.config().withCommandTimeout(SHORT));
                Hub other = new Hub(server.config().withCommandTimeout(SHORT))) {
            try (Load load = new Load(8, one, other)) {
                for (int round = 0; round < 3; round++) {
                    awaitMore(load, 300);
                    int failed = load.failures.size();
                    server.pause();
                    Awaitility.await().atMost(Hub.PATIENCE).until(() -> load.failures.size() > failed + 10);
                    assertUnavailable(one.log.resolve(new Cursor.Newest(), Interest.ALL));
                    server.resume();
                }
                awaitMore(load, 300);
                load.stop();
                assertThat(load.failedOnlyAsUnavailable()).isTrue();
                checkAllThereOnce(load, one, other);
            }
        }
    }

    @Test
    void appendsWaitForARedisThatPauses() {
        try (RedisServer server = RedisServer.start();
                Hub hub = new Hub(server.config()
                        .withCommandTimeout(Duration.ofMillis(200))
                        .withAppendWait(Duration.ofSeconds(60)))) {
            try (Load load = new Load(8, hub)) {
                for (int round = 0; round < 5; round++) {
                    awaitMore(load, 200);
                    server.pause();
                    Awaitility.await().atMost(Hub.PATIENCE).until(() -> isUnavailable(hub));
                    server.resume();
                }
                awaitMore(load, 200);
                load.stop();
                assertThat(load.failures).isEmpty();
                assertThat(Hub.data(hub.readAll(hub.start)))
                        .as("what was sent again is there once")
                        .doesNotHaveDuplicates()
                        .containsExactlyInAnyOrderElementsOf(load.acknowledged);
            }
        }
    }

    private static boolean isUnavailable(Hub hub) {
        return !hub.isReachable();
    }

    /** Every acknowledged event stands in the log once, and both hubs were handed the log, once and in order. */
    private static void checkAllThereOnce(Load load, Hub one, Hub other) {
        one.awaitReachable();
        List<LogEntry> all = one.readAll(one.start);
        assertThat(Hub.data(all)).doesNotHaveDuplicates().containsAll(load.acknowledged);
        assertThat(Hub.tokens(one.followed(all.size()))).isEqualTo(Hub.tokens(all));
        assertThat(Hub.tokens(other.followed(all.size()))).isEqualTo(Hub.tokens(all));
    }

    private static void awaitMore(Load load, int count) {
        int before = load.acknowledgedCount();
        Awaitility.await().atMost(Hub.PATIENCE).until(() -> load.acknowledgedCount() > before + count);
    }

    @Test
    void redisThatIsGoneIsToldAtOnceAndBackAgain() {
        try (RedisServer server = RedisServer.durable();
                Hub hub = new Hub(server.config())) {
            hub.append("t", "1");
            server.kill();
            Awaitility.await().atMost(Hub.PATIENCE).until(() -> isUnavailable(hub));
            assertUnavailable(hub.log.append(List.of(Hub.event("t", "refused"))));
            server.restart();
            hub.awaitReachable();

            hub.append("t", "2");
            assertThat(Hub.data(hub.followed(2))).containsExactly("1", "2");
        }
    }

    @Test
    void appendThatWaitsFailsWhenItsTimeIsOver() {
        try (RedisServer server = RedisServer.durable();
                Hub hub = new Hub(server.config().withAppendWait(SHORT))) {
            server.kill();
            assertUnavailable(hub.log.append(List.of(Hub.event("t", "1"))));
            server.restart();
            hub.awaitReachable();

            hub.append("t", "2");
            assertThat(hub.dataAfter(hub.earliest())).containsExactly("2");
        }
    }

    @Test
    void closingAnswersWhoeverWaits() {
        try (RedisServer server = RedisServer.durable()) {
            Hub hub = new Hub(server.config().withAppendWait(Duration.ofMinutes(1)));
            server.kill();
            CompletionStage<List<AppendResult>> waiting = hub.log.append(List.of(Hub.event("t", "1")));
            hub.close();
            assertUnavailable(waiting);
            assertUnavailable(hub.log.append(List.of(Hub.event("t", "2"))));
        }
    }

    @Test
    void messagesGoOnAfterALoss() {
        try (RedisServer server = RedisServer.durable();
                Hub one = new Hub(server.config());
                Hub other = new Hub(server.config())) {
            List<String> heard = RedisStoreTest.hear(other.store.bus());
            server.kill();
            Awaitility.await().atMost(Hub.PATIENCE).until(() -> isUnavailable(one) && isUnavailable(other));
            one.store.bus().send("dropped".getBytes(StandardCharsets.UTF_8));
            server.restart();

            Awaitility.await().atMost(Hub.PATIENCE).until(() -> {
                one.store.bus().send("after".getBytes(StandardCharsets.UTF_8));
                return !heard.isEmpty();
            });
            assertThat(heard).containsOnly("after");
        }
    }

    @Test
    void fullRedisIsFullAndHasRoomAgainAfterwards() {
        try (RedisServer server = RedisServer.start("--maxmemory", "20mb", "--maxmemory-policy", "noeviction");
                Hub hub = new Hub(server.config())) {
            String data = "x".repeat(500_000);
            List<String> acknowledged = new ArrayList<>();
            Throwable failure = null;
            for (int i = 0; i < 100 && failure == null; i++) {
                var answer = hub.log.append(List.of(Hub.event("t", i + data))).toCompletableFuture();
                Awaitility.await().atMost(Hub.PATIENCE).until(answer::isDone);
                failure = answer.handle((done, refused) -> refused).join();
                if (failure == null) {
                    acknowledged.add(i + data);
                }
            }
            assertThat(failure).isInstanceOf(LogException.Full.class).hasMessageContaining("raise its maxmemory");
            assertThat(hub.dataAfter(hub.earliest()).equals(acknowledged)).isTrue();
            server.cli("CONFIG", "SET", "maxmemory", "100mb");

            hub.append("t", "room");
            acknowledged.add("room");
            assertThat(hub.dataAfter(hub.earliest()).equals(acknowledged)).isTrue();
        }
    }

    @Test
    void idempotentAppendWhoseAnswerWasLostIsADuplicate() {
        try (RedisServer server = RedisServer.start();
                Hub hub = new Hub(server.config().withCommandTimeout(Duration.ofMillis(200)))) {
            Append keyed = new Append(Update.to("t").data("once").build(), "k", null);
            server.pause();
            assertUnavailable(hub.log.append(List.of(keyed)));
            server.resume();
            hub.awaitReachable();

            hub.append(keyed);
            assertThat(hub.dataAfter(hub.earliest())).containsExactly("once");
        }
    }

    @Test
    void replicasThatAreMissingAreNoAcknowledgement() {
        try (RedisServer server = RedisServer.start();
                Hub hub = new Hub(server.config().withCommandTimeout(SHORT).withMinReplicas(1))) {
            assertThatThrownBy(() -> hub.log
                            .append(List.of(Hub.event("t", "1")))
                            .toCompletableFuture()
                            .get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(LogException.Unavailable.class)
                    .hasMessageContaining("redis.min-replicas: 0 have it (expected: 1)");
        }
    }

    @Test
    void masterThatBecomesAReplicaIsUnavailableUntilThereIsAMaster() {
        try (RedisServer server = RedisServer.start();
                Hub hub = new Hub(server.config())) {
            hub.append("t", "1");
            server.cli("REPLICAOF", "127.0.0.1", Integer.toString(RedisServer.freePort()));
            assertUnavailable(hub.log.append(List.of(Hub.event("t", "refused"))));
            assertUnavailable(hub.log.append(List.of(Hub.event("t", "refused"))));
            server.cli("REPLICAOF", "NO", "ONE");
            hub.awaitReachable();

            hub.append("t", "2");
            assertThat(hub.dataAfter(hub.earliest())).containsExactly("1", "2");
            assertThat(Hub.data(hub.followed(2))).containsExactly("1", "2");
        }
    }

    @Test
    void hubThatHistoryWasCutPastSaysSoAndGoesOnWithWhatThereIs() {
        Retention ten = new Retention(10, 1 << 30, Duration.ofDays(1));
        CountDownLatch away = new CountDownLatch(1);
        try (RedisServer server = RedisServer.start();
                Recorder recorder = new Recorder();
                Hub writer = new Hub(server.config(), ten);
                RedisStore slow = RedisStore.connect(server.config(), ten, InstantSource.system())) {
            List<LogEntry> followed = new CopyOnWriteArrayList<>();
            List<Position> cuts = new CopyOnWriteArrayList<>();
            slow.log().follow(new Follower() {
                @Override
                public void entries(List<LogEntry> entries) {
                    followed.addAll(entries);
                    awaitQuietly(away);
                }

                @Override
                public void cutOff(Position from) {
                    cuts.add(from);
                }
            });
            writer.append("t", "first");
            Awaitility.await().atMost(Hub.PATIENCE).until(() -> followed.size() == 1);
            for (int i = 0; i < 500; i++) {
                writer.append("t", "d" + i);
            }
            Awaitility.await()
                    .atMost(Hub.PATIENCE)
                    .until(() -> Integer.parseInt(server.cli("XLEN", "{tidewire}:events")) < 200);
            away.countDown();

            Awaitility.await()
                    .atMost(Hub.PATIENCE)
                    .until(() -> Hub.data(followed).contains("d499"));
            assertThat(Hub.data(followed)).doesNotHaveDuplicates().doesNotContain("d0");
            assertThat(cuts).hasSize(1);
            Position first = followed.get(0).position();
            Page page = Hub.await(slow.log().read(new Read(first, Read.Mode.ALL, Interest.ALL, 1, 1)));
            assertThat(page.gap()).as("whoever was before the cut is told").isNotNull();
            assertThat(first.covers(cuts.get(0))).isFalse();
            assertThat(cuts.get(0).covers(followed.get(1).position())).isFalse();
            assertThat(recorder.messages(Level.WARN)).anyMatch(line -> line.contains("History was cut past this hub"));
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(Hub.PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void closingTwiceIsClosing() {
        try (RedisServer server = RedisServer.start()) {
            Hub hub = new Hub(server.config());
            hub.close();
            hub.close();
            assertUnavailable(hub.log.append(List.of(Hub.event("t", "1"))));
        }
    }

    @Test
    void risksAreToldOnceWhenConnecting() {
        try (RedisServer server = RedisServer.start("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru");
                Recorder recorder = new Recorder();
                Hub hub = new Hub(server.config())) {
            hub.append("t", "1");
            assertThat(recorder.messages(Level.WARN))
                    .anyMatch(line -> line.contains("maxmemory-policy allkeys-lru"))
                    .anyMatch(line -> line.contains("appendonly"))
                    .hasSize(2);
        }
    }

    @Test
    void redisThatIsNotThereIsToldByItsAddressAndNotByItsPassword() {
        int port = RedisServer.freePort();
        RedisConfig config = RedisConfig.of("redis://hub:hidden@127.0.0.1:" + port);

        assertThatThrownBy(() -> new Hub(config))
                .isInstanceOf(LogException.Unavailable.class)
                .hasMessageContaining("127.0.0.1:" + port)
                .hasMessageNotContaining("hidden");
    }

    private static long count(Recorder recorder, String part) {
        return recorder.messages(Level.INFO).stream()
                .filter(line -> line.contains(part))
                .count();
    }

    private static void assertUnavailable(CompletionStage<?> stage) {
        assertThatThrownBy(() -> stage.toCompletableFuture().get(Hub.PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                .hasCauseInstanceOf(LogException.Unavailable.class);
    }
}
