package io.tidewire.log.sqlite;

import io.tidewire.log.LogException;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Something to be done to a stream by the writer, and who waits for its outcome. */
final class StreamOrder<T> implements AppendQueue.Queued {
    private final long bytes;
    private final Work<T> work;
    private final CompletableFuture<T> done = new CompletableFuture<>();
    private Runnable answer = () -> {};

    /** What is done, within a transaction. May be done again, if that one fails. */
    interface Work<T> {
        T on(StreamLedger ledger) throws SQLException;
    }

    StreamOrder(long bytes, Work<T> work) {
        this.bytes = bytes;
        this.work = work;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    CompletionStage<T> done() {
        return done;
    }

    /** Does it; what is not allowed is an answer, too, and has changed nothing. */
    void run(StreamLedger ledger) throws SQLException {
        try {
            T outcome = work.on(ledger);
            answer = () -> done.complete(outcome);
        } catch (LogException refused) {
            answer = () -> done.completeExceptionally(refused);
        }
    }

    /** Tells the outcome, after the commit. */
    void answer() {
        answer.run();
    }

    void refuse(LogException told) {
        done.completeExceptionally(told);
    }
}
