package io.tidewire.client;

import java.util.Random;

/** Runs a property with many seeds; a failure names its seed, {@code -Dtidewire.seed=} runs that one alone. */
final class Seeds {
    private static final String PROPERTY = "tidewire.seed";

    private Seeds() {}

    /** A property that may wait. */
    interface Property {
        void check(Random random) throws Exception;
    }

    static void check(int runs, Property property) {
        Long wanted = Long.getLong(PROPERTY);
        long first = wanted == null ? new Random().nextLong() : wanted;
        for (long seed = first; seed != first + (wanted == null ? runs : 1); seed++) {
            try {
                property.check(new Random(seed));
            } catch (Exception | AssertionError e) {
                throw new AssertionError("replay with -D" + PROPERTY + "=" + seed, e);
            }
        }
    }
}
