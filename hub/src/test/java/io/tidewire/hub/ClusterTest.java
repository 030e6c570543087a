package io.tidewire.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Audience;
import io.tidewire.log.LocalBus;
import io.tidewire.log.MessageBus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ClusterTest {
    private final LocalBus bus = LocalBus.create();
    private final TestHub first = new TestHub(bus, 1);
    private final TestHub second = new TestHub(bus.join(), 2);
    private final TestHub third = new TestHub(bus.join(), 3);

    @AfterEach
    void close() {
        List.of(first, second, third).forEach(TestHub::close);
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String open(TestHub hub, String user, String... selectors) {
        return hub.open(SubscriptionRequest.to(selectors)
                        .user(user)
                        .remote("10.0.0.1")
                        .build())
                .subscription()
                .info()
                .id();
    }

    private static Peers peers(TestHub hub) {
        return Objects.requireNonNull(hub.hub.cluster().peers());
    }

    private static List<String> ids(ConnectionPage page) {
        return page.connections().stream().map(ConnectionInfo::id).toList();
    }

    @Test
    void hubsKnowEachOtherAtOnce() {
        assertThat(List.of(first, second, third)).allMatch(hub -> peers(hub).count() == 2);
    }

    @Test
    void usersConnectionsAreFoundOnEveryHub() {
        String one = open(first, "ann", "a");
        String two = open(second, "ann", "b", "c/*");
        open(third, "bob", "a");

        ConnectionPage page = await(third.hub.cluster().ofUser("ann"));
        assertThat(ids(page)).containsExactlyInAnyOrder(one, two);
        assertThat(page.total()).isEqualTo(2);
        assertThat(page.scope()).isEqualTo(new Scope(3, 0));
        assertThat(await(third.hub.cluster().find(two)))
                .contains(second.hub.connection(two).orElseThrow());
        assertThat(await(third.hub.cluster().find("nobody"))).isEmpty();
    }

    @Test
    void pagesListEveryConnectionOnceInOrderWhateverTheirSize() {
        List<String> all = new ArrayList<>();
        List<TestHub> hubs = List.of(first, second, third);
        for (int i = 0; i < 50; i++) {
            all.add(open(hubs.get(i * i % 3), "u" + i, "t"));
        }
        for (int limit : new int[] {1, 2, 7, 17, 49, 50, 51, 1000}) {
            List<String> listed = new ArrayList<>();
            String after = "";
            while (after != null) {
                ConnectionPage page = await(second.hub.cluster().connections(after, limit));
                assertThat(page.connections()).hasSizeLessThanOrEqualTo(limit);
                assertThat(page.total()).isEqualTo(50);
                listed.addAll(ids(page));
                after = page.next();
            }
            assertThat(listed).containsExactlyInAnyOrderElementsOf(all).doesNotHaveDuplicates();
        }
    }

    @Test
    void pageThatDoesNotFitAMessageGoesOn() {
        String longTopic = "t".repeat(Audience.MAX_NAME_LENGTH - 10);
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            all.add(open(i % 2 == 0 ? first : second, "u", longTopic + i));
        }
        List<String> listed = new ArrayList<>();
        int pages = 0;
        String after = "";
        while (after != null) {
            ConnectionPage page = await(third.hub.cluster().connections(after, 1000));
            listed.addAll(ids(page));
            after = page.next();
            pages++;
        }
        assertThat(pages).isGreaterThan(1);
        assertThat(listed).containsExactlyInAnyOrderElementsOf(all).doesNotHaveDuplicates();
    }

    @Test
    void reachIsCountedOnAllHubs() {
        open(first, "ann", "a");
        open(second, "ann", "a");
        String bob = open(second, "bob", "a");

        assertThat(await(third.hub.cluster().reach(new Audience.User("ann")))).isEqualTo(new Reach(2, new Scope(3, 0)));
        assertThat(await(third.hub.cluster().reach(new Audience.Connection(bob)))
                        .connections())
                .isEqualTo(1);
        assertThat(await(third.hub.cluster().reach(new Audience.Connection("x")))
                        .connections())
                .isZero();
    }

    @Test
    void connectionsAreEndedOnWhicheverHubTheyAre() {
        String one = open(first, "ann", "a");
        open(second, "ann", "b");
        open(second, "bob", "b");
        open(third, "cid", "b");

        Cluster cluster = third.hub.cluster();
        assertThat(await(cluster.disconnect(Cluster.By.ID, one, CloseReason.KICKED))
                        .connections())
                .isEqualTo(1);
        assertThat(await(cluster.disconnect(Cluster.By.TOPIC, "b", CloseReason.KICKED))
                        .connections())
                .isEqualTo(3);
        List.of(first, second, third).forEach(hub -> hub.loop.run());
        assertThat(await(cluster.connections("", 10)).connections()).isEmpty();
        assertThat(first.hub.closed(CloseReason.KICKED)).isEqualTo(1);
        assertThat(second.hub.closed(CloseReason.KICKED)).isEqualTo(2);
        assertThat(await(cluster.disconnect(Cluster.By.USER, "ann", CloseReason.KICKED))
                        .connections())
                .isZero();
    }

    @Test
    void topicsAndTokenChangeOnWhicheverHubTheConnectionIs() {
        String id = open(first, "ann", "a");
        var change = third.hub
                .cluster()
                .changeTopics(id, List.of(TopicSelector.parse("b/*")), List.of(TopicSelector.parse("a")));
        first.loop.run();
        assertThat(await(change)).contains(List.of("b/*"));

        TokenLease lease = new TokenLease("token-1", Instant.ofEpochMilli(1_700_000_005_000L));
        var renewal = second.hub.cluster().renew(id, List.of(new TopicSelector.Exact("b/*")), lease);
        first.loop.run();
        assertThat(await(renewal)).contains(List.of("b/*"));
        assertThat(await(second.hub.cluster().disconnect(Cluster.By.TOKEN, "token-1", CloseReason.KICKED))
                        .connections())
                .isEqualTo(1);
        assertThat(await(third.hub.cluster().changeTopics("nobody", List.of(), List.of())))
                .isEmpty();
    }

    @Test
    void hubThatLeavesIsNotWaitedFor() {
        second.close();

        assertThat(peers(first).count()).isEqualTo(1);
        assertThat(await(first.hub.cluster().ofUser("ann")).scope()).isEqualTo(new Scope(2, 0));
    }

    @Test
    void hubThatIsSilentIsCounted() {
        bus.join().send(PeerMessage.hello(99, 5).bytes());

        Scope scope = await(first.hub.cluster().ofUser("ann")).scope();
        assertThat(scope).isEqualTo(new Scope(3, 1));
        assertThat(first.hub.cluster().connectionCount()).isEqualTo(5);
    }

    @Test
    void deadHubIsForgottenWhenItsLeaseIsOver() {
        bus.join().send(PeerMessage.hello(99, 5).bytes());
        first.loop.advance(Peers.LEASE.plusMillis(1).toMillis());

        assertThat(first.hub.cluster().connectionCount()).isZero();
    }

    @Test
    void rubbishOnTheBusHarmsNobody() {
        MessageBus rude = bus.join();
        rude.send(new byte[0]);
        rude.send(new byte[] {1, 2, 3});
        rude.send(new PeerMessage(PeerMessage.Type.ASK, 98, 0, 1, "page", new byte[] {1}).bytes());
        rude.send(new PeerMessage(PeerMessage.Type.ASK, 98, 0, 1, "unknown", new byte[0]).bytes());
        rude.send(new PeerMessage(PeerMessage.Type.ANSWER, 98, 7, 1, "", new byte[0]).bytes());

        String id = open(second, "ann", "a");
        assertThat(ids(await(first.hub.cluster().ofUser("ann")))).containsExactly(id);
    }

    @Test
    void withoutABusAHubIsAlone() {
        try (TestHub alone = TestHub.standard()) {
            String id = open(alone, "ann", "a");
            Cluster cluster = alone.hub.cluster();
            assertThat(ids(await(cluster.connections("", 10)))).containsExactly(id);
            assertThat(await(cluster.reach(new Audience.User("ann")))).isEqualTo(new Reach(1, Scope.ALONE));
            assertThat(await(cluster.find(id))).isPresent();
        }
    }
}
