package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.tidewire.stream.StreamPage;

/**
 * What a stream's messages look like in one response. One object per response, used on its connection's loop; may keep state. A method
 * that writes nothing sends nothing.
 */
interface FeedEncoder {

    /** How much of a stream is asked for at once, in bytes. */
    int PAGE_BYTES = 64 << 10;

    /**
     * Writes a page, which may be empty: the first, and the one that says that the stream is at its end.
     *
     * @return whether the response ends after it; it must after {@link StreamPage#isEnd}
     */
    boolean page(StreamPage page, ByteBuf out);

    /** Writes what is said when the stream was deleted, has expired, or cannot be read; the response ends after it. */
    default void failed(Throwable failure, ByteBuf out) {}

    /** Writes what is said when the server stops: when to come back. */
    void shutDown(long retryMillis, ByteBuf out);

    /** Writes what tells a silent connection from a dead one. */
    void keepAlive(ByteBuf out);

    /** {@return after how many milliseconds the response ends, whatever comes; 0 for never} */
    default long maxMillis() {
        return 0;
    }
}
