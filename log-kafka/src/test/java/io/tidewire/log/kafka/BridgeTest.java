package io.tidewire.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.log.Append;
import io.tidewire.log.Cursor;
import io.tidewire.log.Interest;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Page;
import io.tidewire.log.Read;
import io.tidewire.log.Resolution;
import io.tidewire.log.Update;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An existing Kafka topic served as events. */
final class BridgeTest {
    private final String name = UUID.randomUUID().toString();
    private final String orders = "orders-" + name;
    private final KafkaConfig config =
            Broker.shared().config("bridged-" + name, 2).withBridges(List.of(new Bridge("orders", orders)));
    private final Producer<byte[], byte[]> producer = new Clients(config).producer();

    @BeforeEach
    void create() throws Exception {
        try (Admin admin = new Clients(config).admin()) {
            admin.createTopics(List.of(new NewTopic(orders, 2, (short) 1)))
                    .all()
                    .get();
        }
    }

    @AfterEach
    void close() {
        producer.close();
    }

    private void put(@Nullable String key, byte @Nullable [] value, @Nullable String event) throws Exception {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(orders, bytes(key), value);
        if (event != null) {
            record.headers().add("event", bytes(event));
        }
        producer.send(record).get();
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<LogEntry> awaitFollowed(TestHub hub, int count) {
        Awaitility.await().until(() -> hub.followed().size() >= count);
        return hub.followed();
    }

    @Test
    void recordBecomesAnEventOfTheTopicThatItsKeyNames() throws Exception {
        try (TestHub hub = new TestHub(config)) {
            put("4711", bytes("{\"total\":3}"), "paid");

            LogEntry entry = awaitFollowed(hub, 1).get(0);
            assertThat(entry.update())
                    .isEqualTo(Update.to("orders/4711")
                            .event("paid")
                            .data("{\"total\":3}")
                            .build());
        }
    }

    @Test
    void recordWithoutKeyIsAnEventOfThePrefix() throws Exception {
        try (TestHub hub = new TestHub(config)) {
            put(null, bytes("d"), null);

            assertThat(awaitFollowed(hub, 1).get(0).update())
                    .isEqualTo(Update.to("orders").data("d").build());
        }
    }

    @Test
    void recordWithoutValueIsADeletion() throws Exception {
        try (TestHub hub = new TestHub(config)) {
            put("1", null, null);

            assertThat(awaitFollowed(hub, 1).get(0).update())
                    .isEqualTo(Update.to("orders/1").event("deleted").build());
        }
    }

    @Test
    void keyThatIsNoTopicIsMadeOne() throws Exception {
        try (TestHub hub = new TestHub(config)) {
            put("a*b\nc", bytes("d"), "no\nevent");

            assertThat(awaitFollowed(hub, 1).get(0).update())
                    .isEqualTo(Update.to("orders/a_b_c").data("d").build());
        }
    }

    @Test
    void recordThatIsNoEventIsPassedOver() throws Exception {
        try (TestHub hub = new TestHub(config)) {
            put("1", new byte[] {(byte) 0xff, (byte) 0xfe}, null);
            put("x".repeat(2000), bytes("d"), null);
            put("1", bytes("good"), null);

            Awaitility.await().until(() -> hub.followed().size() == 1 && hub.store.skippedRecords() == 2);
            assertThat(TestHub.data(hub.followed())).containsExactly("good");
        }
    }

    @Test
    void whatWasThereBeforeIsHistory() throws Exception {
        for (int i = 0; i < 20; i++) {
            put("k" + i, bytes(Integer.toString(i)), null);
        }
        try (TestHub hub = new TestHub(config)) {
            assertThat(hub.all()).hasSize(20);
            Interest one = new Interest(Set.of("orders/k7"), false, null);
            Page page = TestHub.await(hub.log.read(
                    new Read(hub.resolve(new Cursor.Earliest()).position(), Read.Mode.ALL, one, 100, 1 << 20)));
            assertThat(TestHub.data(page.entries())).containsExactly("7");
        }
    }

    @Test
    void idsLeadOnOnAnotherHub() throws Exception {
        try (TestHub a = new TestHub(config);
                TestHub b = new TestHub(config)) {
            for (int i = 0; i < 10; i++) {
                put("k" + i, bytes("bridged" + i), null);
                a.append("own/" + i, "own" + i);
            }
            awaitFollowed(a, 20);
            awaitFollowed(b, 20);
            for (int seen = 0; seen < 20; seen++) {
                Resolution resolution = b.resolve(a.followed().get(seen).id());
                assertThat(resolution.gap()).isNull();
                assertThat(TestHub.data(b.readAll(resolution.position())))
                        .containsExactlyInAnyOrderElementsOf(
                                TestHub.data(a.followed().subList(seen + 1, 20)));
            }
        }
    }

    @Test
    void publishingThereIsRefused() {
        try (TestHub hub = new TestHub(config)) {
            for (String topic : List.of("orders", "orders/1", "orders/1/lines")) {
                assertThatThrownBy(() -> hub.log
                                .append(List.of(
                                        Append.of(Update.to("free", topic).build())))
                                .toCompletableFuture()
                                .get())
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(topic)
                        .hasMessageContaining(orders);
            }
            assertThat(hub.append("orders-of-others", "d")).startsWith("#");
        }
    }

    @Test
    void bridgeToNowhereIsRefused() {
        KafkaConfig nowhere = config.withBridges(List.of(new Bridge("x", "no-" + name)));

        assertThatThrownBy(() -> new TestHub(nowhere))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no-" + name);
    }
}
