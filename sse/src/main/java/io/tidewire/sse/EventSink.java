package io.tidewire.sse;

import java.time.Duration;

/**
 * Where an {@link EventDecoder} reports what it reads, in the order of the stream, on the thread that feeds it. An
 * exception thrown here ends the feed and leaves the decoder closed until {@link EventDecoder#reset()}. A sink must not
 * call its decoder, except {@link EventDecoder#lastEventId()}.
 */
@FunctionalInterface
public interface EventSink {

    /**
     * An event is complete.
     *
     * @param event valid only during this call; the Strings and numbers it returns may be kept
     */
    void event(DecodedEvent event);

    /**
     * A comment line came; keep-alives usually look like this.
     *
     * @param text what follows the colon, without one leading space
     */
    default void comment(String text) {}

    /**
     * The server chose how long to wait before reconnecting. Holds from its line on, even if no event follows.
     *
     * @param reconnectionTime zero or more; a number too large for a long is {@link Long#MAX_VALUE} milliseconds
     */
    default void retry(Duration reconnectionTime) {}

    /**
     * A block with an id but without data ended: there is no event, yet a reconnect resumes from here.
     *
     * @param id the new last event id; empty if the server reset it
     */
    default void lastEventId(String id) {}
}
