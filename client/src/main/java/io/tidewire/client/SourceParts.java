package io.tidewire.client;

import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What a source is made of. Immutable.
 *
 * @param transport called once, on the source's thread
 * @param lastEventId where to begin if the store has nothing
 * @param nanos a monotonic time
 * @param random 0 (inclusive) to 1 (exclusive)
 */
record SourceParts(
        RequestPlan plan,
        StreamOptions options,
        RetryPolicy retry,
        AnswerRules rules,
        Announcements announcements,
        Supplier<Transport> transport,
        boolean ownsTransport,
        String lastEventId,
        LongSupplier nanos,
        DoubleSupplier random) {}
