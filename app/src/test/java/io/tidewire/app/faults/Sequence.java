package io.tidewire.app.faults;

import java.util.HashSet;
import java.util.Set;

/** What one reader has of one writer: must become 1, 2, 3, …. One thread at a time. */
final class Sequence {
    private final Set<Long> missing = new HashSet<>();
    private long next = 1;

    void take(long number, Tally tally) {
        tally.delivered.increment();
        if (number >= next) {
            for (; next < number; next++) {
                missing.add(next);
                tally.holes.increment();
            }
            next++;
        } else if (missing.remove(number)) {
            tally.holes.decrement();
            tally.outOfOrder.increment();
        } else {
            tally.twice.increment();
        }
    }

    /** {@return how many of the writer's first {@code published} are not here} */
    long lost(long published) {
        return missing.stream().filter(number -> number <= published).count() + Math.max(0, published + 1 - next);
    }

    /** {@return how many are here beyond those} */
    long beyond(long published) {
        return Math.max(0, next - 1 - published);
    }
}
