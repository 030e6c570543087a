package io.tidewire.server;

import io.netty.handler.codec.http.HttpHeaders;
import io.tidewire.log.Cursor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a request says which event it saw last. */
final class LastEventId {
    static final String EARLIEST = "earliest";

    /** Of parameters: draft-08's of Mercure, draft-07's, a common misspelling of it, and that of the drafts before. */
    static final List<String> NAMES = List.of("last_event_id", "lastEventID", "lastEventId", "Last-Event-ID");

    /** Longest id that is looked up; a longer one was not issued here. */
    private static final int MAX_LENGTH = 1024;

    private LastEventId() {}

    /** {@return the header's value, or null} Its bytes are UTF-8 (WHATWG, "Last-Event-ID"); the decoder reads them as Latin-1. */
    static @Nullable String of(HttpHeaders headers) {
        String header = headers.get("Last-Event-ID");
        return header == null ? null : new String(header.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** {@return the id, as far as it is looked up} */
    static String bounded(String id) {
        return id.length() > MAX_LENGTH ? id.substring(0, MAX_LENGTH) : id;
    }

    /** {@return where it leads; an empty one to the newest} */
    static Cursor cursor(String id) {
        if (id.isEmpty()) {
            return new Cursor.Newest();
        }
        return id.equals(EARLIEST) ? new Cursor.Earliest() : new Cursor.After(bounded(id));
    }
}
