package io.tidewire.testkit;

import static io.tidewire.testkit.StreamStoreUnderTest.PLENTY;
import static io.tidewire.testkit.StreamStoreUnderTest.adding;
import static io.tidewire.testkit.StreamStoreUnderTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamAppend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of an append. */
abstract class StreamStoreAppendFacts {
    private final StreamStoreUnderTest store;

    StreamStoreAppendFacts(StreamStoreUnderTest store) {
        this.store = store;
    }

    @AfterEach
    void close() {
        store.close();
    }

    private AppendOutcome.Kind kindOf(StreamAppend append) {
        return store.append("s", append).kind();
    }

    @Test
    void acknowledgedIsVisible() {
        store.create("s");
        for (int i = 1; i <= 20; i++) {
            AppendOutcome outcome = store.append("s", adding("m" + i));

            assertThat(outcome).isEqualTo(new AppendOutcome(AppendOutcome.Kind.APPENDED, new Offset(i), false, 0, 0));
            assertThat(store.info("s").tail()).isEqualTo(outcome.tail());
            assertThat(store.texts("s")).hasSize(i).endsWith("m" + i);
        }
    }

    @Test
    void streamThatDoesNotExistTakesNothing() {
        assertThat(store.append("s", adding("a"))).isEqualTo(AppendOutcome.noStream());
        assertThat(store.append("s", StreamAppend.CLOSE)).isEqualTo(AppendOutcome.noStream());
        assertThat(store.exists("s")).isFalse();
    }

    @Test
    void manyMessagesOfOneAppendStayInOrder() {
        store.create("s", "first");
        List<String> texts =
                IntStream.range(0, 1500).mapToObj(Integer::toString).toList();

        AppendOutcome outcome = store.append("s", texts.toArray(String[]::new));

        assertThat(outcome.tail()).isEqualTo(new Offset(1501));
        assertThat(store.texts("s")).startsWith("first").endsWith("1499");
        assertThat(store.texts("s").subList(1, 1501)).isEqualTo(texts);
    }

    @Test
    void appendsOfOneCallerAreTakenInTheOrderOfTheCalls() {
        store.create("s");
        List<CompletionStage<AppendOutcome>> answers = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            answers.add(store.store().append("s", adding(Integer.toString(i))));
        }
        for (int i = 0; i < answers.size(); i++) {
            assertThat(await(answers.get(i)).tail()).isEqualTo(new Offset(i + 1));
        }
        assertThat(store.texts("s"))
                .isEqualTo(IntStream.range(0, 300).mapToObj(Integer::toString).toList());
    }

    @Test
    void everyByteComesBack() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        store.create("s", StreamStoreUnderTest.TEXT, StreamAppend.of(all));
        store.append("s", StreamAppend.of(all));

        assertThat(store.readAll("s", Offset.START, PLENTY)).containsExactly(all, all);
    }

    @Test
    void emptyMessageIsAMessage() {
        store.create("s");
        store.append("s", "a", "", "b");
        store.append("s", "");

        assertThat(store.texts("s")).containsExactly("a", "", "b", "");
        assertThat(store.info("s").bytes()).isEqualTo(2);
    }

    @Test
    void largeMessageComesBackWhole() {
        byte[] large = new byte[1 << 20];
        new Random(1).nextBytes(large);
        store.create("s");
        store.append("s", StreamAppend.of(List.of(large, new byte[] {7}, large)));

        assertThat(store.readAll("s", Offset.START, 1)).containsExactly(large, new byte[] {7}, large);
        assertThat(store.info("s").bytes()).isEqualTo(2L * large.length + 1);
    }

    @Test
    void streamsAreSeparate() {
        store.create("a");
        store.create("b");
        store.append("a", "1");
        store.append("b", "2");
        store.append("a", adding("3").closing());

        assertThat(store.texts("a")).containsExactly("1", "3");
        assertThat(store.texts("b")).containsExactly("2");
        assertThat(store.info("b").closed()).isFalse();
    }

    // --- the writer's sequence text

    @Test
    void sequenceMustGrow() {
        store.create("s");
        assertThat(kindOf(adding("a").inSequence("b"))).isEqualTo(AppendOutcome.Kind.APPENDED);
        assertThat(kindOf(adding("b").inSequence("b"))).isEqualTo(AppendOutcome.Kind.SEQ_NOT_GREATER);
        assertThat(kindOf(adding("c").inSequence("a"))).isEqualTo(AppendOutcome.Kind.SEQ_NOT_GREATER);
        assertThat(kindOf(adding("d").inSequence("ba"))).isEqualTo(AppendOutcome.Kind.APPENDED);
        assertThat(store.texts("s")).containsExactly("a", "d");
    }

    @Test
    void refusedAppendTellsTheTail() {
        store.create("s");
        store.append("s", adding("a").inSequence("2"));

        assertThat(store.append("s", adding("b", "c").inSequence("1").closing()))
                .isEqualTo(new AppendOutcome(AppendOutcome.Kind.SEQ_NOT_GREATER, new Offset(1), false, 0, 0));
    }

    @Test
    void appendWithoutSequenceLeavesItAsItWas() {
        store.create("s");
        store.append("s", adding("a").inSequence("5"));
        store.append("s", "b");

        assertThat(kindOf(adding("c").inSequence("5"))).isEqualTo(AppendOutcome.Kind.SEQ_NOT_GREATER);
        assertThat(kindOf(adding("c").inSequence("6"))).isEqualTo(AppendOutcome.Kind.APPENDED);
    }

    @Test
    void sequenceGrowsByteByByteNotAsANumber() {
        store.create("s");
        List<String> growing = Arrays.asList("", "10", "9", "A", "Z", "a", "a0", "~", "é", "\uFFFD", "😀");
        for (String seq : growing) {
            assertThat(kindOf(adding("m").inSequence(seq))).as(seq).isEqualTo(AppendOutcome.Kind.APPENDED);
        }
        for (String seq : growing) {
            assertThat(kindOf(adding("m").inSequence(seq))).as(seq).isEqualTo(AppendOutcome.Kind.SEQ_NOT_GREATER);
        }
    }

    // --- closing

    @Test
    void closedStreamTakesNothingMore() {
        store.create("s", "a");

        AppendOutcome closed = store.append("s", adding("b").closing());
        assertThat(closed).isEqualTo(new AppendOutcome(AppendOutcome.Kind.APPENDED, new Offset(2), true, 0, 0));
        assertThat(store.append("s", adding("c")))
                .isEqualTo(new AppendOutcome(AppendOutcome.Kind.CLOSED, new Offset(2), true, 0, 0));
        assertThat(kindOf(adding("c").closing())).isEqualTo(AppendOutcome.Kind.CLOSED);
        assertThat(store.texts("s")).containsExactly("a", "b");
        assertThat(store.info("s").closed()).isTrue();
    }

    @Test
    void closingAgainIsARepeat() {
        store.create("s", "a");

        assertThat(kindOf(StreamAppend.CLOSE)).isEqualTo(AppendOutcome.Kind.APPENDED);
        AppendOutcome again = store.append("s", StreamAppend.CLOSE);
        assertThat(again).isEqualTo(new AppendOutcome(AppendOutcome.Kind.DUPLICATE, new Offset(1), true, 0, 0));
        assertThat(again.isTaken()).isTrue();
    }

    @Test
    void closedIsSaidBeforeTheSequenceIsLookedAt() {
        store.create("s");
        store.append("s", adding("a").inSequence("5").closing());

        assertThat(kindOf(adding("b").inSequence("4"))).isEqualTo(AppendOutcome.Kind.CLOSED);
        assertThat(kindOf(StreamAppend.CLOSE.inSequence("4"))).isEqualTo(AppendOutcome.Kind.DUPLICATE);
    }

    @Test
    void closingGoesByTheSequence() {
        store.create("s");
        store.append("s", adding("a").inSequence("5"));

        assertThat(kindOf(StreamAppend.CLOSE.inSequence("5"))).isEqualTo(AppendOutcome.Kind.SEQ_NOT_GREATER);
        assertThat(store.info("s").closed()).isFalse();
        assertThat(kindOf(StreamAppend.CLOSE.inSequence("6"))).isEqualTo(AppendOutcome.Kind.APPENDED);
    }
}
