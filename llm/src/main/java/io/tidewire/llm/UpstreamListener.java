package io.tidewire.llm;

import java.nio.ByteBuffer;

/**
 * What comes back of a call: {@code head data* (end | failed)}, or {@code failed} alone. After {@link UpstreamCall#cancel} has returned
 * on the call's thread, nothing more comes; when it was called on another thread, one callback may still be running.
 *
 * <p>All callbacks of one call come in order on one thread, the event loop of the upstream's connection. They must not block: other calls
 * live on the same loop. What they throw cancels the call and is logged.
 */
public interface UpstreamListener {
    /**
     * The answer begins.
     *
     * @param call the call, since this may come before {@link Upstream#send} has returned it
     * @param head status and header fields
     */
    void head(UpstreamCall call, UpstreamHead head);

    /**
     * Bytes of the body, as soon as they have come and as they were cut on the way.
     *
     * @param bytes read-only, and good during this call only: what is kept must be copied
     */
    void data(ByteBuffer bytes);

    /** The answer was complete. */
    void end();

    /** No answer, or no more of it; nothing follows. */
    void failed(UpstreamException failure);
}
