package io.tidewire.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** A short form of {@code bench/faults/rolling-deploy}. */
class RollingDeployIT {
    @Test
    void clientsMoveWithoutLossAndWithoutARush() throws InterruptedException {
        long seed = Long.getLong("tidewire.seed", ThreadLocalRandom.current().nextLong());
        Traffic.Volume volume = new Traffic.Volume(2, 200, 50);
        Summary summary = RollingDeploy.run(new RollingDeploy.Plan(volume, Duration.ofSeconds(4), seed));
        System.out.println(summary);
        assertThat(summary.isClean()).as("%s", summary).isTrue();
    }
}
