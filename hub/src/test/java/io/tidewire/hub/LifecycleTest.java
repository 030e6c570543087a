package io.tidewire.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class LifecycleTest {
    private final List<String> told = new ArrayList<>();
    private final ConnectionListener listener = new ConnectionListener() {
        @Override
        public void connected(ConnectionInfo connection) {
            told.add("+" + connection.user());
        }

        @Override
        public void disconnected(ConnectionInfo connection, CloseReason reason) {
            told.add("-" + connection.user() + " " + reason.label());
        }
    };

    private TestHub hub(HubConfig config) {
        return new TestHub(config, Retention.defaults(), listener, 7);
    }

    private static TestHub.Client ann(TestHub hub) {
        return hub.open(SubscriptionRequest.to("a").user("ann").build());
    }

    @Test
    void exactlyOneReasonIsToldForEachConnection() {
        TestHub hub = hub(HubConfig.defaults());
        TestHub.Client client = ann(hub);
        client.subscription().close(CloseReason.KICKED);
        client.subscription().gone();
        client.subscription().close(CloseReason.SHUTDOWN);
        assertThat(told).containsExactly("+ann", "-ann kicked");
        assertThat(client.reader().names()).containsExactly("connected", "closing");
        assertThat(client.reader().events().get(1).data()).contains("\"reason\":\"kicked\"");
        assertThat(client.reader().closed()).isEqualTo(CloseReason.KICKED);
    }

    @Test
    void clientThatHangsUpDuringAWriteIsGoneAndHarmsNobody() {
        TestHub hub = hub(HubConfig.defaults());
        TestHub.Client leaves = ann(hub);
        TestHub.Client stays = hub.open("a");
        leaves.reader().hangUp();
        hub.publish("a", "1");
        assertThat(told).contains("-ann client-gone");
        assertThat(stays.reader().data()).containsExactly("1");
    }

    @Test
    void listenerThatThrowsHarmsNobody() {
        TestHub hub = new TestHub(
                HubConfig.defaults(),
                Retention.defaults(),
                new ConnectionListener() {
                    @Override
                    public void connected(ConnectionInfo connection) {
                        throw new IllegalStateException("a listener that fails, on purpose");
                    }
                },
                1);
        TestHub.Client client = hub.open("a");
        hub.publish("a", "1");
        assertThat(client.reader().data()).containsExactly("1");
    }

    @Test
    void silentConnectionGetsAKeepAliveAndABusyOneNone() {
        TestHub hub = hub(HubConfig.defaults().withKeepAlive(Duration.ofSeconds(10)));
        TestHub.Client silent = hub.open("a");
        TestHub.Client busy = hub.open("b");
        for (int second = 0; second < 35; second++) {
            hub.publish("b", "x");
            hub.loop.advance(1000);
        }
        assertThat(silent.reader().keepAlives()).isEqualTo(3);
        assertThat(busy.reader().keepAlives()).isZero();
    }

    @Test
    void keepAliveCanBeAnEventThatMovesTheCursor() {
        TestHub hub = hub(HubConfig.defaults().withKeepAlive(Duration.ofSeconds(10)));
        TestHub.Client client =
                hub.open(SubscriptionRequest.to("a").heartbeatEvents(true).build());
        String id = hub.publish("other", "x");
        hub.loop.advance(11_000);
        assertThat(client.reader().names()).containsExactly("connected", "heartbeat");
        assertThat(client.reader().lastId()).isEqualTo(id);
    }

    @Test
    void connectionIsClosedAtItsMaximumAge() {
        TestHub hub = hub(HubConfig.defaults().withMaxAge(Duration.ofMinutes(5)));
        TestHub.Client client = ann(hub);
        hub.loop.advance(4 * 60_000);
        assertThat(client.reader().closed()).isNull();
        hub.loop.advance(61_000);
        assertThat(client.reader().closed()).isEqualTo(CloseReason.MAX_AGE);
    }

    @Test
    void drainClosesEveryoneWithinTheTimeAndAdmitsNobody() {
        TestHub hub = hub(HubConfig.defaults());
        List<TestHub.Client> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(hub.open("a"));
        }
        CompletionStage<Void> done = hub.hub.drain(Duration.ofSeconds(10));
        assertThat(hub.hub.admit()).isPresent();
        hub.loop.advance(5_000);
        assertThat(hub.hub.connectionCount()).isBetween(1, 19);
        assertThat(done.toCompletableFuture()).isNotDone();
        hub.loop.advance(5_001);
        assertThat(done.toCompletableFuture()).isDone();
        assertThat(clients).allMatch(c -> c.reader().closed() == CloseReason.SHUTDOWN);
    }

    @Test
    void tooManyAtOnceAreToldToComeLaterEachAtATimeOfItsOwn() {
        TestHub hub = hub(HubConfig.defaults().withReconnectsPerSecond(10));
        List<Long> later = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            hub.hub.admit().ifPresent(later::add);
        }
        assertThat(later).hasSize(20);
        assertThat(later.get(19)).isGreaterThan(2500);
        hub.loop.advance(1000);
        assertThat(hub.hub.admit()).isEmpty();
        assertThat(hub.hub.count(HubCounter.DEFERRED)).isEqualTo(20);
    }

    @Test
    void reconnectionTimeIsJitteredAndStretchedInARush() {
        TestHub hub = hub(HubConfig.defaults().withRetry(Duration.ofSeconds(2)));
        assertThat(hub.hub.retryMillis()).isBetween(1600L, 2400L);
        for (int i = 0; i < 5000; i++) {
            hub.hub.admit();
        }
        assertThat(hub.hub.retryMillis()).isBetween(8000L, 12_000L);
    }
}
