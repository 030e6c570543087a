package io.tidewire.server;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Puts questions to an application: so many at once, the others in turn, none for longer than its time. Safe for any thread. */
final class AuthorizeCalls {
    private final AtomicLong number = new AtomicLong();
    private final String epoch = Long.toHexString(new SecureRandom().nextLong());
    private final HookClient client;
    private final CallSlots slots;
    private final Duration timeout;

    AuthorizeCalls(HookClient client, CallSlots slots, Duration timeout) {
        this.client = client;
        this.slots = slots;
        this.timeout = timeout;
    }

    HookEndpoint endpoint() {
        return client.endpoint();
    }

    /** {@return the answer, whatever its status; fails if there is none in time, or no room to wait for it} */
    CompletableFuture<HookAnswer> ask(byte[] question) {
        CompletableFuture<HookAnswer> answer = new CompletableFuture<>();
        if (!slots.offer(ended -> begin(question, answer, ended))) {
            answer.completeExceptionally(new IllegalStateException("too many calls wait already"));
        }
        return answer.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void begin(byte[] question, CompletableFuture<HookAnswer> answer, Runnable ended) {
        if (answer.isDone()) {
            ended.run(); // it waited for too long, and nobody waits for it any more
            return;
        }
        client.post("req_" + epoch + "_" + number.getAndIncrement(), question).whenComplete((got, failure) -> {
            ended.run();
            if (failure == null) {
                answer.complete(got);
            } else {
                answer.completeExceptionally(failure);
            }
        });
    }
}
