package io.tidewire.testkit;

import io.tidewire.log.EventLog;
import io.tidewire.log.Retention;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** A log beside a list that does the same in the plainest way, step by random step. */
abstract class RandomFacts {
    private static final int RUNS = 60;
    private static final int STEPS = 250;

    private final BiFunction<Retention, InstantSource, EventLog> opener;

    RandomFacts(BiFunction<Retention, InstantSource, EventLog> opener) {
        this.opener = opener;
    }

    @Test
    void logDoesWhatAListWouldDo() {
        Seeds.check(RUNS, this::run);
    }

    private void run(Random random) {
        Retention retention = new Retention(
                1 + random.nextInt(60),
                random.nextInt(3) == 0 ? 20_000 : 1 << 30,
                Duration.ofSeconds(1 + random.nextInt(600)));
        try (LogUnderTest log = new LogUnderTest(opener).keeping(retention)) {
            LogWalk walk = new LogWalk(log, retention, random);
            for (int i = 0; i < STEPS; i++) {
                walk.step();
            }
            walk.finish();
        }
    }
}
