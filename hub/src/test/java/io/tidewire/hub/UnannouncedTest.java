package io.tidewire.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Cursor;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Subscribers of other protocols: they see updates and comments, and no event of the hub's own. */
class UnannouncedTest {
    private static final Retention TEN = new Retention(10, 1 << 20, Duration.ofDays(1));

    private static TestHub.Client open(TestHub hub, Cursor cursor) {
        return hub.open(
                SubscriptionRequest.to("a").announce(false).cursor(cursor).build());
    }

    private static TestHub smallHub() {
        return new TestHub(
                HubConfig.defaults().withWindow(1024, Duration.ofMinutes(1)), TEN, ConnectionListener.NONE, 1);
    }

    private static Optional<String> lastEventId(TestHub hub) {
        return hub.hub.lastEventId().toCompletableFuture().join();
    }

    @Test
    void firstBytesAreACommentAndTheLastAnUpdate() {
        TestHub hub = TestHub.standard();
        TestHub.Client client = open(hub, new Cursor.Newest());
        assertThat(client.reader().keepAlives()).isEqualTo(1);
        hub.publish("a", "1");
        client.subscription().close(CloseReason.KICKED);
        assertThat(client.reader().names()).containsExactly("message");
        assertThat(client.reader().closed()).isEqualTo(CloseReason.KICKED);
    }

    @Test
    void unknownCursorStartsWithTheOldestAndSaysNothing() {
        TestHub hub = TestHub.standard();
        hub.publish("a", "1");
        TestHub.Client client = open(hub, new Cursor.After("unknown"));
        assertThat(client.verdict().kind()).isEqualTo(ResumeVerdict.Kind.GAP);
        assertThat(client.reader().names()).containsExactly("message");
    }

    @Test
    void oneWhoseHistoryIsCutIsCutOffBeforeTheGap() {
        TestHub hub = smallHub();
        TestHub.Client slow = open(hub, new Cursor.Newest());
        slow.reader().takeOnly(1);
        hub.publish("a", "first");
        for (int i = 0; i < 50; i++) {
            hub.publish("a", "n" + i);
        }
        slow.drain();
        assertThat(slow.reader().data()).containsExactly("first");
        assertThat(slow.reader().closed()).isEqualTo(CloseReason.SLOW);
        assertThat(hub.hub.connectionCount()).isZero();
        // It comes back with the id of what it has, and learns that this is gone.
        TestHub.Client again = open(hub, new Cursor.After(slow.reader().lastId()));
        assertThat(again.verdict().kind()).isEqualTo(ResumeVerdict.Kind.GAP);
        assertThat(again.reader().data()).hasSize(10).endsWith("n49");
    }

    @Test
    void lastEventIdIsTheNewestEventsOwn() {
        TestHub hub = TestHub.standard();
        assertThat(lastEventId(hub)).isEmpty();
        String made = hub.publish("a", "1");
        assertThat(lastEventId(hub)).hasValue(made);
        hub.publish(Update.to("a").id("urn:own").build());
        assertThat(lastEventId(hub)).hasValue("urn:own");
    }
}
