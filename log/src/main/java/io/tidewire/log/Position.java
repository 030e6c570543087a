package io.tidewire.log;

/**
 * A place in a log, made by that log and meaningless to any other. As an entry's position it names the entry; as a
 * cursor it means "everything up to here has been seen". Immutable.
 */
public interface Position {

    /**
     * {@return the id that subscribers see, and send back as {@code Last-Event-ID}} It starts with {@code #} and has
     * only characters that need no CORS preflight (Fetch, "CORS-unsafe request-header byte").
     */
    String token();

    /**
     * {@return whether a cursor here has seen the entry at {@code entry}} Along one {@link EventLog#follow}, a cursor
     * that covers an entry covers every entry that came before it. A position covers itself.
     */
    boolean covers(Position entry);
}
