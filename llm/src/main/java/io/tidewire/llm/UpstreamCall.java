package io.tidewire.llm;

/** A request under way. Safe for any thread; after the end nothing here does anything. */
public interface UpstreamCall {
    /**
     * Closes the upstream's connection at once (HTTP/2: resets the stream), whether or not the answer has begun, so that the upstream
     * stops working on it. The listener is not told.
     */
    void cancel();

    /**
     * Stops reading after the chunk under way; the upstream is slowed down by its socket's (HTTP/2: its stream's) window. A paused call does
     * not time out.
     */
    void pause();

    /** Reads on. */
    void resume();
}
