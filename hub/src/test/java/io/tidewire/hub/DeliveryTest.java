package io.tidewire.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.log.Audience;
import io.tidewire.log.Cursor;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DeliveryTest {
    private final TestHub hub = TestHub.standard();

    @Nested
    class Live {
        @Test
        void subscriberGetsWhatMatchesAndNothingElse() {
            TestHub.Client client = hub.open("a", "b/*");
            hub.publish("a", "1");
            hub.publish("c", "2");
            hub.publish("b/x", "3");
            hub.publish("b/x/y", "4");
            assertThat(client.reader().data()).containsExactly("1", "3");
        }

        @Test
        void updateToSeveralMatchingTopicsComesOnce() {
            TestHub.Client client = hub.open("a", "b", "*");
            hub.publish(Update.to("a", "b").data("1").build());
            assertThat(client.reader().data()).containsExactly("1");
        }

        @Test
        void eventsPublishedTogetherGoInOneWritePerSubscriber() {
            hub.open("a");
            hub.open("a");
            long before = hub.hub.count(HubCounter.WRITES);
            for (int i = 0; i < 10; i++) {
                hub.publishOnly(Update.to("a").data("x").build());
            }
            hub.loop.run();
            assertThat(hub.hub.count(HubCounter.WRITES) - before).isEqualTo(2);
            assertThat(hub.hub.count(HubCounter.DELIVERED)).isEqualTo(20);
        }

        @Test
        void newSubscriberGetsNothingOfThePast() {
            hub.publishOnly(Update.to("a").data("old").build());
            TestHub.Client client = hub.open("a");
            hub.loop.run();
            assertThat(client.reader().data()).isEmpty();
            assertThat(client.verdict().kind()).isEqualTo(ResumeVerdict.Kind.NEW);
        }

        @Test
        void privateUpdateReachesOnlyWhoHasTheGrantLiveAndInReplay() {
            SubscriptionRequest.Builder request = SubscriptionRequest.to("a").cursor(new Cursor.Earliest());
            List<TopicSelector> grants = List.of(TopicSelector.parse("a"));
            hub.publish(Update.to("a").data("1").isPrivate(true).build());
            TestHub.Client without = hub.open(request.build());
            TestHub.Client with = hub.open(request.grants(grants).build());
            hub.publish(Update.to("a").data("2").isPrivate(true).build());
            assertThat(without.reader().data()).isEmpty();
            assertThat(with.reader().data()).containsExactly("1", "2");
        }

        @Test
        void payloadBeyondTheLimitIsRefusedAndNothingIsPublished() {
            TestHub small = TestHub.with(HubConfig.defaults().withSizes(1024, 10));
            TestHub.Client client = small.open("a");
            assertThatThrownBy(() -> small.publish("a", "ü".repeat(6)))
                    .isInstanceOf(EventTooLargeException.class)
                    .hasMessage("data: 12 bytes (expected: at most 10, the hub's max-event-bytes)");
            small.publish("a", "ü".repeat(5));
            assertThat(client.reader().data()).containsExactly("ü".repeat(5));
        }
    }

    @Nested
    class Addressed {
        private final TestHub.Client ann =
                hub.open(SubscriptionRequest.to("a").user("ann").build());
        private final TestHub.Client annToo =
                hub.open(SubscriptionRequest.to().user("ann").build());
        private final TestHub.Client bob =
                hub.open(SubscriptionRequest.to("a").user("bob").build());

        @Test
        void broadcastReachesEveryoneWhateverTheySubscribedTo() {
            hub.publishTo(new Audience.Everyone(), "all");
            assertThat(List.of(ann, annToo, bob))
                    .allSatisfy(c -> assertThat(c.reader().data()).containsExactly("all"));
            assertThat(hub.hub.reach(new Audience.Everyone())).isEqualTo(3);
        }

        @Test
        void userEventReachesEveryConnectionOfThatUserInOrderWithTheOthers() {
            hub.publishOnly(Update.to("a").data("1").build());
            hub.publishOnly(Update.to(new Audience.User("ann")).data("2").build());
            hub.publishOnly(Update.to("a").data("3").build());
            hub.loop.run();
            assertThat(ann.reader().data()).containsExactly("1", "2", "3");
            assertThat(annToo.reader().data()).containsExactly("2");
            assertThat(bob.reader().data()).containsExactly("1", "3");
            assertThat(hub.hub.reach(new Audience.User("ann"))).isEqualTo(2);
        }

        @Test
        void connectionEventReachesThatConnectionAlone() {
            String id = ann.subscription().id();
            hub.publishTo(new Audience.Connection(id), "you");
            assertThat(ann.reader().data()).containsExactly("you");
            assertThat(annToo.reader().data()).isEmpty();
            assertThat(hub.hub.reach(new Audience.Connection(id))).isEqualTo(1);
            assertThat(hub.hub.reach(new Audience.Connection("nobody"))).isZero();
        }

        @Test
        void listingTellsWhoIsThere() {
            assertThat(hub.hub.connections("ann")).hasSize(2);
            assertThat(hub.hub.connections()).hasSize(3);
            assertThat(hub.hub.connection(bob.subscription().id()).orElseThrow().selectors())
                    .containsExactly("a");
            ann.subscription().gone();
            assertThat(hub.hub.connections("ann")).hasSize(1);
            assertThat(hub.hub.connectionCount()).isEqualTo(2);
        }
    }

    @Nested
    class Frames {
        @Test
        void envelopeNamesTopicAndEvent() {
            TestHub.Client client = hub.open(
                    SubscriptionRequest.to("*").frame(FrameStyle.ENVELOPE).build());
            hub.publish(Update.to("a").event("e").data("say \"hi\"\n").build());
            assertThat(client.reader().data())
                    .containsExactly("{\"topic\":\"a\",\"event\":\"e\",\"data\":\"say \\\"hi\\\"\\n\"}");
        }

        @Test
        void topicCanBeTheEventsName() {
            TestHub.Client client = hub.open(
                    SubscriptionRequest.to("*").frame(FrameStyle.TOPIC_AS_EVENT).build());
            hub.publish(Update.to("a").event("e").data("1").build());
            assertThat(client.reader().names()).containsExactly("connected", "a");
        }
    }

    @Nested
    class Resume {
        @Test
        void reconnectGetsWhatItMissedThenLiveWithNoGapAndNoDuplicate() {
            String id = hub.publish("a", "1");
            hub.publish("a", "2");
            TestHub.Client client = hub.resume(String.valueOf(id), "a");
            hub.publish("a", "3");
            assertThat(client.reader().data()).containsExactly("2", "3");
            assertThat(client.verdict().kind()).isEqualTo(ResumeVerdict.Kind.FULL);
        }

        @Test
        void firstEventsIdResumesThoughNothingElseCame() {
            TestHub.Client first = hub.open("a");
            first.subscription().gone();
            hub.publish("a", "1");
            TestHub.Client second = hub.resume(first.reader().lastId(), "a");
            assertThat(second.reader().data()).containsExactly("1");
        }

        @Test
        void publishersOwnIdIsSentAndResumesToo() {
            hub.publish(Update.to("a").id("mine-1").data("1").build());
            hub.publish("a", "2");
            TestHub.Client client = hub.resume("mine-1", "a");
            assertThat(client.reader().data()).containsExactly("2");
        }

        @Test
        void idThatNobodyIssuedIsAGapAndGoesOnFromTheOldest() {
            hub.publish("a", "1");
            TestHub.Client client = hub.resume("nonsense", "a");
            assertThat(client.reader().names()).containsExactly("connected", "gap", "message");
            assertThat(client.reader().events().get(1).data()).contains("\"from\":\"nonsense\"", "\"missed\":null");
        }

        @Test
        void cutHistoryIsAGapWithItsCount() {
            TestHub small = new TestHub(
                    HubConfig.defaults(), new Retention(2, 1 << 20, Duration.ofDays(1)), ConnectionListener.NONE, 1);
            String id = small.publish("a", "1");
            for (int i = 2; i <= 6; i++) {
                small.publish("a", String.valueOf(i));
            }
            TestHub.Client client = small.resume(String.valueOf(id), "a");
            assertThat(client.reader().events().get(1).data()).contains("\"missed\":3");
            assertThat(client.reader().data()).containsExactly("5", "6");
        }

        @Test
        void earliestAsksForAllThereIs() {
            hub.publish("a", "1");
            hub.publish("a", "2");
            TestHub.Client client = hub.open(
                    SubscriptionRequest.to("a").cursor(new Cursor.Earliest()).build());
            assertThat(client.reader().data()).containsExactly("1", "2");
        }

        @Test
        void latestGivesTheCurrentValuesThenLiveOnes() {
            hub.publish("t/1", "old");
            hub.publish("t/2", "b");
            hub.publish("t/1", "a");
            TestHub.Client client =
                    hub.open(SubscriptionRequest.to("t/*").latest(true).build());
            hub.publish("t/2", "c");
            assertThat(client.reader().data()).containsExactly("b", "a", "c");
        }

        @Test
        void windowTooSmallForHistoryIsServedFromTheLog() {
            TestHub small = TestHub.with(
                    HubConfig.defaults().withWindow(1024, Duration.ofMinutes(1)).withSizes(1024, 1 << 20));
            TestHub.Client first = small.open("a");
            for (int i = 0; i < 500; i++) {
                small.publish("a", "event number " + i);
            }
            TestHub.Client late = small.open(
                    SubscriptionRequest.to("a").cursor(new Cursor.Earliest()).build());
            small.loop.run();
            assertThat(late.reader().data()).isEqualTo(first.reader().data()).hasSize(500);
            assertThat(small.hub.count(HubCounter.LOG_PAGES)).isPositive();
        }
    }
}
