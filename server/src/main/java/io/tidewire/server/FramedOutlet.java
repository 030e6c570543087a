package io.tidewire.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.tidewire.hub.Batch;
import io.tidewire.hub.CloseReason;
import io.tidewire.hub.Subscription;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A subscription's way to its client over one stream of HTTP/2 or HTTP/3. What the client's flow control does not let through
 * waits in the channel, up to its high-water mark; then the outlet is full, and its neighbours on the same connection go on.
 * A batch is copied once for all such outlets of an event loop.
 */
final class FramedOutlet extends ChannelInboundHandlerAdapter implements StreamEnd {
    /** A client that is told to go and does not take the telling is gone after this. */
    private static final int LINGER_SECONDS = 5;

    private final Channel channel;
    private final ChunkFraming framing;
    private final Wire wire;
    private @Nullable Subscription subscription;
    private boolean closing;

    FramedOutlet(Channel channel, ChunkFraming framing, Wire wire) {
        this.channel = channel;
        this.framing = framing;
        this.wire = wire;
    }

    @Override
    public void serve(Subscription served) {
        subscription = served;
        if (!channel.isActive()) {
            served.gone();
        }
    }

    @Override
    public Written write(Batch batch) {
        if (!channel.isActive()) {
            return Written.GONE;
        }
        channel.writeAndFlush(wire.raw(framing.shared(batch, false, channel.alloc())), channel.voidPromise());
        return channel.isWritable() ? Written.READY : Written.FULL;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Subscription served = subscription;
        if (served != null && channel.isWritable()) {
            served.drained();
        }
    }

    @Override
    public void close(CloseReason reason) {
        if (!closing) {
            closing = true;
            wire.end(channel);
            channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message); // a client has nothing to say on a stream
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Subscription served = subscription;
        if (served != null) {
            served.gone();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close(); // a reset by the client is not an error; channelInactive does the rest
    }
}
