package io.tidewire.log;

/** From where a subscriber asks to be served. */
public sealed interface Cursor {

    /** Only what is published from now on. */
    record Newest() implements Cursor {}

    /** All that the log still has. */
    record Earliest() implements Cursor {}

    /**
     * What came after an event.
     *
     * @param lastEventId the id of the last event seen, as the subscriber sent it
     */
    record After(String lastEventId) implements Cursor {}
}
