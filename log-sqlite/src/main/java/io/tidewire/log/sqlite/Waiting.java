package io.tidewire.log.sqlite;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A batch that waits to be written, with the updates as bytes. */
record Waiting(List<Append> batch, List<byte[]> bodies, long bytes, CompletableFuture<List<AppendResult>> done)
        implements AppendQueue.Queued {}
