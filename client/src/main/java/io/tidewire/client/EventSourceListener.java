package io.tidewire.client;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Hears about the life of a source. All methods are called on the source's own thread, one after the other, so one that blocks holds
 * up the stream; none is called after {@link #closed}. What they throw is reported to {@link #failed}.
 *
 * <pre>{@code
 * EventSource.builder(uri).listener(new EventSourceListener() {
 *     public void disconnected(EventSourceException cause, Duration retryIn) {
 *         log.info("Again in {}: {}", retryIn, cause.getMessage());
 *     }
 * });
 * }</pre>
 */
public interface EventSourceListener {

    /** The state became another; before the more telling call about the same change. */
    default void stateChanged(ConnectionState state) {}

    /**
     * The server answered with an event stream.
     *
     * @param origin the address that answered, after redirects
     * @param headers those of the answer, names in lower case
     */
    default void opened(URI origin, Map<String, List<String>> headers) {}

    /** A Tidewire server introduced itself: the first event of each of its streams. */
    default void connected(Connected hello) {}

    /**
     * Events were missed for good: said by a Tidewire server's {@code gap} event, or by a Mercure hub that resumed from another id
     * than asked for. Comes before the events that follow the gap.
     */
    default void gap(Gap gap) {}

    /** A comment line came; keep-alives usually look like this. */
    default void comment(String text) {}

    /**
     * A connection failed or ended, and another will be tried.
     *
     * @param cause why
     * @param retryIn after what wait; zero after a 401 with headers to be computed anew
     */
    default void disconnected(EventSourceException cause, Duration retryIn) {}

    /** The source is closed for good. The last call of all; not made if the source was never started. */
    default void closed(EventSourceException cause) {}

    /**
     * Something beside the connection failed: a listener, a codec, a subscriber
     * ({@link EventSourceException.Reason#LISTENER}) or the writing of the cursor
     * ({@link EventSourceException.Reason#CURSOR_STORE}). The stream goes on. Unless overridden it goes to the thread's handler of
     * uncaught exceptions, which prints it.
     */
    default void failed(EventSourceException error) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, error);
    }
}
