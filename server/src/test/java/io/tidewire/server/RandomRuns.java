package io.tidewire.server;

import java.util.Random;
import java.util.function.Consumer;

/** Runs a property with many seeds; a failure names its seed, {@code -Dtidewire.seed=} runs that one alone. */
final class RandomRuns {
    private static final String PROPERTY = "tidewire.seed";

    private RandomRuns() {}

    static void check(int runs, Consumer<Random> property) {
        Long wanted = Long.getLong(PROPERTY);
        long first = wanted == null ? new Random().nextLong() : wanted;
        for (int run = 0; run < (wanted == null ? runs : 1); run++) {
            long seed = first + run;
            try {
                property.accept(new Random(seed));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("replay with -D" + PROPERTY + "=" + seed + "\n" + e.getMessage(), e);
            }
        }
    }
}
