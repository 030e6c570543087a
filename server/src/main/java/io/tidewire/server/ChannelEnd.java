package io.tidewire.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.tidewire.hub.CloseReason;
import io.tidewire.hub.Subscription;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What every stream's end has in common: whom it serves, and how it ends. Used on its channel's loop. */
abstract class ChannelEnd extends ChannelInboundHandlerAdapter implements StreamEnd {
    /** A client that is told to go and does not take the telling is gone after this. */
    private static final int LINGER_SECONDS = 5;

    final Channel channel;
    final ChunkFraming framing;
    private final Wire wire;
    private @Nullable Subscription subscription;
    private boolean closing;

    ChannelEnd(Channel channel, ChunkFraming framing, Wire wire) {
        this.channel = channel;
        this.framing = framing;
        this.wire = wire;
    }

    Wire wire() {
        return wire;
    }

    @Override
    public final void serve(Subscription served) {
        subscription = served;
        if (!channel.isActive()) {
            served.gone();
        }
    }

    final void drained() {
        Subscription served = subscription;
        if (served != null) {
            served.drained();
        }
    }

    @Override
    public final void close(CloseReason reason) {
        if (!closing) {
            closing = true;
            wire.end(channel);
            channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public final void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message); // a client has nothing to say on a stream
    }

    @Override
    public final void channelInactive(ChannelHandlerContext ctx) {
        Subscription served = subscription;
        if (served != null) {
            served.gone();
        }
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close(); // a reset by the client is not an error; channelInactive does the rest
    }
}
