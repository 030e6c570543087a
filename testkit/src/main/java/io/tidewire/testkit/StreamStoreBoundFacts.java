package io.tidewire.testkit;

import static io.tidewire.testkit.StreamStoreUnderTest.TEXT;
import static io.tidewire.testkit.StreamStoreUnderTest.adding;
import static io.tidewire.testkit.StreamStoreUnderTest.awaitFailure;
import static io.tidewire.testkit.StreamStoreUnderTest.producer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.log.LogException;
import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamLimits;
import io.tidewire.stream.StreamStore;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long names and streams may be. */
abstract class StreamStoreBoundFacts {
    private static final int STREAM_BYTES = 1000;

    private final StreamStoreUnderTest store;

    StreamStoreBoundFacts(StreamStoreUnderTest store) {
        this.store = store;
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static List<Consumer<StreamStore>> everyCallWith(String name) {
        return List.of(
                asked -> asked.create(name, TEXT, StreamAppend.NOTHING),
                asked -> asked.append(name, adding("a")),
                asked -> asked.info(name),
                asked -> asked.read(name, Offset.START, 1),
                asked -> asked.delete(name));
    }

    private void assertRefused(String name) {
        for (Consumer<StreamStore> call : everyCallWith(name)) {
            assertThatThrownBy(() -> call.accept(store.store()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("stream: ");
        }
    }

    @Test
    void longestNamesAreKept() {
        for (String name : List.of("x".repeat(StreamStore.MAX_NAME_BYTES), "€".repeat(170) + "ab", "😀".repeat(128))) {
            store.create(name, "a");
            assertThat(store.texts(name)).containsExactly("a");
        }
        assertThat(store.list("", "", 10)).hasSize(3);
    }

    @Test
    void namesThatAreTooLongAreRefused() {
        assertRefused("x".repeat(StreamStore.MAX_NAME_BYTES + 1));
        assertRefused("€".repeat(171));
    }

    @Test
    void emptyNameIsRefused() {
        assertRefused("");
    }

    @Test
    void nameThatIsNoTextIsRefused() {
        assertRefused("a\uD83D");
        assertRefused("\uDE00b");
    }

    private void boundAndFill() {
        store.bounded(new StreamLimits(STREAM_BYTES, StreamLimits.defaults().totalBytes()));
        store.create("s", TEXT, adding("x".repeat(600)).by(producer("p", 0, 0)).inSequence("5"));
    }

    private void assertFull(StreamAppend append) {
        assertThat(awaitFailure(store.store().append("s", append)))
                .isInstanceOf(LogException.Full.class)
                .hasMessageContaining("streams.stream-bytes");
    }

    @Test
    void streamTakesExactlyAsMuchAsItMay() {
        boundAndFill();
        store.append("s", "x".repeat(399));
        assertFull(adding("x", "x"));
        assertFull(adding("xx"));
        store.append("s", "x");
        assertFull(adding("x"));

        assertThat(store.info("s").bytes()).isEqualTo(STREAM_BYTES);
        assertThat(store.info("s").tail()).isEqualTo(new Offset(3));
        store.create("other", "x".repeat(STREAM_BYTES));
    }

    @Test
    void whatDoesNotFitLeavesNothing() {
        boundAndFill();
        assertFull(adding("a", "x".repeat(400))
                .by(producer("p", 1, 0))
                .inSequence("7")
                .closing());

        assertThat(store.texts("s")).containsExactly("x".repeat(600));
        assertThat(store.info("s").closed()).isFalse();
        assertThat(store.append("s", adding("b").by(producer("p", 0, 1)).inSequence("6"))
                        .kind())
                .isEqualTo(AppendOutcome.Kind.APPENDED);
    }

    @Test
    void fullStreamStillKnowsRepeatsAndRefusals() {
        boundAndFill();
        String large = "x".repeat(600);

        assertThat(store.append("s", adding(large).by(producer("p", 0, 0))).kind())
                .isEqualTo(AppendOutcome.Kind.DUPLICATE);
        assertThat(store.append("s", adding(large).by(producer("p", 0, 2))).kind())
                .isEqualTo(AppendOutcome.Kind.SEQ_GAP);
        assertThat(store.append("s", adding(large).inSequence("5")).kind())
                .isEqualTo(AppendOutcome.Kind.SEQ_NOT_GREATER);
        assertThat(store.append("s", StreamAppend.CLOSE).kind()).isEqualTo(AppendOutcome.Kind.APPENDED);
        assertThat(store.append("s", adding(large)).kind()).isEqualTo(AppendOutcome.Kind.CLOSED);
    }

    @Test
    void streamThatBeginsTooLongIsNotCreated() {
        store.bounded(new StreamLimits(STREAM_BYTES, StreamLimits.defaults().totalBytes()));

        assertThat(awaitFailure(store.store().create("s", TEXT, adding("x".repeat(STREAM_BYTES + 1)))))
                .isInstanceOf(LogException.Full.class);
        assertThat(store.exists("s")).isFalse();
        assertThat(store.list("", "", 10)).isEmpty();
        store.create("s", "a");
        assertThat(store.texts("s")).containsExactly("a");
    }
}
