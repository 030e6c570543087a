package io.tidewire.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NumberedPositionTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 35, 36, 1_000_000, Integer.MAX_VALUE, 1L << 40})
    void tokenComesBackAsItsNumber(long number) {
        String token = new NumberedPosition("k3j9x1", number).token();

        assertThat(NumberedPosition.parse(token, "k3j9x1")).isEqualTo(number);
    }

    @Test
    void tokenNeedsNoPreflightAndIsShort() {
        Random random = new Random(1);
        for (int i = 0; i < 1000; i++) {
            String epoch = NumberedPosition.newEpoch(random, 6);
            // A year of 20,000 events a second.
            String token = new NumberedPosition(epoch, 630_720_000_000L).token();
            assertThat(token).matches("#[A-Za-z0-9._~-]+").hasSizeLessThanOrEqualTo(16);
        }
    }

    @Test
    void epochsDiffer() {
        Random random = new Random(1);
        Set<String> epochs = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            epochs.add(NumberedPosition.newEpoch(random, 6));
        }
        assertThat(epochs).hasSize(1000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "#",
                "#a",
                "#a.",
                "#b.1",
                "a.1",
                "#a.01",
                "#a.00",
                "#a.A",
                "#a.-1",
                "#a.+1",
                "#a. 1",
                "#a.1 ",
                "#a.1.1",
                "#a:1",
                "#aa.1",
                "#a.zzzzzzzzzzzzz",
                "#a.é",
                "#a.\u0661",
                "##a.1"
            })
    void whatIsNoTokenOfThisEpochHasNoNumber(String token) {
        assertThat(NumberedPosition.parse(token, "a")).isNegative();
    }

    @Test
    void largestTokenDoesNotOverflow() {
        assertThat(NumberedPosition.parse("#a." + "z".repeat(12), "a")).isPositive();
    }

    @Test
    void positionsOfAnotherLifeCoverNothing() {
        NumberedPosition old = new NumberedPosition("a", 9);
        NumberedPosition fresh = new NumberedPosition("b", 1);

        assertThat(old.covers(fresh)).isFalse();
        assertThat(old.covers(new NumberedPosition("a", 9))).isTrue();
        assertThat(old.covers(new NumberedPosition("a", 10))).isFalse();
    }
}
