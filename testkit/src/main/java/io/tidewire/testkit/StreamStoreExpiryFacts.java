package io.tidewire.testkit;

import static io.tidewire.testkit.StreamStoreUnderTest.TEXT;
import static io.tidewire.testkit.StreamStoreUnderTest.adding;
import static io.tidewire.testkit.StreamStoreUnderTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamSpec;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long a stream lives. Times are hundredths of the store's short life. */
abstract class StreamStoreExpiryFacts {
    private final StreamStoreUnderTest store;
    private final StreamSpec idle;

    StreamStoreExpiryFacts(StreamStoreUnderTest store) {
        this.store = store;
        idle = TEXT.expiringAfter(store.life);
    }

    @AfterEach
    void close() {
        store.close();
    }

    /** A third before, a third after: what a store's requests take must not matter. */
    private void assertLivesFor(String name, int percent) {
        store.pass(percent - 33);
        assertThat(store.exists(name)).as("before its end").isTrue();
        store.pass(66);
        assertThat(store.exists(name)).as("after its end").isFalse();
    }

    @Test
    void streamThatNobodyUsesIsGoneAfterItsTimeToLive() {
        store.create("s", idle, "a");
        assertLivesFor("s", 100);
    }

    @Test
    void readingProlongs() {
        store.create("s", idle, "a");
        store.pass(66);
        store.read("s", Offset.START, 1);
        assertLivesFor("s", 100);
    }

    @Test
    void readingWhereNothingIsProlongs() {
        store.create("s", idle, "a");
        store.pass(66);
        store.read("s", new Offset(1), 1);
        assertLivesFor("s", 100);
    }

    @Test
    void appendingProlongs() {
        store.create("s", idle);
        for (int i = 0; i < 3; i++) {
            store.pass(66);
            store.append("s", "a");
        }
        assertLivesFor("s", 100);
        assertThat(store.append("s", adding("b"))).isEqualTo(AppendOutcome.noStream());
    }

    @Test
    void closingProlongsAndAClosedStreamExpires() {
        store.create("s", idle);
        store.pass(66);
        store.append("s", StreamAppend.CLOSE);
        assertLivesFor("s", 100);
    }

    @Test
    void repeatedClosingProlongs() {
        store.create("s", TEXT.expiringAfter(store.life), "a");
        store.append("s", StreamAppend.CLOSE);
        store.pass(66);
        assertThat(store.append("s", StreamAppend.CLOSE).kind()).isEqualTo(AppendOutcome.Kind.DUPLICATE);
        assertLivesFor("s", 100);
    }

    @Test
    void lookingAtItDoesNotProlong() {
        store.create("s", idle, "a");
        store.pass(66);
        store.info("s");
        store.list("", "", 10);
        store.create("s", idle, StreamAppend.NOTHING);
        store.pass(66);

        assertThat(store.exists("s")).isFalse();
    }

    @Test
    void lastUseIsTold() {
        store.create("s", idle, "a");
        store.pass(66);
        store.read("s", Offset.START, 1);

        Duration unused =
                Duration.between(store.info("s").created(), store.info("s").lastUse());
        assertThat(unused).isGreaterThan(store.life.dividedBy(2));
    }

    @Test
    void endIsFinal() {
        store.create("s", TEXT.expiringAt(store.clock.instant().plus(store.life)), "a");
        store.pass(66);
        store.read("s", Offset.START, 1);
        store.append("s", "b");
        assertThat(store.texts("s")).containsExactly("a", "b");
        store.pass(67);

        assertThat(store.exists("s")).isFalse();
    }

    @Test
    void whatComesFirstCounts() {
        store.create("idle first", idle.expiringAt(store.clock.instant().plus(store.life.multipliedBy(5))), "a");
        store.create(
                "end first",
                TEXT.expiringAfter(store.life.multipliedBy(5))
                        .expiringAt(store.clock.instant().plus(store.life)),
                "a");
        store.create("neither", TEXT.expiringAfter(store.life.multipliedBy(5)), "a");
        store.pass(133);

        assertThat(store.list("", "", 10)).containsExactly("neither");
    }

    @Test
    void streamWithoutATimeDoesNotExpire() {
        store.create("s", "a");
        store.pass(400);

        assertThat(store.texts("s")).containsExactly("a");
    }

    @Test
    void longestTimesAreKept() {
        StreamSpec spec = TEXT.expiringAfter(StreamSpec.MAX_TIME_TO_LIVE)
                .expiringAt(Instant.parse("9999-12-31T23:59:59.999999999Z"));
        store.create("s", spec, "a");
        store.pass(200);

        assertThat(store.info("s").spec()).isEqualTo(spec);
        assertThat(store.texts("s")).containsExactly("a");
    }

    @Test
    void streamWhoseEndHasPassedIsNeverSeen() {
        StreamSpec past = TEXT.expiringAt(store.clock.instant().minusSeconds(60));
        assertThat(store.create("past", past, adding("a")).created()).isTrue();
        assertThat(store.create("none", TEXT.expiringAfter(Duration.ZERO), adding("a"))
                        .created())
                .isTrue();

        assertThat(store.exists("past")).isFalse();
        assertThat(store.exists("none")).isFalse();
    }

    @Test
    void expiredStreamIsAsOneThatWasDeleted() {
        store.create("s", idle, "a");
        store.create("other", TEXT, "b");
        store.pass(133);

        assertThat(await(store.store().read("s", Offset.START, 1))).isEmpty();
        assertThat(store.append("s", adding("b"))).isEqualTo(AppendOutcome.noStream());
        assertThat(store.delete("s")).isFalse();
        assertThat(store.list("", "", 10)).containsExactly("other");
        assertThat(store.texts("other")).containsExactly("b");
    }
}
