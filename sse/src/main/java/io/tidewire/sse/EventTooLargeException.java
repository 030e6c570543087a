package io.tidewire.sse;

/**
 * A line, or the data of an event, is longer than the {@link DecoderLimits} allow. The decoder that threw it takes no
 * more input until {@link EventDecoder#reset()}: what follows on that stream could not be told from the middle of the
 * line it gave up.
 */
public final class EventTooLargeException extends SseException {

    private static final long serialVersionUID = 1;

    EventTooLargeException(String what, int limitBytes) {
        super(what + ": too long (expected: at most " + limitBytes + " bytes; raise the limit in DecoderLimits)");
    }
}
