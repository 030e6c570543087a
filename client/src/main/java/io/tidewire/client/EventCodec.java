package io.tidewire.client;

/**
 * Makes objects of the data of events, for {@link EventSource#on(String, Class, java.util.function.Consumer)}. Called on
 * the source's thread; one that is given to several sources must be safe for several threads. Whatever it throws is
 * reported to {@link EventSourceListener#failed}; the stream goes on with the next event.
 *
 * <p>JSON libraries have a method of this shape:
 *
 * <pre>{@code
 * EventCodec jackson = JsonMapper.shared()::readValue;
 * }</pre>
 */
public interface EventCodec {

    /**
     * Reads one event's data.
     *
     * @param data what the event carried; may be empty
     * @param type what to make of it
     * @return the object
     * @throws Exception if the data is not of that type
     */
    <T> T read(String data, Class<T> type) throws Exception;
}
