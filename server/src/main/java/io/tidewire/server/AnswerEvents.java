package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.tidewire.llm.AnswerPart;
import io.tidewire.llm.Backlog;
import io.tidewire.llm.Dialect;
import io.tidewire.stream.StreamPage;

/** A recorded answer in its own dialect, each event with its place as its id. One per response. */
final class AnswerEvents implements FeedEncoder {
    /** What a reader is told when the recording cannot be read any more. */
    static final String LOST = "The recording of this answer cannot be read";

    private final NativeEvents events = new NativeEvents("text/event-stream");
    private final Dialect dialect;
    /** Whether what comes was there before the reader, and is to be told in few events. */
    private boolean backlog;

    AnswerEvents(Dialect dialect, boolean merged) {
        this.dialect = dialect;
        this.backlog = merged;
    }

    @Override
    public boolean page(StreamPage page, ByteBuf out) {
        if (!backlog) {
            return events.page(page, out);
        }
        long number = page.start().number();
        for (Backlog.Piece piece : Backlog.pieces(page.messages(), dialect)) {
            number += piece.count();
            NativeEvents.event(piece.block(), number, out);
        }
        backlog = !page.isUpToDate();
        return page.isEnd();
    }

    @Override
    public void failed(Throwable failure, ByteBuf out) {
        out.writeBytes(dialect.error(LOST, AnswerPart.Failure.INTERRUPTED));
    }

    @Override
    public void shutDown(long retryMillis, ByteBuf out) {
        events.shutDown(retryMillis, out);
    }

    @Override
    public void keepAlive(ByteBuf out) {
        events.keepAlive(out);
    }
}
