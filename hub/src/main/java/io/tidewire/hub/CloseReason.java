package io.tidewire.hub;

import java.util.Locale;

/** Why a connection ended: exactly one for each, told to the callback, the metrics and, where possible, the client. */
public enum CloseReason {
    /** The client hung up, or its network did. Not an error. */
    CLIENT_GONE,
    /** It did not read, and its policy is to be disconnected for that. */
    SLOW,
    /** It reached the maximum age of a connection. */
    MAX_AGE,
    /** The hub is shutting down, or draining. */
    SHUTDOWN,
    /** Its token expired. */
    TOKEN_EXPIRED,
    /** What it listened to is complete; there is nothing to come back for. */
    COMPLETED,
    /** Someone ended it through the API. */
    KICKED;

    /** {@return the name on the wire and in metrics, as in {@code client-gone}} */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
