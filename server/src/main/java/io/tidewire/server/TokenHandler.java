package io.tidewire.server;

import java.util.concurrent.Flow;

/**
 * Makes answers of tokens (S20), as a language model does. Each request is answered by a publisher of its tokens, which is subscribed to once, asked for
 * as many as the store takes, and cancelled when the answer is stopped or abandoned. The answer is recorded: a client that was cut off
 * goes on where it was, at the URL that the answer's {@code Content-Location} names.
 *
 * <pre>{@code
 * Tidewire.builder().tokens("/chat", request -> Publishers.of(model.answer(request.body()), executor));
 * }</pre>
 */
@FunctionalInterface
public interface TokenHandler {

    /**
     * Answers a request. Called on the connection's event loop: it must not block; what the publisher does on its own threads may. Of requests with the
     * same {@code Idempotency-Key} by the same user only the first comes here.
     *
     * @throws IllegalArgumentException if the request is not allowed; its message becomes a 400
     */
    Flow.Publisher<String> handle(TokenRequest request);
}
