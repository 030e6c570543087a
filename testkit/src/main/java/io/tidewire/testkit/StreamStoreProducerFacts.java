package io.tidewire.testkit;

import static io.tidewire.testkit.StreamStoreUnderTest.adding;
import static io.tidewire.testkit.StreamStoreUnderTest.producer;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.AppendOutcome.Kind;
import io.tidewire.stream.Offset;
import io.tidewire.stream.Producer;
import io.tidewire.stream.StreamAppend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Producers whose repeats do no harm (Durable Streams, section 5.2.1). */
abstract class StreamStoreProducerFacts {
    private final StreamStoreUnderTest store;

    StreamStoreProducerFacts(StreamStoreUnderTest store) {
        this.store = store;
    }

    @AfterEach
    void close() {
        store.close();
    }

    private AppendOutcome append(String text, String id, long epoch, long seq) {
        return store.append("s", adding(text).by(producer(id, epoch, seq)));
    }

    private static AppendOutcome outcome(Kind kind, long tail, boolean closed, long epoch, long seq) {
        return new AppendOutcome(kind, new Offset(tail), closed, epoch, seq);
    }

    @Test
    void appendsInOrderAreTaken() {
        store.create("s");
        for (int i = 0; i < 5; i++) {
            assertThat(append("m" + i, "p", 0, i)).isEqualTo(outcome(Kind.APPENDED, i + 1, false, 0, i));
        }
        assertThat(store.texts("s")).containsExactly("m0", "m1", "m2", "m3", "m4");
    }

    @Test
    void repeatIsKnownAndTellsTheHighestSequenceNumber() {
        store.create("s");
        append("a", "p", 2, 0);
        append("b", "p", 2, 1);
        append("c", "p", 2, 2);

        assertThat(append("b", "p", 2, 1)).isEqualTo(outcome(Kind.DUPLICATE, 3, false, 2, 2));
        assertThat(append("other", "p", 2, 2)).isEqualTo(outcome(Kind.DUPLICATE, 3, false, 2, 2));
        assertThat(append("d", "p", 2, 3)).isEqualTo(outcome(Kind.APPENDED, 4, false, 2, 3));
        assertThat(store.texts("s")).containsExactly("a", "b", "c", "d");
    }

    @Test
    void missingAppendIsTold() {
        store.create("s");
        assertThat(append("b", "p", 0, 1)).isEqualTo(outcome(Kind.SEQ_GAP, 0, false, 0, 0));
        append("a", "p", 0, 0);
        assertThat(append("c", "p", 0, 2)).isEqualTo(outcome(Kind.SEQ_GAP, 1, false, 0, 1));
        assertThat(append("b", "p", 0, 1)).isEqualTo(outcome(Kind.APPENDED, 2, false, 0, 1));
        assertThat(store.texts("s")).containsExactly("a", "b");
    }

    @Test
    void newLifeBeginsAtZeroAndEndsTheOldOne() {
        store.create("s");
        append("a", "p", 0, 0);

        assertThat(append("x", "p", 1, 1)).isEqualTo(outcome(Kind.EPOCH_NOT_AT_ZERO, 1, false, 0, 0));
        assertThat(append("b", "p", 4, 0)).isEqualTo(outcome(Kind.APPENDED, 2, false, 4, 0));
        assertThat(append("a", "p", 0, 0)).isEqualTo(outcome(Kind.EPOCH_STALE, 2, false, 4, 0));
        assertThat(append("x", "p", 3, 1)).isEqualTo(outcome(Kind.EPOCH_STALE, 2, false, 4, 0));
        assertThat(append("c", "p", 4, 1)).isEqualTo(outcome(Kind.APPENDED, 3, false, 4, 1));
        assertThat(store.texts("s")).containsExactly("a", "b", "c");
    }

    @Test
    void firstLifeMayHaveAnyEpoch() {
        store.create("s");

        assertThat(append("x", "p", 5, 1)).isEqualTo(outcome(Kind.SEQ_GAP, 0, false, 0, 0));
        assertThat(append("a", "p", Producer.MAX, 0)).isEqualTo(outcome(Kind.APPENDED, 1, false, Producer.MAX, 0));
        assertThat(append("x", "p", Producer.MAX - 1, 0))
                .isEqualTo(outcome(Kind.EPOCH_STALE, 1, false, Producer.MAX, 0));
    }

    @Test
    void producersAreIndependent() {
        store.create("s");
        append("a0", "a", 0, 0);
        append("b0", "b", 7, 0);
        append("a1", "a", 0, 1);
        append("b1", "b", 7, 1);

        assertThat(append("a1", "a", 0, 1).kind()).isEqualTo(Kind.DUPLICATE);
        assertThat(append("c", "A", 0, 0).kind())
                .as("names are told apart by case")
                .isEqualTo(Kind.APPENDED);
        assertThat(store.texts("s")).containsExactly("a0", "b0", "a1", "b1", "c");
    }

    @Test
    void producersOfDifferentStreamsAreIndependent() {
        store.create("s");
        store.create("t");
        append("a", "p", 3, 0);

        assertThat(store.append("t", adding("a").by(producer("p", 0, 0))).kind())
                .isEqualTo(Kind.APPENDED);
        assertThat(append("b", "p", 3, 1).kind()).isEqualTo(Kind.APPENDED);
    }

    @Test
    void oddNamesOfProducersAreToldApart() {
        store.create("s");
        String[] names = {
            " ", "a b", "a:b", "a\u0000", "a", "\n", "{a}", "é", "e\u0301", "😀", "x".repeat(Producer.MAX_ID_CHARS)
        };
        for (String name : names) {
            assertThat(append(name, name, 0, 0).kind()).as(name).isEqualTo(Kind.APPENDED);
        }
        for (String name : names) {
            assertThat(append(name, name, 0, 0).kind()).as(name).isEqualTo(Kind.DUPLICATE);
        }
        assertThat(store.texts("s")).containsExactly(names);
    }

    @Test
    void appendOfSeveralMessagesIsOneNumber() {
        store.create("s");
        StreamAppend three = adding("a", "b", "c").by(producer("p", 0, 0));

        assertThat(store.append("s", three)).isEqualTo(outcome(Kind.APPENDED, 3, false, 0, 0));
        assertThat(store.append("s", three)).isEqualTo(outcome(Kind.DUPLICATE, 3, false, 0, 0));
        assertThat(append("d", "p", 0, 1)).isEqualTo(outcome(Kind.APPENDED, 4, false, 0, 1));
    }

    @Test
    void repeatIsKnownWhateverTheSequenceTextSays() {
        store.create("s");
        StreamAppend append = adding("a").by(producer("p", 0, 0)).inSequence("5");
        store.append("s", append);

        assertThat(store.append("s", append).kind()).isEqualTo(Kind.DUPLICATE);
        assertThat(store.append("s", adding("b").by(producer("p", 0, 2)).inSequence("4"))
                        .kind())
                .isEqualTo(Kind.SEQ_GAP);
    }

    @Test
    void refusedBySequenceTextDoesNotCount() {
        store.create("s");
        store.append("s", adding("a").by(producer("p", 0, 0)).inSequence("5"));

        assertThat(store.append("s", adding("b").by(producer("p", 1, 0)).inSequence("5")))
                .isEqualTo(outcome(Kind.SEQ_NOT_GREATER, 1, false, 0, 0));
        assertThat(append("b", "p", 0, 1)).isEqualTo(outcome(Kind.APPENDED, 2, false, 0, 1));
    }

    @Test
    void closingCountsAndItsRepeatIsKnown() {
        store.create("s");
        append("a", "p", 0, 0);
        StreamAppend close = StreamAppend.CLOSE.by(producer("p", 0, 1));

        assertThat(store.append("s", close)).isEqualTo(outcome(Kind.APPENDED, 1, true, 0, 1));
        assertThat(store.append("s", close)).isEqualTo(outcome(Kind.DUPLICATE, 1, true, 0, 1));
        assertThat(append("a", "p", 0, 0)).isEqualTo(outcome(Kind.DUPLICATE, 1, true, 0, 1));
    }

    @Test
    void closedIsSaidOfWhatIsNoRepeat() {
        store.create("s");
        store.append("s", adding("a").by(producer("p", 1, 0)).closing());

        assertThat(append("b", "p", 1, 1)).isEqualTo(outcome(Kind.CLOSED, 1, true, 1, 0));
        assertThat(append("b", "p", 1, 9).kind()).isEqualTo(Kind.CLOSED);
        assertThat(append("b", "p", 2, 3).kind()).isEqualTo(Kind.CLOSED);
        assertThat(append("b", "q", 0, 0)).isEqualTo(outcome(Kind.CLOSED, 1, true, 0, 0));
        assertThat(store.append("s", StreamAppend.CLOSE.by(producer("q", 0, 0))).kind())
                .isEqualTo(Kind.CLOSED);
        assertThat(append("b", "p", 0, 0)).isEqualTo(outcome(Kind.EPOCH_STALE, 1, true, 1, 0));
        assertThat(store.append("s", StreamAppend.CLOSE).kind()).isEqualTo(Kind.DUPLICATE);
        assertThat(store.texts("s")).containsExactly("a");
    }
}
