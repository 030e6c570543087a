package io.tidewire.log;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RetentionTest {
    private static final Duration DAY = Duration.ofDays(1);

    @Test
    void nothingIsNoRetention() {
        assertThatThrownBy(() -> new Retention(0, 1, DAY)).hasMessage("history.events: 0 (expected: 1 or more)");
        assertThatThrownBy(() -> new Retention(1, 0, DAY)).hasMessage("history.bytes: 0 (expected: 1 or more)");
        assertThatThrownBy(() -> new Retention(1, 1, Duration.ZERO))
                .hasMessage("history.age: PT0S (expected: more than 0)");
        assertThatThrownBy(() -> new Retention(1, 1, Duration.ofMillis(-1)))
                .hasMessageStartingWith("history.age: PT-0.001S");
    }

    @Test
    void pageHasRoomForAtLeastOne() {
        Position any = new NumberedPosition("a", 0);
        assertThatThrownBy(() -> new Read(any, Read.Mode.ALL, Interest.ALL, 0, 1))
                .hasMessageContaining("0, 1");
        assertThatThrownBy(() -> new Read(any, Read.Mode.ALL, Interest.ALL, 1, 0))
                .hasMessageContaining("1, 0");
    }
}
