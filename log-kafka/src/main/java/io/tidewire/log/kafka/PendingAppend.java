package io.tidewire.log.kafka;

import io.tidewire.log.AppendResult;
import io.tidewire.log.LogException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** A batch on its way: complete once each of its records has been read back, or failed once one has failed. Safe for any thread. */
final class PendingAppend {
    private final CompletableFuture<List<AppendResult>> future = new CompletableFuture<>();
    private final AtomicReferenceArray<@Nullable AppendResult> results;
    private final AtomicInteger recordsLeft;
    private final long bytes;
    private final long sinceTick;

    PendingAppend(int appends, int records, long bytes, long sinceTick) {
        this.results = new AtomicReferenceArray<>(appends);
        this.recordsLeft = new AtomicInteger(records);
        this.bytes = bytes;
        this.sinceTick = sinceTick;
    }

    CompletableFuture<List<AppendResult>> future() {
        return future;
    }

    long bytes() {
        return bytes;
    }

    long sinceTick() {
        return sinceTick;
    }

    /** Takes what became of one record's appends; {@return whether this was the last record}. */
    boolean read(int[] positions, List<AppendResult> outcomes) {
        for (int i = 0; i < positions.length; i++) {
            results.set(positions[i], outcomes.get(i));
        }
        return recordsLeft.decrementAndGet() == 0;
    }

    void complete() {
        AppendResult[] all = new AppendResult[results.length()];
        for (int i = 0; i < all.length; i++) {
            AppendResult result = results.get(i);
            if (result == null) {
                throw new IllegalStateException(
                        "append: no result (expected: one for each, when all records are read)");
            }
            all[i] = result;
        }
        future.complete(List.of(all));
    }

    void fail(LogException failure) {
        future.completeExceptionally(failure);
    }
}
