package io.tidewire.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A check that never finds anything proves nothing. */
class SequenceTest {
    private final Tally tally = new Tally(1);
    private final Sequence sequence = new Sequence();

    private void take(long... numbers) {
        for (long number : numbers) {
            sequence.take(number, tally);
        }
    }

    @Test
    void oneAfterTheOtherIsRight() {
        take(1, 2, 3);
        assertThat(tally.wrong()).isZero();
        assertThat(sequence.lost(3)).isZero();
        assertThat(sequence.beyond(3)).isZero();
    }

    @Test
    void whatIsSkippedIsLost() {
        take(1, 4);
        assertThat(sequence.lost(4)).isEqualTo(2);
        assertThat(tally.wrong()).isEqualTo(2);
    }

    @Test
    void whatIsMissingAtTheEndIsLost() {
        take(1, 2);
        assertThat(sequence.lost(5)).isEqualTo(3);
    }

    @Test
    void whatComesAgainIsTwice() {
        take(1, 2, 2, 1);
        assertThat(tally.twice.sum()).isEqualTo(2);
    }

    @Test
    void whatComesLateIsOutOfOrderAndNotLost() {
        take(1, 3, 2);
        assertThat(tally.outOfOrder.sum()).isEqualTo(1);
        assertThat(sequence.lost(3)).isZero();
    }

    @Test
    void whatNobodyAcknowledgedIsBeyond() {
        take(1, 2, 3);
        assertThat(sequence.beyond(2)).isEqualTo(1);
    }
}
