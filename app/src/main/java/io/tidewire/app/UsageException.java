package io.tidewire.app;

/** What was asked cannot be done as it was asked: one line on stderr, exit code 2. */
final class UsageException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
