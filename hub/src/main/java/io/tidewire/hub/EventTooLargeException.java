package io.tidewire.hub;

/** A payload is bigger than the hub's limit; nothing was published. */
public final class EventTooLargeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    EventTooLargeException(long bytes, int limitBytes) {
        super("data: " + bytes + " bytes (expected: at most " + limitBytes + ", the hub's max-event-bytes)");
    }
}
