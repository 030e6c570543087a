package io.tidewire.testkit;

import io.tidewire.log.EventLog;
import io.tidewire.log.Retention;
import java.time.InstantSource;
import org.junit.jupiter.api.Nested;

/**
 * What every {@link EventLog} promises, as tests. A log's own test extends this and says how to open a fresh one:
 *
 * <pre>{@code
 * final class MemoryLogTest extends EventLogContract {
 *     @Override
 *     protected EventLog open(Retention retention, InstantSource clock) {
 *         return new MemoryLog(retention, clock);
 *     }
 * }
 * }</pre>
 *
 * <p>A log may answer later than it is asked, tell its followers later than it acknowledges, and not know how many
 * events a gap had; it may not lose, repeat, reorder or invent.
 */
public abstract class EventLogContract {

    /** Opens an empty log that nothing else uses; the contract closes it. */
    protected abstract EventLog open(Retention retention, InstantSource clock);

    private LogUnderTest fresh() {
        return new LogUnderTest(this::open);
    }

    @Nested
    final class Appending extends AppendFacts {
        Appending() {
            super(fresh());
        }
    }

    @Nested
    final class AppendingUnderConditions extends ConditionFacts {
        AppendingUnderConditions() {
            super(fresh());
        }
    }

    @Nested
    final class Resuming extends ResumeFacts {
        Resuming() {
            super(fresh());
        }
    }

    @Nested
    final class Paging extends PagingFacts {
        Paging() {
            super(fresh());
        }
    }

    @Nested
    final class ReadingSelectively extends SelectionFacts {
        ReadingSelectively() {
            super(fresh());
        }
    }

    @Nested
    final class CuttingHistory extends RetentionFacts {
        CuttingHistory() {
            super(fresh());
        }
    }

    @Nested
    final class CuttingSingleTopics extends TopicRetentionFacts {
        CuttingSingleTopics() {
            super(fresh());
        }
    }

    @Nested
    final class Following extends FollowFacts {
        Following() {
            super(fresh());
        }
    }

    @Nested
    final class Closing extends CloseFacts {
        Closing() {
            super(fresh());
        }
    }

    @Nested
    final class AtRandom extends RandomFacts {
        AtRandom() {
            super(EventLogContract.this::open);
        }
    }
}
