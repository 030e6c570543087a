package io.tidewire.testkit;

import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A store beside a map of lists that does the same in the plainest way, step by random step. */
abstract class StreamStoreRandomFacts {
    private static final int RUNS = 40;
    private static final int STEPS = 250;

    private final Supplier<StreamStoreUnderTest> opener;
    private final boolean timePasses;
    private final boolean tellsOfExpiry;

    StreamStoreRandomFacts(Supplier<StreamStoreUnderTest> opener, boolean timePasses, boolean tellsOfExpiry) {
        this.opener = opener;
        this.timePasses = timePasses;
        this.tellsOfExpiry = tellsOfExpiry;
    }

    @Test
    void storeDoesWhatAMapOfListsWouldDo() {
        Seeds.check(RUNS, this::run);
    }

    private void run(Random random) {
        try (StreamStoreUnderTest store = opener.get()) {
            StreamStoreWalk walk = new StreamStoreWalk(store, random, timePasses, tellsOfExpiry);
            for (int i = 0; i < STEPS; i++) {
                walk.step();
            }
            walk.finish();
        }
    }
}
