package io.tidewire.log.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StreamPositionTest {
    private static final long MAX_NUMBER = (1L << 53) - 1;

    @Test
    void tokenLeadsBackToThePosition() {
        for (long number : new long[] {0, 1, 35, 36, 1_763_745_268_123_456L, MAX_NUMBER}) {
            StreamPosition position = StreamPosition.of(2_000_000_000L, number);
            assertThat(StreamPosition.parse(position.token())).isEqualTo(position);
            assertThat(position.token()).matches("#[a-z0-9.]{1,30}");
        }
    }

    @Test
    void tokenDoesNotTellWhatWasTold() {
        assertThat(new StreamPosition(5, 7, 9).token())
                .isEqualTo(StreamPosition.of(5, 7).token());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "#", "#.", "#a.", "#.a", "a.a", "#a.-1", "#a.01", "#a.A", "#a.a ", "#a.a.a", "#a.é"})
    void otherTextsAreNoTokens(String text) {
        assertThat(StreamPosition.parse(text)).isNull();
    }

    @Test
    void overlongTextIsNoToken() {
        assertThat(StreamPosition.parse("#a." + "z".repeat(12))).isNull();
        assertThat(StreamPosition.parse("#a." + "z".repeat(5000))).isNull();
    }
}
