package io.tidewire.stream;

/**
 * Something happened to a stream, by whoever shares its store.
 *
 * @param name the stream
 * @param tail its tail then
 * @param state what it was then
 */
public record StreamChange(String name, Offset tail, State state) {

    /** What a stream can be. */
    public enum State {
        /** It may grow. */
        OPEN,
        /** It will not grow. */
        CLOSED,
        /** It was deleted, or has expired. */
        GONE
    }
}
