package io.tidewire.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OffsetTest {
    @Test
    void tokenIsReadBack() {
        for (long number : new long[] {0, 1, 42, 9_999_999_999_999_999L}) {
            Offset offset = new Offset(number);
            assertThat(Offset.parse(offset.token())).contains(offset);
            assertThat(offset.token()).hasSize(16);
        }
    }

    @Test
    void whatNoStreamGaveIsNoOffset() {
        for (String token : List.of(
                "",
                "0",
                "-1",
                "now",
                "000000000000001",
                "00000000000000001",
                "000000000000000a",
                "-000000000000001",
                "+000000000000001",
                " 00000000000001 ",
                "000000000000000\u0661",
                "00000000 0000001")) {
            assertThat(Offset.parse(token)).as(token).isEmpty();
        }
    }

    @Test
    void tokensSortAsTextsLikeTheirNumbers() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 1000; i++) {
            Offset a = new Offset(random.nextLong(10_000_000_000_000_000L) >> random.nextInt(50));
            Offset b = new Offset(random.nextLong(10_000_000_000_000_000L) >> random.nextInt(50));
            assertThat(Integer.signum(a.token().compareTo(b.token())))
                    .as("seed %d: %s, %s", seed, a, b)
                    .isEqualTo(a.compareTo(b));
        }
    }

    @Test
    void boundsAreChecked() {
        assertThatThrownBy(() -> new Offset(-1)).hasMessageContaining("offset: -1");
        assertThatThrownBy(() -> new Offset(10_000_000_000_000_000L)).isInstanceOf(IllegalArgumentException.class);
        assertThat(Offset.START.plus(3)).isEqualTo(new Offset(3));
    }
}
