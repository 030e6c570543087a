package io.tidewire.server;

import io.tidewire.sse.ServerSentEvent;
import java.util.concurrent.Flow;

/**
 * An application's own stream (S20): answers each request by a publisher of events, which is subscribed to once, asked for
 * as many as the connection takes, and cancelled when the client leaves. Its completion ends the stream.
 *
 * <pre>{@code
 * Tidewire.builder().stream("/countdown", request -> Publishers.of(events.iterator(), executor));
 * }</pre>
 */
@FunctionalInterface
public interface StreamHandler {

    /**
     * Answers a request. Called on the connection's event loop: it must not block; what the publisher does on its own threads may.
     *
     * @throws IllegalArgumentException if the request is not allowed; its message becomes a 400
     */
    Flow.Publisher<ServerSentEvent> handle(StreamRequest request);
}
