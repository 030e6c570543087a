package io.tidewire.log.sqlite;

import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamPage;

/** A stream as it was committed, with its newest messages. */
record StreamView(StreamRow row, Window window) {

    /** {@return what comes after a place that is in the window} */
    StreamPage page(Offset after, int maxBytes) {
        PageOfStream page = new PageOfStream(maxBytes);
        Offset tail = new Offset(row.tail());
        Offset start = after.compareTo(tail) < 0 ? after : tail;
        window.read(start.number(), page);
        return new StreamPage(row.spec(), start, page.messages(), tail, row.closed());
    }
}
