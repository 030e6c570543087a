package io.tidewire.server;

import io.netty.buffer.ByteBuf;

/** Who takes a request's body. What it throws becomes the answer. */
interface BodySink {
    /** A sink for requests whose body means nothing. */
    BodySink NONE = new BodySink() {
        @Override
        public void part(ByteBuf bytes) {}

        @Override
        public void end() {}
    };

    /** Takes a piece; the buffer is the caller's. */
    void part(ByteBuf bytes);

    /** The body is complete. */
    void end();
}
