package io.tidewire.app.faults;

/** A run that cannot go on: a process that did not start, a hub that refuses what it should take. */
final class FaultException extends RuntimeException {
    private static final long serialVersionUID = 1;

    FaultException(String message) {
        super(message);
    }

    FaultException(String message, Throwable cause) {
        super(message, cause);
    }
}
