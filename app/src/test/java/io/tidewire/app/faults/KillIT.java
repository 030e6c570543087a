package io.tidewire.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** Short forms of {@code bench/faults/kill-*}. */
class KillIT {
    private static final Traffic.Volume VOLUME = new Traffic.Volume(4, 8, 0);

    private static long seed() {
        return Long.getLong("tidewire.seed", ThreadLocalRandom.current().nextLong());
    }

    private static void assertClean(Summary summary) {
        System.out.println(summary);
        assertThat(summary.isClean()).as("%s", summary).isTrue();
    }

    @Test
    void aKilledHubLosesAndDoublesNothingOfItsDirectory() throws InterruptedException {
        assertClean(KillRun.sqlite(new KillRun.Plan(6, 0, 0, VOLUME, seed())));
    }

    @Test
    void killedHubsAndAKilledRedisLoseAndDoubleNothing() throws InterruptedException {
        assertClean(KillRun.redis(new KillRun.Plan(3, 1, 1, VOLUME, seed())));
    }
}
