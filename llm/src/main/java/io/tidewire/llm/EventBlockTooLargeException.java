package io.tidewire.llm;

/**
 * An event of an upstream is longer than the limit given to {@link EventBlocks}, which takes no more of that stream:
 * what follows could not be told from the middle of the event given up.
 */
public final class EventBlockTooLargeException extends RuntimeException {

    private static final long serialVersionUID = 1;

    EventBlockTooLargeException(int limitBytes) {
        super("event: too long (expected: at most " + limitBytes + " bytes with its blank line)");
    }
}
