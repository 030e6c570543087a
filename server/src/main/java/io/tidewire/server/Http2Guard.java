package io.tidewire.server;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches over one connection of HTTP/2: ends it when it is idle, when its peer has vanished (B11), and when it floods us with
 * frames that cost it nothing (RFC 9113, section 10.5). The codec itself stops floods of resets, of CONTINUATION and of empty
 * frames.
 */
final class Http2Guard extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Http2Guard.class);

    /** PING and SETTINGS that a peer may send between two looks: many times what any client does. */
    private static final int MAX_CONTROL_FRAMES = 100;

    private static final int LOOKS_PER_SILENCE = 3;
    private static final long MAX_LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);

    /**
     * What a peer may send us that we have not read, on all streams of the connection. With the 64 KiB that a connection begins with, one
     * upload that waits for the log would hold up all the others.
     */
    private static final int WINDOW_BYTES = 1 << 20;

    private final Http2FrameCodec codec;
    private final long silenceNanos;
    private final long idleNanos;
    private long lastReadNanos;
    private long lastBusyNanos;
    private int controlFrames;

    Http2Guard(Http2FrameCodec codec, Limits limits) {
        this.codec = codec;
        this.silenceNanos = limits.deadPeer().toNanos();
        this.idleNanos = limits.idleTimeout().toNanos();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        lastReadNanos = now(ctx);
        lastBusyNanos = lastReadNanos;
        ctx.write(new DefaultHttp2WindowUpdateFrame(WINDOW_BYTES));
        lookLater(ctx);
    }

    private static long now(ChannelHandlerContext ctx) {
        return ctx.executor().ticker().nanoTime();
    }

    private void lookLater(ChannelHandlerContext ctx) {
        long every = silenceNanos > 0 ? silenceNanos / LOOKS_PER_SILENCE : MAX_LOOK_NANOS;
        ctx.executor().schedule(() -> look(ctx), Math.min(every, idleNanos), TimeUnit.NANOSECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        lastReadNanos = now(ctx);
        boolean control = message instanceof Http2PingFrame || message instanceof Http2SettingsFrame;
        if (control && ++controlFrames > MAX_CONTROL_FRAMES) {
            ReferenceCountUtil.release(message);
            if (controlFrames == MAX_CONTROL_FRAMES + 1) {
                LOG.debug("{} floods with PING or SETTINGS; its connection is ended", ctx.channel());
                goAway(ctx, Http2Error.ENHANCE_YOUR_CALM);
            }
            return;
        }
        ctx.fireChannelRead(message);
    }

    private void look(ChannelHandlerContext ctx) {
        if (!ctx.channel().isActive()) {
            return;
        }
        controlFrames = 0;
        long now = now(ctx);
        if (codec.connection().numActiveStreams() > 0) {
            lastBusyNanos = now;
        }
        long silent = now - lastReadNanos;
        if (silenceNanos > 0 && silent >= silenceNanos) {
            ctx.close(); // it has not even answered the pings
        } else if (now - lastBusyNanos >= idleNanos) {
            goAway(ctx, Http2Error.NO_ERROR);
        } else {
            if (silenceNanos > 0 && silent >= silenceNanos / LOOKS_PER_SILENCE) {
                ctx.writeAndFlush(new DefaultHttp2PingFrame(now));
            }
            lookLater(ctx);
        }
    }

    private static void goAway(ChannelHandlerContext ctx, Http2Error error) {
        ctx.writeAndFlush(new DefaultHttp2GoAwayFrame(error)).addListener(ChannelFutureListener.CLOSE);
    }
}
