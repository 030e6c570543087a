package io.tidewire.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.log.MessageBus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The bus between hubs. */
final class KafkaBusTest {
    private final KafkaConfig config = Broker.shared().config("b-" + UUID.randomUUID(), 1);
    private final List<MessageBus> open = new ArrayList<>();

    private MessageBus bus() {
        MessageBus bus = KafkaBus.connect(config);
        open.add(bus);
        return bus;
    }

    private static ConcurrentLinkedQueue<String> heardOn(MessageBus bus) {
        ConcurrentLinkedQueue<String> heard = new ConcurrentLinkedQueue<>();
        bus.listen(message -> heard.add(new String(message, StandardCharsets.UTF_8)));
        return heard;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @AfterEach
    void close() {
        open.forEach(MessageBus::close);
    }

    @Test
    void everyHubHearsEverythingInTheSendersOrder() {
        MessageBus a = bus();
        MessageBus b = bus();
        ConcurrentLinkedQueue<String> heardByA = heardOn(a);
        ConcurrentLinkedQueue<String> heardByB = heardOn(b);
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            sent.add(Integer.toString(i));
            a.send(bytes(sent.get(i)));
        }

        Awaitility.await().untilAsserted(() -> assertThat(heardByA).containsExactlyElementsOf(sent));
        Awaitility.await().untilAsserted(() -> assertThat(heardByB).containsExactlyElementsOf(sent));
    }

    @Test
    void whatWasSaidBeforeIsNotHeard() {
        MessageBus a = bus();
        ConcurrentLinkedQueue<String> heardByA = heardOn(a);
        a.send(bytes("before"));
        Awaitility.await().until(() -> heardByA.size() == 1);
        ConcurrentLinkedQueue<String> heardByB = heardOn(bus());
        a.send(bytes("after"));

        Awaitility.await().until(() -> !heardByB.isEmpty());
        assertThat(heardByB).containsExactly("after");
    }

    @Test
    void largestMessageComesThroughAndALargerOneIsRefused() {
        MessageBus a = bus();
        ConcurrentLinkedQueue<String> heard = heardOn(a);
        a.send(bytes("x".repeat(MessageBus.MAX_BYTES)));

        Awaitility.await().until(() -> heard.size() == 1);
        assertThat(heard.element()).hasSize(MessageBus.MAX_BYTES);
        assertThatThrownBy(() -> a.send(new byte[MessageBus.MAX_BYTES + 1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void closedBusIsSilent() {
        MessageBus a = bus();
        MessageBus b = bus();
        ConcurrentLinkedQueue<String> heardByA = heardOn(a);
        ConcurrentLinkedQueue<String> heardByB = heardOn(b);
        b.close();
        b.send(bytes("dropped"));
        a.send(bytes("heard"));

        Awaitility.await().until(() -> !heardByA.isEmpty());
        assertThat(heardByA).containsExactly("heard");
        assertThat(heardByB).isEmpty();
    }
}
