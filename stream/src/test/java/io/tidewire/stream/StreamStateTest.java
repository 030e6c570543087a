package io.tidewire.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.stream.AppendOutcome.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StreamStateTest {
    private static final StreamAppend ONE = StreamAppend.of(new byte[1]);

    private final StreamState state = new StreamState();

    private static StreamAppend by(String id, long epoch, long seq) {
        return ONE.by(new Producer(id, epoch, seq));
    }

    @Test
    void judgingCountsNothing() {
        assertThat(state.judge(by("p", 0, 0).inSequence("a").closing()).kind()).isEqualTo(Kind.APPENDED);
        assertThat(state.tail()).isEqualTo(Offset.START);
        assertThat(state.isClosed()).isFalse();
        assertThat(state.seq()).isNull();
        assertThat(state.progress("p")).isNull();
        assertThat(state.apply(by("p", 0, 0)).kind()).isEqualTo(Kind.APPENDED);
    }

    @Test
    void whatIsRefusedCountsNothing() {
        state.apply(by("p", 1, 0).inSequence("b"));
        for (StreamAppend refused : List.of(
                by("p", 0, 0), by("p", 2, 1), by("p", 1, 5), by("p", 2, 0).inSequence("a"), by("q", 0, 1))) {
            AppendOutcome outcome = state.apply(refused);
            assertThat(outcome.isTaken()).isFalse();
            assertThat(outcome.tail()).isEqualTo(new Offset(1));
            assertThat(state.progress("p")).isEqualTo(new StreamState.Progress(1, 0));
            assertThat(state.progress("q")).isNull();
            assertThat(state.seq()).isEqualTo("b");
        }
    }

    @Test
    void stateOfAStoreGoesOn() {
        StreamState stored = new StreamState(new Offset(7), false, "m", Map.of("p", new StreamState.Progress(3, 4)));

        assertThat(stored.apply(by("p", 3, 4)).kind()).isEqualTo(Kind.DUPLICATE);
        assertThat(stored.apply(ONE.inSequence("m")).kind()).isEqualTo(Kind.SEQ_NOT_GREATER);
        assertThat(stored.apply(by("p", 3, 5).inSequence("n")))
                .isEqualTo(new AppendOutcome(Kind.APPENDED, new Offset(8), false, 3, 5));
    }

    @Test
    void producerThatWasLookedUpIsKnown() {
        state.learn("p", new StreamState.Progress(2, 9));

        assertThat(state.producers()).isEqualTo(1);
        assertThat(state.apply(by("p", 2, 9)).kind()).isEqualTo(Kind.DUPLICATE);
        assertThat(state.apply(by("p", 2, 10)).kind()).isEqualTo(Kind.APPENDED);
    }

    @Test
    void largestNumbersAreCounted() {
        state.learn("p", new StreamState.Progress(Producer.MAX, Producer.MAX - 1));

        assertThat(state.apply(by("p", Producer.MAX, Producer.MAX)).kind()).isEqualTo(Kind.APPENDED);
        assertThat(state.apply(by("p", Producer.MAX, Producer.MAX)).kind()).isEqualTo(Kind.DUPLICATE);
    }

    @Test
    void producersAreChecked() {
        assertThatThrownBy(() -> new Producer("", 0, 0)).hasMessageStartingWith("producer-id: ");
        assertThatThrownBy(() -> new Producer("x".repeat(257), 0, 0)).hasMessageContaining("of 257 characters");
        assertThatThrownBy(() -> new Producer("p", -1, 0)).hasMessageStartingWith("producer-epoch: -1");
        assertThatThrownBy(() -> new Producer("p", 0, Producer.MAX + 1)).hasMessageStartingWith("producer-seq: ");
    }
}
