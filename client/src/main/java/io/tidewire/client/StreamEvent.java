package io.tidewire.client;

import java.net.URI;
import java.util.Objects;

/**
 * An event as it is given to listeners and readers. Immutable.
 *
 * @param type its name; {@code message} if the stream gave none
 * @param data its data lines joined by LF; may be empty
 * @param id its id, or that of the last event before it that had one, even on an earlier connection; empty if none had
 * @param origin the address that answered, after redirects
 */
public record StreamEvent(String type, String data, String id, URI origin) {

    /** Checks that nothing is null. */
    public StreamEvent {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(origin, "origin");
    }

    /** {@return the type, the id and how long the data is; never the data, for logs} */
    @Override
    public String toString() {
        return "StreamEvent[type=" + type + ", id=" + id + ", data=" + data.length() + " characters]";
    }
}
