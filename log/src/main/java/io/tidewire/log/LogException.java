package io.tidewire.log;

/** The log could not do what it was asked. Nothing that failed so was acknowledged. */
public abstract sealed class LogException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private LogException(String message, Throwable cause) {
        super(message, cause);
    }

    private LogException(String message) {
        super(message);
    }

    /** The log cannot be reached, or was closed; it may come back. */
    public static final class Unavailable extends LogException {
        private static final long serialVersionUID = 1L;

        /** Creates one with a message that says what to do about it. */
        public Unavailable(String message, Throwable cause) {
            super(message, cause);
        }

        /** Creates one that no other exception caused. */
        public Unavailable(String message) {
            super(message);
        }
    }

    /** There is no room for more. */
    public static final class Full extends LogException {
        private static final long serialVersionUID = 1L;

        /** Creates one with a message that says what is full. */
        public Full(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
