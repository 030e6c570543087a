package io.tidewire.testkit;

import io.tidewire.stream.StreamLimits;
import io.tidewire.stream.StreamStore;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Nested;

/**
 * What every {@link StreamStore} promises, as tests. A store's own test extends this and says how to open a fresh one:
 *
 * <pre>{@code
 * final class MemoryStreamStoreTest extends StreamStoreContract {
 *     @Override
 *     protected StreamStore open(StreamLimits limits, InstantSource clock) {
 *         return new MemoryStreamStore(limits, clock);
 *     }
 * }
 * }</pre>
 *
 * <p>A store may answer late and tell its listener later than it acknowledges; it may not lose, repeat, reorder or invent. One that does
 * not go by the given clock overrides the other methods; the random walk then never lets time pass.
 */
public abstract class StreamStoreContract {
    private static final Duration SHORT_LIFE = Duration.ofSeconds(10);

    /** Opens an empty store that nothing else uses; the contract closes it. */
    protected abstract StreamStore open(StreamLimits limits, InstantSource clock);

    /** {@return whether streams live exactly as long as the given clock says} */
    protected boolean goesByTheClock() {
        return true;
    }

    /** {@return whether the listener is told of a stream that has expired as soon as somebody asks for it} */
    protected boolean tellsOfExpiry() {
        return true;
    }

    /**
     * Lets time pass. The given clock has moved by so much already; a store that goes by another one returns when that one has moved as
     * much.
     */
    protected void pass(Duration time) {}

    /** {@return a time to live that is long beside what some requests take, a third of it as well} */
    protected Duration shortLife() {
        return SHORT_LIFE;
    }

    private StreamStoreUnderTest fresh() {
        InstantSource start = goesByTheClock() ? new SteppedClock() : InstantSource.system();
        return new StreamStoreUnderTest(this::open, start.instant(), this::pass, shortLife());
    }

    @Nested
    final class Creating extends StreamStoreCreateFacts {
        Creating() {
            super(fresh());
        }
    }

    @Nested
    final class Appending extends StreamStoreAppendFacts {
        Appending() {
            super(fresh());
        }
    }

    @Nested
    final class ByProducers extends StreamStoreProducerFacts {
        ByProducers() {
            super(fresh());
        }
    }

    @Nested
    final class Reading extends StreamStoreReadFacts {
        Reading() {
            super(fresh());
        }
    }

    @Nested
    final class Expiring extends StreamStoreExpiryFacts {
        Expiring() {
            super(fresh());
        }
    }

    @Nested
    final class Deleting extends StreamStoreDeleteFacts {
        Deleting() {
            super(fresh());
        }
    }

    @Nested
    final class Listing extends StreamStoreListFacts {
        Listing() {
            super(fresh());
        }
    }

    @Nested
    final class Listening extends StreamStoreListenFacts {
        Listening() {
            super(fresh(), tellsOfExpiry());
        }
    }

    @Nested
    final class AtTheSameTime extends StreamStoreRaceFacts {
        AtTheSameTime() {
            super(fresh());
        }
    }

    @Nested
    final class WithinBounds extends StreamStoreBoundFacts {
        WithinBounds() {
            super(fresh());
        }
    }

    @Nested
    final class Closing extends StreamStoreCloseFacts {
        Closing() {
            super(fresh());
        }
    }

    @Nested
    final class AtRandom extends StreamStoreRandomFacts {
        AtRandom() {
            super(StreamStoreContract.this::fresh, goesByTheClock(), tellsOfExpiry());
        }
    }
}
