package io.tidewire.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Cursor;
import io.tidewire.log.Interest;
import io.tidewire.log.LogException;
import io.tidewire.log.Resolution;
import io.tidewire.log.Update;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What happens when Kafka does not do what it should. */
final class BrokerFailureTest {
    private static Broker broker;

    private final String topic = "f-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        broker = Broker.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private KafkaConfig config(int partitions) {
        return broker.config(topic, partitions).withTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(3));
    }

    private static CompletionStage<List<AppendResult>> append(TestHub hub, String data) {
        return hub.log.append(
                List.of(Append.of(Update.to("t" + data.length() % 3).data(data).build())));
    }

    @Test
    void killedInMidLoadAndBackAgainLosesAndDoublesNothing() {
        try (TestHub hub = new TestHub(config(2))) {
            ConcurrentLinkedQueue<String> acknowledged = new ConcurrentLinkedQueue<>();
            AtomicBoolean over = new AtomicBoolean();
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(hub, acknowledged, over));
            Awaitility.await().until(() -> acknowledged.size() > 200);
            broker.kill();
            broker.restart();
            int before = acknowledged.size();
            Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> acknowledged.size() > before + 200);
            over.set(true);
            writing.orTimeout(30, TimeUnit.SECONDS).join();

            List<String> all = hub.all();
            assertThat(all).doesNotHaveDuplicates().containsAll(acknowledged);
            Awaitility.await().until(() -> hub.followed().size() >= all.size());
            assertThat(TestHub.data(hub.followed())).isEqualTo(all);
            try (TestHub later = new TestHub(config(2))) {
                assertThat(later.all()).containsExactlyInAnyOrderElementsOf(all);
            }
        }
    }

    private static void write(TestHub hub, ConcurrentLinkedQueue<String> acknowledged, AtomicBoolean over) {
        for (int i = 0; !over.get(); i++) {
            String data = "x".repeat(i % 5) + i;
            try {
                append(hub, data).toCompletableFuture().get(30, TimeUnit.SECONDS);
                acknowledged.add(data);
            } catch (java.util.concurrent.ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(LogException.Unavailable.class);
            } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void whileItStandsStillAppendsFailAndAfterwardsAllIsWell() {
        try (TestHub hub = new TestHub(config(2))) {
            hub.append("t", "before");
            List<CompletionStage<List<AppendResult>>> appends = new ArrayList<>();
            broker.signal("STOP");
            try {
                for (int i = 0; i < 20; i++) {
                    appends.add(append(hub, Integer.toString(i)));
                }
                for (CompletionStage<List<AppendResult>> one : appends) {
                    assertThatThrownBy(() -> one.toCompletableFuture().get(30, TimeUnit.SECONDS))
                            .hasCauseInstanceOf(LogException.Unavailable.class);
                }
                assertThat(hub.all()).as("what is in memory is still there").contains("before");
            } finally {
                broker.signal("CONT");
            }
            Awaitility.await().atMost(60, TimeUnit.SECONDS).ignoreExceptions().until(() -> {
                append(hub, "after").toCompletableFuture().get(10, TimeUnit.SECONDS);
                return true;
            });
            List<String> all = hub.all();
            Set<String> different = new HashSet<>(all);
            different.remove("after"); // that one was published as often as it took
            assertThat(all.stream().filter(data -> !data.equals("after"))).hasSize(different.size());
            Awaitility.await().until(() -> hub.followed().size() >= all.size());
        }
    }

    @Test
    void oldEventsCannotBeReadWhileItIsAway() {
        try (TestHub hub = new TestHub(config(1).withBytes(4 << 20, 0))) {
            hub.append("t", "1");
            Resolution start = hub.resolve(new Cursor.Earliest());
            broker.signal("STOP");
            try {
                assertThatThrownBy(() -> hub.log
                                .read(new io.tidewire.log.Read(
                                        start.position(), io.tidewire.log.Read.Mode.ALL, Interest.ALL, 1, 1))
                                .toCompletableFuture()
                                .get(30, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(LogException.Unavailable.class);
            } finally {
                broker.signal("CONT");
            }
            Awaitility.await()
                    .atMost(60, TimeUnit.SECONDS)
                    .ignoreExceptionsMatching(e -> true)
                    .until(() -> hub.all().equals(List.of("1")));
        }
    }

    @Test
    void nobodyThereIsSaidAtOnce() {
        KafkaConfig nowhere = KafkaConfig.of("127.0.0.1:1").withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(1));

        assertThatThrownBy(() -> new TestHub(nowhere))
                .isInstanceOf(LogException.Unavailable.class)
                .hasMessageContaining("127.0.0.1:1");
    }

    @Test
    void topicThatIsDeletedIsSaid() throws Exception {
        try (TestHub hub = new TestHub(config(1));
                Admin admin = new Clients(config(1)).admin()) {
            hub.append("t", "1");
            admin.deleteTopics(List.of(topic)).all().get();

            Awaitility.await()
                    .atMost(30, TimeUnit.SECONDS)
                    .untilAsserted(() -> assertThatThrownBy(
                                    () -> append(hub, "2").toCompletableFuture().get(10, TimeUnit.SECONDS))
                            .hasCauseInstanceOf(LogException.Unavailable.class)
                            .hasMessageContaining("deleted"));
        }
    }

    @Test
    void whatKafkaDeletedIsAGap() throws Exception {
        try (TestHub hub = new TestHub(config(1).withBytes(4 << 20, 0));
                Admin admin = new Clients(config(1)).admin()) {
            String first = hub.append("t", "1");
            for (int i = 2; i <= 10; i++) {
                hub.append("t", Integer.toString(i));
            }
            Resolution start = hub.resolve(first);
            admin.deleteRecords(java.util.Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(5)))
                    .all()
                    .get();

            assertThat(TestHub.data(hub.readAll(start.position()))).containsExactly("6", "7", "8", "9", "10");
            assertThat(hub.resolve(first).gap()).isNotNull();
            try (TestHub later = new TestHub(config(1))) {
                assertThat(later.all()).containsExactly("6", "7", "8", "9", "10");
                assertThat(later.resolve(first).gap()).isNotNull();
            }
        }
    }
}
