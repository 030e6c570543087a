package io.tidewire.server;

import io.netty.handler.codec.http.HttpHeaders;
import io.tidewire.hub.ResumeVerdict;
import io.tidewire.log.Cursor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From where a subscriber asks to be served, and what it is told about that (draft-08, "Reconnection, State Reconciliation, and Event
 * Sourcing").
 *
 * @param asked whether the request had a cursor at all, be it empty
 * @param id what it was
 */
record MercureCursor(boolean asked, String id) {
    static final String EARLIEST = "earliest";

    /** Draft-08's name, draft-07's, a common misspelling of it, and that of the drafts before. */
    private static final List<String> NAMES = List.of("last_event_id", "lastEventID", "lastEventId", "Last-Event-ID");

    /** Longest id that is looked up; a longer one was not issued here. */
    private static final int MAX_ID_LENGTH = 1024;

    /** {@return the header's, or the first field's that is not empty} */
    static MercureCursor of(HttpHeaders headers, FormFields fields) {
        String header = headers.get("Last-Event-ID");
        // The header's bytes are UTF-8 (WHATWG, "Last-Event-ID"); the decoder reads them as Latin-1.
        String id =
                header == null ? "" : new String(header.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        boolean asked = header != null;
        for (String name : NAMES) {
            @Nullable String value = fields.first(name);
            asked |= value != null;
            id = id.isEmpty() && value != null ? value : id;
        }
        return new MercureCursor(asked, id.length() > MAX_ID_LENGTH ? id.substring(0, MAX_ID_LENGTH) : id);
    }

    Cursor cursor() {
        if (id.isEmpty()) {
            return new Cursor.Newest();
        }
        return id.equals(EARLIEST) ? new Cursor.Earliest() : new Cursor.After(id);
    }

    /**
     * {@return the id of the event before the first one that is sent, or {@code earliest} if that is not known any more (R5)} An id that
     * was found is the answer itself: so a client sees by one comparison that it lost nothing. One that was not found never gets
     * back into a header.
     */
    String answer(ResumeVerdict verdict, String newest) {
        if (id.isEmpty()) {
            return newest;
        }
        return verdict.kind() == ResumeVerdict.Kind.FULL && !id.equals(EARLIEST) ? id : EARLIEST;
    }

    /** {@return text as a header's bytes: UTF-8, which is written as Latin-1} */
    static String headerText(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
