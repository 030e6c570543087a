package io.tidewire.server;

import io.netty.handler.codec.http.HttpHeaders;
import io.tidewire.hub.ResumeVerdict;
import io.tidewire.log.Cursor;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * From where a subscriber asks to be served, and what it is told about that (draft-08, "Reconnection, State Reconciliation, and Event
 * Sourcing").
 *
 * @param asked whether the request had a cursor at all, be it empty
 * @param id what it was
 */
record MercureCursor(boolean asked, String id) {
    static final String EARLIEST = LastEventId.EARLIEST;

    /** {@return the header's, or the first field's that is not empty} */
    static MercureCursor of(HttpHeaders headers, FormFields fields) {
        String header = LastEventId.of(headers);
        String id = header == null ? "" : header;
        boolean asked = header != null;
        for (String name : LastEventId.NAMES) {
            @Nullable String value = fields.first(name);
            asked |= value != null;
            id = id.isEmpty() && value != null ? value : id;
        }
        return new MercureCursor(asked, LastEventId.bounded(id));
    }

    Cursor cursor() {
        return LastEventId.cursor(id);
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
