package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Arrays;
import java.util.function.Consumer;

/** Collects a body up to a limit and hands it on in one piece. */
final class WholeBody implements BodySink {
    private static final byte[] EMPTY = {};

    private final int maxBytes;
    private final Consumer<byte[]> whole;
    private byte[] bytes = EMPTY;

    WholeBody(int maxBytes, Consumer<byte[]> whole) {
        this.maxBytes = maxBytes;
        this.whole = whole;
    }

    @Override
    public void part(ByteBuf part) {
        int before = bytes.length;
        if (part.readableBytes() > maxBytes - before) {
            throw tooLarge(maxBytes);
        }
        bytes = Arrays.copyOf(bytes, before + part.readableBytes());
        part.readBytes(bytes, before, part.readableBytes());
    }

    @Override
    public void end() {
        whole.accept(bytes);
    }

    static Problem tooLarge(int maxBytes) {
        return new Problem(
                HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                "body: too large (expected: at most " + maxBytes + " bytes, limits.body-bytes)");
    }
}
