package io.tidewire.log.redis;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.LogException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Appends to the log. */
final class Appender implements GroupCommit.Form<PendingAppend> {
    /** A request takes some milliseconds. */
    private static final GroupCommit.Bounds REQUESTS = new GroupCommit.Bounds(500, 1 << 20, 64L << 20);

    private final AppendEncoder encoder;
    private final Bounds bounds;
    private final Followers followers;
    private final byte[][] keys;
    private final GroupCommit<PendingAppend> requests;

    Appender(Link link, RedisConfig config, AppendEncoder encoder, Bounds bounds, Followers followers, byte[][] keys) {
        this.encoder = encoder;
        this.bounds = bounds;
        this.followers = followers;
        this.keys = keys;
        this.requests = new GroupCommit<>(link, config, this, REQUESTS);
    }

    /** {@return what is to know of sessions} */
    Link.User requests() {
        return requests;
    }

    CompletableFuture<List<AppendResult>> append(List<Append> batch) {
        if (batch.isEmpty() && !requests.isClosed()) {
            return CompletableFuture.completedFuture(List.of());
        }
        LogException refusal = requests.refusal();
        if (refusal != null) {
            return CompletableFuture.failedFuture(refusal);
        }
        PendingAppend append = new PendingAppend(batch, encoder.encode(batch));
        requests.submit(append);
        return append.result();
    }

    @Override
    public Script script() {
        return Script.APPEND;
    }

    @Override
    public byte[][] keys(List<PendingAppend> items) {
        return keys;
    }

    @Override
    public byte[][] arguments(long number, long memoryMillis, List<PendingAppend> items) {
        int size = items.stream().mapToInt(PendingAppend::size).sum();
        byte[][] own = new byte[3 + size * AppendEncoder.ITEM][];
        own[0] = Answers.bytes(Long.toString(number));
        own[1] = Answers.bytes(Long.toString(memoryMillis));
        own[2] = Answers.bytes(Long.toString(followers.head().number()));
        int at = 3;
        for (PendingAppend append : items) {
            System.arraycopy(append.arguments(), 0, own, at, append.arguments().length);
            at += append.arguments().length;
        }
        return bounds.with(own);
    }

    @Override
    public void completed(List<PendingAppend> items, List<Object> answers) {
        StreamPosition newest = StreamPosition.of(Answers.number(answers.get(0)), 0);
        for (PendingAppend append : items) {
            if (append.newest().number() > newest.number()) {
                newest = append.newest();
            }
        }
        followers.raise(newest);
    }

    /** Refuses what comes and what waits. Any thread. */
    void close() {
        requests.close();
    }
}
