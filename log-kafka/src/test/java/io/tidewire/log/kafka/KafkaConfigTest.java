package io.tidewire.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Settings, and what is no setting. */
final class KafkaConfigTest {
    private static final KafkaConfig CONFIG = KafkaConfig.of("kafka:9092");

    @Test
    void secretsAreNotPrinted() {
        KafkaConfig config = CONFIG.withClientProperties(Map.of("sasl.jaas.config", "top secret"));

        assertThat(config.toString()).contains("sasl.jaas.config").doesNotContain("secret");
    }

    @Test
    void whatThePromisesHangOnCannotBeSet() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CONFIG.withClientProperties(Map.of("acks", "1")))
                .withMessageContaining("acks");
    }

    @Test
    void everySettingIsChecked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaConfig.of(" "))
                .withMessageContaining("kafka.servers");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CONFIG.withTopic("a b"))
                .withMessageContaining("a b");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CONFIG.withNewTopic(0, 1))
                .withMessageContaining("0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CONFIG.withNewTopic(1, 0))
                .withMessageContaining("0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CONFIG.withBytes(1, 0))
                .withMessageContaining("1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CONFIG.withBytes(1 << 20, -1))
                .withMessageContaining("-1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CONFIG.withTimeouts(Duration.ZERO, Duration.ofSeconds(1)))
                .withMessageContaining("kafka.connect-timeout");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CONFIG.withTimeouts(Duration.ofSeconds(1), Duration.ofDays(1)))
                .withMessageContaining("kafka.delivery-timeout");
    }

    @Test
    void bridgesMustBeApart() {
        Bridge orders = new Bridge("orders", "a");
        for (Bridge other : List.of(
                new Bridge("orders", "b"),
                new Bridge("orders/new", "b"),
                new Bridge("x", "a"),
                new Bridge("x", CONFIG.topic()),
                new Bridge("x", CONFIG.topic() + "-hubs"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CONFIG.withBridges(List.of(orders, other)))
                    .withMessageContaining("kafka.bridge");
        }
        assertThat(CONFIG.withBridges(List.of(orders, new Bridge("orders-old", "b")))
                        .bridges())
                .hasSize(2);
        assertThatIllegalArgumentException().isThrownBy(() -> new Bridge("orders/", "a"));
        assertThatIllegalArgumentException().isThrownBy(() -> new Bridge("or*ders", "a"));
        assertThatIllegalArgumentException().isThrownBy(() -> new Bridge("orders", "a/b"));
    }
}
