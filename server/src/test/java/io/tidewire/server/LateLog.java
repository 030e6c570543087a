package io.tidewire.server;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Cursor;
import io.tidewire.log.EventLog;
import io.tidewire.log.Follower;
import io.tidewire.log.Interest;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import io.tidewire.log.Resolution;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** A log that has everything at once and says so later, on another thread. */
final class LateLog implements EventLog {
    private final EventLog log;
    private final Executor later;

    LateLog(EventLog log, long delayMillis) {
        this(log, CompletableFuture.delayedExecutor(delayMillis, TimeUnit.MILLISECONDS));
    }

    /** One that says it when that executor runs what it is given. */
    LateLog(EventLog log, Executor later) {
        this.log = log;
        this.later = later;
    }

    private <T> CompletionStage<T> late(CompletionStage<T> stage) {
        return stage.thenApplyAsync(value -> value, later);
    }

    @Override
    public CompletionStage<List<AppendResult>> append(List<Append> batch) {
        return late(log.append(batch));
    }

    @Override
    public CompletionStage<Page> read(Read request) {
        return late(log.read(request));
    }

    @Override
    public Position follow(Follower follower) {
        return log.follow(follower);
    }

    @Override
    public CompletionStage<Resolution> resolve(Cursor cursor, Interest interest) {
        return late(log.resolve(cursor, interest));
    }

    @Override
    public void close() {
        log.close();
    }
}
