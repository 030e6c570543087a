package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Tells HTTP/2 with prior knowledge (RFC 9113, section 3.3) from HTTP/1 on a port without TLS, by the first bytes, and leaves.
 * A proxy in front speaks so.
 */
final class PriorKnowledge extends ByteToMessageDecoder {
    /** No method of HTTP/1 begins so. */
    private static final byte[] PREFACE = "PRI * HTTP/2".getBytes(StandardCharsets.US_ASCII);

    private final Duration patience;
    private final Consumer<ChannelHandlerContext> http1;
    private final Consumer<ChannelHandlerContext> http2;

    /** A client gets {@code patience} for its first bytes. */
    PriorKnowledge(Duration patience, Consumer<ChannelHandlerContext> http1, Consumer<ChannelHandlerContext> http2) {
        this.patience = patience;
        this.http1 = http1;
        this.http2 = http2;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ctx.executor().schedule(() -> giveUp(ctx), patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void giveUp(ChannelHandlerContext ctx) {
        if (!ctx.isRemoved()) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close(); // it hung up before it said anything
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        int known = Math.min(PREFACE.length, in.readableBytes());
        for (int i = 0; i < known; i++) {
            if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
                http1.accept(ctx);
                ctx.pipeline().remove(this); // hands on what it has
                return;
            }
        }
        if (known == PREFACE.length) {
            http2.accept(ctx);
            ctx.pipeline().remove(this);
        }
    }
}
