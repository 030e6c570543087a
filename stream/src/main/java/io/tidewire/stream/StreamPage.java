package io.tidewire.stream;

import java.util.List;

/**
 * A part of a stream, and how the stream was when it was read.
 *
 * @param spec what the stream is
 * @param start where it was read from
 * @param messages what is there, in order; nobody changes the arrays
 * @param tail the stream's tail
 * @param closed whether the stream is closed
 */
public record StreamPage(StreamSpec spec, Offset start, List<byte[]> messages, Offset tail, boolean closed) {

    /** {@return where to go on} */
    public Offset next() {
        return start.plus(messages.size());
    }

    /** {@return whether there is nothing after it now} */
    public boolean isUpToDate() {
        return next().compareTo(tail) >= 0;
    }

    /** {@return whether there is nothing after it, and never will be} */
    public boolean isEnd() {
        return closed && isUpToDate();
    }
}
