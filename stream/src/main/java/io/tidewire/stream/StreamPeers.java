package io.tidewire.stream;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What other processes that share the store say of a stream. Safe for any thread; no method blocks. */
public interface StreamPeers {
    /** There are no others. */
    StreamPeers NONE = new StreamPeers() {
        @Override
        public CompletionStage<Boolean> read(String name) {
            return CompletableFuture.completedFuture(false);
        }

        @Override
        public CompletionStage<Boolean> write(String name) {
            return CompletableFuture.completedFuture(false);
        }

        @Override
        public CompletionStage<Boolean> stop(String name) {
            return CompletableFuture.completedFuture(false);
        }
    };

    /** {@return whether another process has a reader of it} */
    CompletionStage<Boolean> read(String name);

    /** {@return whether another process has its {@link StreamWriter}} */
    CompletionStage<Boolean> write(String name);

    /** Stops its {@link StreamWriter} in another process; {@return whether there was one}. */
    CompletionStage<Boolean> stop(String name);
}
