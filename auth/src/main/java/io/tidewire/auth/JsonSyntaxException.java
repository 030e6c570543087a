package io.tidewire.auth;

/** Text that is no JSON, or not JSON that we take. Its message holds no part of the text. */
final class JsonSyntaxException extends Exception {
    private static final long serialVersionUID = 1;

    JsonSyntaxException(String message) {
        super(message, null, false, false);
    }
}
