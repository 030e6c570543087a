package io.tidewire.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class KeyMemoryTest {
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
    private static final int MOST = 100_000;

    private final KeyMemory keys = new KeyMemory();

    @Test
    void keyIsRememberedForADay() {
        keys.remember("k", "id", 0);

        assertThat(keys.find("k", DAY_MILLIS)).isEqualTo("id");
        assertThat(keys.find("k", DAY_MILLIS + 1)).isNull();
        assertThat(keys.find("other", 0)).isNull();
    }

    @Test
    void keyUsedAgainAfterItsDayIsRememberedAfresh() {
        keys.remember("k", "old", 0);
        keys.remember("k", "new", 2 * DAY_MILLIS);

        assertThat(keys.find("k", 3 * DAY_MILLIS)).isEqualTo("new");
    }

    @Test
    void oldestKeyGoesWhenThereAreTooMany() {
        for (int i = 0; i <= MOST; i++) {
            keys.remember("k" + i, "id" + i, i);
        }

        assertThat(keys.find("k0", MOST)).isNull();
        assertThat(keys.find("k1", MOST)).isEqualTo("id1");
        assertThat(keys.find("k" + MOST, MOST)).isEqualTo("id" + MOST);
    }
}
