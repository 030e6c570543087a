package io.tidewire.llm;

import java.util.Random;
import java.util.function.Consumer;

/** Runs a property with many seeds; a failure names its seed, {@code -Dtidewire.seed=} runs that one alone. */
final class Seeded {

    private static final String PROPERTY = "tidewire.seed";

    private Seeded() {}

    static void check(int runs, Consumer<Random> property) {
        Long wanted = Long.getLong(PROPERTY);
        long first = wanted == null ? new Random().nextLong() : wanted;
        for (long seed = first; seed != first + (wanted == null ? runs : 1); seed++) {
            try {
                property.accept(new Random(seed));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("replay with -D" + PROPERTY + "=" + seed, e);
            }
        }
    }
}
