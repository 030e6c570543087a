package io.tidewire.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Cursor;
import io.tidewire.log.Update;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is done to a connection while it is open. */
class ControlTest {
    private static final Instant START = Instant.ofEpochMilli(1_700_000_000_000L);

    private final TestHub hub = TestHub.standard();

    private static List<TopicSelector> selectors(String... texts) {
        return java.util.Arrays.stream(texts).map(TopicSelector::parse).toList();
    }

    private static TokenLease lease(String id, @Nullable Duration lifetime) {
        return new TokenLease(id, lifetime == null ? null : START.plus(lifetime));
    }

    private Optional<List<String>> done(CompletionStage<Optional<List<String>>> change) {
        hub.loop.run();
        return change.toCompletableFuture().join();
    }

    private Optional<List<String>> change(TestHub.Client client, List<TopicSelector> add, List<TopicSelector> remove) {
        return done(hub.hub.changeTopics(client.subscription().id(), add, remove));
    }

    @Test
    void addedTopicIsSeenFromThenOnAndARemovedOneNoMore() {
        TestHub.Client client = hub.open("a", "b");
        hub.publish("a", "1");
        hub.publish("c/x", "before");
        assertThat(change(client, selectors("c/*"), selectors("a"))).contains(List.of("b", "c/*"));
        hub.publish("a", "2");
        hub.publish("b", "3");
        hub.publish("c/x", "4");
        assertThat(client.reader().data()).containsExactly("1", "3", "4");
    }

    @Test
    void changeOfOneConnectionLeavesThoseWhoSharedItsLane() {
        TestHub.Client changed = hub.open("a");
        TestHub.Client other = hub.open("a");
        change(changed, selectors("b"), selectors("a"));
        hub.publish("a", "1");
        hub.publish("b", "2");
        assertThat(changed.reader().data()).containsExactly("2");
        assertThat(other.reader().data()).containsExactly("1");
    }

    @Test
    void stalledConnectionCanBeChangedAndGoesOnWithItsNewTopics() {
        Reader reader = new Reader();
        TestHub.Client client = hub.open(SubscriptionRequest.to("a").build(), reader);
        reader.takeOnly(1);
        hub.publish("a", "1");
        hub.publish("a", "2");
        change(client, selectors("b"), selectors("a"));
        hub.publish("a", "3");
        hub.publish("b", "4");
        client.drain();
        hub.loop.run();
        assertThat(client.reader().data())
                .contains("1", "4")
                .doesNotContain("3")
                .doesNotHaveDuplicates();
    }

    @Test
    void unknownConnectionIsToldAsMuch() {
        assertThat(done(hub.hub.changeTopics("nobody", selectors("a"), List.of())))
                .isEmpty();
        TestHub.Client client = hub.open("a");
        String id = client.subscription().id();
        client.subscription().gone();
        assertThat(done(hub.hub.changeTopics(id, selectors("b"), List.of()))).isEmpty();
    }

    @Test
    void connectionEndsNoLaterThanItsToken() {
        TestHub.Client client = hub.open(SubscriptionRequest.to("a")
                .lease(lease("t", Duration.ofSeconds(90)))
                .build());
        hub.loop.advance(88_000);
        assertThat(client.reader().closed()).isNull();
        hub.loop.advance(2_000);
        assertThat(client.reader().closed()).isEqualTo(CloseReason.TOKEN_EXPIRED);
    }

    @Test
    void tokenThatHasExpiredEndsItsConnectionAtTheNextTick() {
        TestHub.Client client = hub.open(SubscriptionRequest.to("a")
                .lease(lease("t", Duration.ofSeconds(-1)))
                .build());
        hub.loop.advance(3_000);
        assertThat(client.reader().closed()).isEqualTo(CloseReason.TOKEN_EXPIRED);
    }

    @Test
    void newTokenBringsItsOwnExpiryAndGrants() {
        TestHub.Client client = hub.open(SubscriptionRequest.to("a")
                .lease(lease("t", Duration.ofMinutes(1)))
                .build());
        hub.publish(Update.to("a").data("1").isPrivate(true).build());
        done(hub.hub.renew(client.subscription().id(), selectors("a"), lease("t2", Duration.ofMinutes(5))));
        hub.publish(Update.to("a").data("2").isPrivate(true).build());
        hub.loop.advance(200_000);
        assertThat(client.reader().closed()).isNull();
        assertThat(client.reader().data()).containsExactly("2");
        hub.loop.advance(101_000);
        assertThat(client.reader().closed()).isEqualTo(CloseReason.TOKEN_EXPIRED);
    }

    @Test
    void connectionsOfATokenAUserOrATopicAreEndedTogether() {
        TestHub.Client first =
                hub.open(SubscriptionRequest.to("a").lease(lease("t", null)).build());
        TestHub.Client second =
                hub.open(SubscriptionRequest.to("b").lease(lease("t", null)).build());
        TestHub.Client ann = hub.open(SubscriptionRequest.to("a").user("ann").build());
        TestHub.Client pattern = hub.open("c/*");
        assertThat(hub.hub.disconnectToken("t", CloseReason.KICKED)).isEqualTo(2);
        assertThat(hub.hub.disconnectUser("ann", CloseReason.KICKED)).isEqualTo(1);
        assertThat(hub.hub.disconnectTopic("c/*", CloseReason.KICKED)).isEqualTo(1);
        assertThat(hub.hub.disconnectTopic("c/*x", CloseReason.KICKED)).isZero();
        hub.loop.run();
        for (TestHub.Client client : List.of(first, second, ann, pattern)) {
            assertThat(client.reader().closed()).isEqualTo(CloseReason.KICKED);
        }
    }

    @Test
    void pagesOfConnectionsAreInOrderAndMeetNobodyTwice() {
        for (int i = 0; i < 7; i++) {
            hub.open("a");
        }
        List<ConnectionInfo> first = hub.hub.connections("", 4);
        List<ConnectionInfo> second = hub.hub.connections(first.get(3).id(), 4);
        assertThat(first).hasSize(4);
        assertThat(second).hasSize(3).doesNotContainAnyElementsOf(first);
    }

    @Test
    void replayGoesByWhatIsAskedForNow() {
        hub.publishOnly(Update.to("a").data("1").build());
        hub.publishOnly(Update.to("b").data("2").build());
        TestHub.Client client = hub.open(
                SubscriptionRequest.to("a").cursor(new Cursor.Earliest()).build());
        change(client, selectors("b"), List.of());
        hub.publish("b", "3");
        assertThat(client.reader().data()).containsExactly("1", "3");
    }
}
