package io.tidewire.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http3.DefaultHttp3UnknownFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionStats;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Notices that the peer of a QUIC connection has vanished. A peer from which nothing came for a while is sent a frame of a reserved type
 * on the control stream (RFC 9114, section 7.2.8), which means nothing and must be acknowledged; one that acknowledges none of three
 * is gone. Used on its connection's loop.
 */
final class QuicPeerProbe extends ChannelInboundHandlerAdapter {
    /** One of the reserved types, {@code 0x1f * N + 0x21}. */
    private static final long RESERVED_FRAME = 0x40;

    private static final int LOOKS = 3;

    private final long everyMillis;
    private @Nullable ScheduledFuture<?> next;
    private long received;
    private int unanswered;

    /** Creates one that gives up a peer after about that time; zero for never. */
    QuicPeerProbe(Duration deadPeer) {
        this.everyMillis = deadPeer.toMillis() / LOOKS;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        QuicChannel connection = (QuicChannel) ctx.channel();
        if (everyMillis > 0) {
            next = ctx.executor()
                    .scheduleWithFixedDelay(
                            () -> connection.collectStats().addListener(stats -> look(connection, stats)),
                            everyMillis,
                            everyMillis,
                            TimeUnit.MILLISECONDS);
        }
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (next != null) {
            next.cancel(false);
        }
        ctx.fireChannelInactive();
    }

    private void look(QuicChannel connection, Future<?> collected) {
        if (!collected.isSuccess()) {
            return; // it is closing
        }
        long now = ((QuicConnectionStats) collected.getNow()).recv();
        if (now != received) {
            received = now;
            unanswered = 0;
        } else if (++unanswered > LOOKS) {
            connection.close();
        } else {
            probe(connection);
        }
    }

    private static void probe(QuicChannel connection) {
        QuicStreamChannel control = Http3.getLocalControlStream(connection);
        if (control != null) {
            control.writeAndFlush(new DefaultHttp3UnknownFrame(RESERVED_FRAME, Unpooled.EMPTY_BUFFER));
        }
    }
}
