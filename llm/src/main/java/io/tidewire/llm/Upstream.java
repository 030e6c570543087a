package io.tidewire.llm;

/** The way to upstreams (first version of the API; the body follows). */
public final class Upstream implements AutoCloseable {
    Upstream() {}

    /**
     * Sends a request; never blocks.
     *
     * @param target where to
     * @param request what
     * @param listener who is told
     * @return the call, to be stopped
     */
    public UpstreamCall send(UpstreamTarget target, UpstreamRequest request, UpstreamListener listener) {
        throw new UnsupportedOperationException(target + " " + request + " " + listener);
    }

    @Override
    public void close() {}
}
