package io.tidewire.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final RetryPolicy PLAIN = RetryPolicy.defaults().withJitter(0);

    private static List<Long> waits(Backoff backoff, int count) {
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            backoff.fail();
            millis.add(backoff.next(Duration.ZERO).toMillis());
        }
        return millis;
    }

    @Test
    void waitsDoubleUpToTheLongest() {
        assertThat(waits(new Backoff(PLAIN, () -> 0), 7))
                .containsExactly(1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 30_000L, 30_000L);
    }

    @Test
    void manyFailuresDoNotOverflow() {
        Backoff backoff = new Backoff(PLAIN.withMax(Duration.ofHours(24)).withInitial(Duration.ofHours(20)), () -> 0);
        assertThat(waits(backoff, 500).get(499)).isEqualTo(Duration.ofHours(24).toMillis());
    }

    @Test
    void jitterIsAShareOfTheWait() {
        assertThat(waits(new Backoff(RetryPolicy.defaults(), () -> 0), 6))
                .containsExactly(500L, 1_000L, 2_000L, 4_000L, 8_000L, 15_000L);
        assertThat(waits(new Backoff(RetryPolicy.defaults(), () -> 0.5), 2)).containsExactly(750L, 1_500L);
    }

    @Test
    void theServersTimeIsTheFirstWaitAndTheFloorOfAll() {
        Backoff backoff = new Backoff(PLAIN, () -> 0);
        backoff.reconnectionTime(Duration.ofSeconds(5));
        assertThat(waits(backoff, 4)).containsExactly(5_000L, 10_000L, 20_000L, 30_000L);
        backoff.reconnectionTime(Duration.ofSeconds(60));
        assertThat(waits(backoff, 1)).containsExactly(60_000L);
    }

    @Test
    void aShortTimeOfTheServersHoldsForTheFirstWaitOnly() {
        Backoff backoff = new Backoff(PLAIN, () -> 0);
        backoff.reconnectionTime(Duration.ZERO);
        assertThat(waits(backoff, 4)).containsExactly(0L, 2_000L, 4_000L, 8_000L);
    }

    @Test
    void jitterLiesAboveAFloor() {
        Backoff low = new Backoff(RetryPolicy.defaults(), () -> 0);
        low.reconnectionTime(Duration.ofSeconds(3));
        assertThat(waits(low, 1)).containsExactly(3_000L);
        Backoff high = new Backoff(RetryPolicy.defaults(), () -> Math.nextDown(1.0));
        high.reconnectionTime(Duration.ofSeconds(3));
        assertThat(waits(high, 1)).containsExactly(4_500L);
    }

    @Test
    void noWaitIsEverBelowTheFloor() {
        Seeds.check(2_000, random -> {
            RetryPolicy policy = RetryPolicy.defaults().withJitter(random.nextDouble());
            Backoff backoff = new Backoff(policy, new Random(random.nextLong())::nextDouble);
            Duration server = Duration.ofMillis(random.nextInt(100_000));
            backoff.reconnectionTime(server);
            for (int i = 0; i < 20; i++) {
                backoff.fail();
                Duration retryAfter = random.nextBoolean() ? Duration.ofSeconds(random.nextInt(200)) : Duration.ZERO;
                assertThat(backoff.next(retryAfter))
                        .isGreaterThanOrEqualTo(server)
                        .isGreaterThanOrEqualTo(retryAfter);
            }
        });
    }

    @Test
    void retryAfterHoldsOnce() {
        Backoff backoff = new Backoff(PLAIN, () -> 0);
        backoff.fail();
        assertThat(backoff.next(Duration.ofSeconds(100))).isEqualTo(Duration.ofSeconds(100));
        backoff.fail();
        assertThat(backoff.next(Duration.ZERO)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void aServersMistakeIsBounded() {
        Backoff backoff = new Backoff(PLAIN, () -> 0);
        backoff.reconnectionTime(Duration.ofMillis(Long.MAX_VALUE));
        assertThat(waits(backoff, 1)).containsExactly(Duration.ofHours(24).toMillis());
    }

    @Test
    void onlyAConnectionThatLastedResets() {
        Backoff backoff = new Backoff(PLAIN, () -> 0);
        assertThat(waits(backoff, 3)).containsExactly(1_000L, 2_000L, 4_000L);
        backoff.lasted(Duration.ofMillis(9_999));
        assertThat(waits(backoff, 1)).containsExactly(8_000L);
        backoff.lasted(Duration.ofSeconds(10));
        assertThat(waits(backoff, 1)).containsExactly(1_000L);
        backoff.endedAsAnnounced();
        assertThat(waits(backoff, 1)).containsExactly(1_000L);
    }

    @Test
    void attemptsEnd() {
        Backoff backoff = new Backoff(PLAIN.withMaxAttempts(3), () -> 0);
        assertThat(List.of(backoff.fail(), backoff.fail(), backoff.fail())).containsExactly(true, true, false);
        assertThat(new Backoff(PLAIN.withMaxAttempts(1), () -> 0).fail()).isFalse();
    }

    @Test
    void aPolicyOutOfRangeIsRefused() {
        RetryPolicy policy = RetryPolicy.defaults();
        assertThatThrownBy(() -> policy.withJitter(1.5)).hasMessage("jitter: 1.5 (expected: 0 to 1)");
        assertThatThrownBy(() -> policy.withInitial(Duration.ZERO))
                .hasMessage("initial: PT0S (expected: 1 ms or more)");
        assertThatThrownBy(() -> policy.withMax(Duration.ofMillis(1)))
                .hasMessage("max: PT0.001S (expected: no less than initial, PT1S)");
        assertThatThrownBy(() -> policy.withMaxAttempts(0)).hasMessage("maxAttempts: 0 (expected: 1 or more)");
    }
}
