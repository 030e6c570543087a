package io.tidewire.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SlowReaderTest {

    private static TestHub.Client stalled(TestHub hub, String policy) {
        TestHub.Client client = hub.open(
                SubscriptionRequest.to("a").slow(SlowPolicy.parse(policy)).build());
        client.reader().takeOnly(1);
        hub.publish("a", "first"); // after it, the outlet is full
        return client;
    }

    @Test
    void parkedOneCatchesUpWithoutLossAndOthersDoNotWait() {
        TestHub hub = TestHub.standard();
        TestHub.Client slow = stalled(hub, "park");
        TestHub.Client other = hub.open("a");
        for (int i = 0; i < 100; i++) {
            hub.publish("a", "n" + i);
        }
        assertThat(other.reader().data()).hasSize(100);
        assertThat(slow.reader().data()).containsExactly("first");
        assertThat(hub.hub.catchingUp()).isEqualTo(1);
        slow.drain();
        assertThat(slow.reader().data()).hasSize(101).endsWith("n98", "n99");
        assertThat(hub.hub.catchingUp()).isZero();
        hub.publish("a", "live");
        assertThat(slow.reader().data()).endsWith("n99", "live");
    }

    @Test
    void parkedOneIsToldWhenHistoryWasCutAndGoesOn() {
        TestHub hub = new TestHub(
                HubConfig.defaults().withWindow(1024, Duration.ofMinutes(1)),
                new Retention(10, 1 << 20, Duration.ofDays(1)),
                ConnectionListener.NONE,
                1);
        TestHub.Client slow = stalled(hub, "park");
        for (int i = 0; i < 50; i++) {
            hub.publish("a", "n" + i);
        }
        slow.drain();
        assertThat(slow.reader().names().subList(0, 3)).containsExactly("connected", "message", "gap");
        assertThat(slow.reader().events().get(2).data()).contains("\"missed\":40");
        assertThat(slow.reader().data()).hasSize(11).startsWith("first", "n40").endsWith("n49");
    }

    @Test
    void conflatingOneGetsOnlyTheNewestOfEachKey() {
        TestHub hub = TestHub.standard();
        TestHub.Client slow = stalled(hub, "conflate");
        for (int i = 0; i < 10; i++) {
            hub.publish(Update.to("a").key("x").data("x" + i).build());
            hub.publish(Update.to("a").key("y").data("y" + i).build());
        }
        slow.drain();
        assertThat(slow.reader().data()).containsExactly("first", "x9", "y9");
        hub.publish(Update.to("a").key("x").data("live").build());
        assertThat(slow.reader().data()).endsWith("y9", "live");
    }

    @Test
    void samplingOneGetsAtMostSoManyPerSecondTheNewestEachTime() {
        TestHub hub = TestHub.standard();
        TestHub.Client client = hub.open(
                SubscriptionRequest.to("a").slow(SlowPolicy.parse("sample:2")).build());
        for (int i = 0; i < 100; i++) {
            hub.publish("a", "n" + i);
            hub.loop.advance(20);
        }
        hub.loop.advance(1000);
        assertThat(client.reader().data()).hasSizeBetween(4, 5).endsWith("n99");
    }

    @Test
    void disconnectingOneIsClosedAfterTheGraceUnlessItDrains() {
        TestHub hub = TestHub.with(HubConfig.defaults().withSlowGrace(Duration.ofSeconds(5)));
        TestHub.Client drains = stalled(hub, "disconnect");
        TestHub.Client stays = stalled(hub, "disconnect");
        hub.loop.advance(4_000);
        drains.drain();
        hub.loop.advance(2_000);
        assertThat(stays.reader().closed()).isEqualTo(CloseReason.SLOW);
        assertThat(drains.reader().closed()).isNull();
        assertThat(hub.hub.closed(CloseReason.SLOW)).isEqualTo(1);
    }

    @Test
    void goneWhileParkedFreesEverything() {
        TestHub hub = TestHub.standard();
        TestHub.Client slow = stalled(hub, "park");
        slow.subscription().gone();
        slow.subscription().drained();
        hub.publish("a", "x");
        assertThat(hub.hub.connectionCount()).isZero();
        assertThat(slow.reader().data()).containsExactly("first");
    }
}
