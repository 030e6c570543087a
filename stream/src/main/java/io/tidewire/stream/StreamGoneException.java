package io.tidewire.stream;

/** A stream is not there: it never was, was deleted, or has expired. */
public final class StreamGoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates one for a stream of that name. */
    public StreamGoneException(String name) {
        super("stream: " + name + " (expected: one that exists)", null, false, false);
    }
}
