package io.tidewire.sse;

/** What can go wrong with the bytes of a stream, as opposed to a caller's mistake. Unchecked. */
public abstract sealed class SseException extends RuntimeException permits EventTooLargeException {

    private static final long serialVersionUID = 1;

    SseException(String message) {
        super(message);
    }
}
