package io.tidewire.server;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Which answers were begun under which key, so that a request that is repeated begins none. Its monitor guards it. */
final class TokenAnswers {
    /** Newest keys kept; a request is repeated within minutes. */
    private static final int MAX_KEYS = 10_000;

    private final Map<Key, CompletableFuture<String>> begun = new LinkedHashMap<>();

    /** What makes a request the same as another. */
    record Key(String user, String path, String text) {}

    /** {@return the stream's name: of the answer that was begun under the key, or else of the one that is begun now} */
    CompletionStage<String> once(Key key, Supplier<CompletionStage<String>> begin) {
        CompletableFuture<String> mine = new CompletableFuture<>();
        synchronized (this) {
            CompletableFuture<String> before = begun.putIfAbsent(key, mine);
            if (before != null) {
                return before.copy();
            }
            if (begun.size() > MAX_KEYS) {
                begun.remove(begun.keySet().iterator().next());
            }
        }
        try {
            begin.get().whenComplete((name, failure) -> {
                if (failure == null) {
                    mine.complete(name);
                } else {
                    fail(key, mine, failure);
                }
            });
        } catch (RuntimeException e) {
            fail(key, mine, e);
        }
        return mine.copy();
    }

    private void fail(Key key, CompletableFuture<String> mine, Throwable failure) {
        synchronized (this) {
            begun.remove(key, mine);
        }
        mine.completeExceptionally(failure);
    }

    /** The answer is gone. */
    synchronized void forget(Key key) {
        begun.remove(key);
    }
}
