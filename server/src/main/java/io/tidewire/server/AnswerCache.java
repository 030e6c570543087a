package io.tidewire.server;

import io.tidewire.auth.Identity;
import io.tidewire.auth.TokenException;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Answers of an application, and the calls that are under way for more. Bounded in entries: the one that was asked for longest ago goes.
 * Safe for any thread. One lock for both, so that whoever asks finds an answer, or a call, or has the only one to make.
 */
final class AnswerCache {

    /** What is known of a question: an identity or a refusal. */
    private record Known(
            @Nullable Identity identity, @Nullable TokenException refusal, Instant goodUntil) {}

    /**
     * What somebody who asks gets.
     *
     * @param future the answer, there or to come
     * @param source where it comes from
     */
    record Found(CompletableFuture<Identity> future, Source source) {}

    /** Where an answer comes from. */
    enum Source {
        CACHE,
        CALL_UNDER_WAY,
        /** Whoever got this has to make the call. */
        NEW_CALL
    }

    private final int maxEntries;
    private final Map<String, Known> known = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, CompletableFuture<Identity>> calls = new HashMap<>();

    AnswerCache(int maxEntries) {
        this.maxEntries = maxEntries;
    }

    synchronized Found find(String key, Instant now) {
        Known answer = known.get(key);
        if (answer != null && now.isBefore(answer.goodUntil())) {
            TokenException refusal = answer.refusal();
            return new Found(
                    refusal == null
                            ? CompletableFuture.completedFuture(answer.identity())
                            : CompletableFuture.failedFuture(refusal),
                    Source.CACHE);
        }
        CompletableFuture<Identity> call = calls.get(key);
        if (call != null) {
            return new Found(call.copy(), Source.CALL_UNDER_WAY);
        }
        CompletableFuture<Identity> mine = new CompletableFuture<>();
        calls.put(key, mine);
        return new Found(mine, Source.NEW_CALL);
    }

    synchronized void granted(String key, Identity identity, Instant goodUntil) {
        ended(key, new Known(identity, null, goodUntil));
    }

    synchronized void refused(String key, TokenException refusal, Instant goodUntil) {
        ended(key, new Known(null, refusal, goodUntil));
    }

    /** A call ended without an answer. */
    synchronized void failed(String key) {
        calls.remove(key);
    }

    private void ended(String key, Known answer) {
        calls.remove(key);
        known.put(key, answer);
        if (known.size() > maxEntries) {
            known.remove(known.keySet().iterator().next());
        }
    }
}
