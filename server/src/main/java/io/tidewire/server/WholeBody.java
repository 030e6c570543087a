package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Arrays;
import java.util.function.Consumer;

/** Collects a body up to a limit and hands it on in one piece. */
final class WholeBody implements BodySink {
    private static final byte[] EMPTY = {};

    private final int maxBytes;
    private final String setting;
    private final Consumer<byte[]> whole;
    private byte[] bytes = EMPTY;
    private int length;

    WholeBody(int maxBytes, Consumer<byte[]> whole) {
        this(maxBytes, "limits.body-bytes", whole);
    }

    /** Takes the name of the setting that is the limit. */
    WholeBody(int maxBytes, String setting, Consumer<byte[]> whole) {
        this.maxBytes = maxBytes;
        this.setting = setting;
        this.whole = whole;
    }

    @Override
    public void part(ByteBuf part) {
        int added = part.readableBytes();
        if (added > maxBytes - length) {
            throw tooLarge(maxBytes, setting);
        }
        if (added > bytes.length - length) { // most bodies come in one part; others must not be copied for each
            long twice = length == 0 ? added : Math.max(2L * bytes.length, length + (long) added);
            bytes = Arrays.copyOf(bytes, (int) Math.min(twice, maxBytes));
        }
        part.readBytes(bytes, length, added);
        length += added;
    }

    @Override
    public void end() {
        whole.accept(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
    }

    static Problem tooLarge(int maxBytes) {
        return tooLarge(maxBytes, "limits.body-bytes");
    }

    private static Problem tooLarge(int maxBytes, String setting) {
        return new Problem(
                HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                "body: too large (expected: at most " + maxBytes + " bytes, " + setting + ")");
    }
}
