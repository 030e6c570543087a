package io.tidewire.testkit;

import static io.tidewire.testkit.StreamStoreUnderTest.TEXT;
import static io.tidewire.testkit.StreamStoreUnderTest.adding;
import static io.tidewire.testkit.StreamStoreUnderTest.await;
import static io.tidewire.testkit.StreamStoreUnderTest.producer;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamInfo;
import io.tidewire.stream.StreamPage;
import io.tidewire.stream.StreamSpec;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is left of a stream: nothing. */
abstract class StreamStoreDeleteFacts {
    private final StreamStoreUnderTest store;

    StreamStoreDeleteFacts(StreamStoreUnderTest store) {
        this.store = store;
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void deletedStreamIsGone() {
        store.create("s", "a");
        store.create("t", "b");

        assertThat(store.delete("s")).isTrue();
        assertThat(store.exists("s")).isFalse();
        assertThat(await(store.store().read("s", Offset.START, 1))).isEmpty();
        assertThat(store.append("s", adding("b"))).isEqualTo(AppendOutcome.noStream());
        assertThat(store.list("", "", 10)).containsExactly("t");
        assertThat(store.texts("t")).containsExactly("b");
    }

    @Test
    void onlyWhatIsThereCanBeDeleted() {
        assertThat(store.delete("s")).isFalse();
        store.create("s");
        assertThat(store.delete("s")).isTrue();
        assertThat(store.delete("s")).isFalse();
    }

    @Test
    void nothingOfADeletedStreamIsSeenInTheNextOfItsName() {
        createOld();
        store.delete("s");
        assertBeginsAnew();
    }

    @Test
    void nothingOfAnExpiredStreamIsSeenInTheNextOfItsName() {
        createOld();
        store.pass(133);
        assertBeginsAnew();
    }

    private void createOld() {
        StreamSpec old =
                StreamSpec.of("application/json").expiringAfter(store.life).with(StreamSpec.OWNER, "ann");
        store.create("s", old, adding("old 1", "old 2").by(producer("p", 8, 0)).inSequence("z"));
        store.append("s", adding("old 3").by(producer("p", 8, 1)).closing());
    }

    private void assertBeginsAnew() {
        StreamInfo info = store.create("s", "new 1");
        assertThat(info.spec()).isEqualTo(TEXT);
        assertThat(info.tail()).isEqualTo(new Offset(1));
        assertThat(info.bytes()).isEqualTo(5);
        assertThat(info.closed()).isFalse();

        AppendOutcome next =
                store.append("s", adding("new 2").by(producer("p", 0, 0)).inSequence("a"));
        assertThat(next).isEqualTo(new AppendOutcome(AppendOutcome.Kind.APPENDED, new Offset(2), false, 0, 0));
        assertThat(store.texts("s")).containsExactly("new 1", "new 2");
        StreamPage page = store.read("s", new Offset(3), 100);
        assertThat(page.start()).isEqualTo(new Offset(2));
        assertThat(page.messages()).isEmpty();
        store.pass(133);
        assertThat(store.texts("s")).as("lives by its own spec").hasSize(2);
    }

    @Test
    void nameMayBeUsedAgainAndAgain() {
        for (int life = 0; life < 50; life++) {
            store.create("s", "life " + life);
            store.append("s", "more");
            assertThat(store.texts("s")).containsExactly("life " + life, "more");
            assertThat(store.delete("s")).isTrue();
        }
        assertThat(store.exists("s")).isFalse();
    }

    @Test
    void longStreamGoesAtOnce() {
        String[] batch = new String[1000];
        Arrays.fill(batch, "x".repeat(100));
        store.create("s");
        for (int i = 0; i < 20; i++) {
            store.append("s", batch);
        }
        store.delete("s");
        assertThat(store.exists("s")).isFalse();

        store.create("s", "new");
        store.append("s", "newer");
        assertThat(store.texts("s")).containsExactly("new", "newer");
    }
}
