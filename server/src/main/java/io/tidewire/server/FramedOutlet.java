package io.tidewire.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.tidewire.hub.Batch;

/**
 * A subscription's way to its client over one stream of HTTP/2 or HTTP/3. What the client's flow control does not let through
 * waits in the channel, up to its high-water mark; then the outlet is full, and its neighbours on the same connection go on.
 * A batch is copied once for all such outlets of an event loop.
 */
class FramedOutlet extends ChannelEnd {
    FramedOutlet(Channel channel, ChunkFraming framing, Wire wire) {
        super(channel, framing, wire);
    }

    @Override
    public Written write(Batch batch) {
        if (!channel.isActive()) {
            return Written.GONE;
        }
        send(wire().raw(framing.shared(batch, false, channel.alloc())));
        return channel.isWritable() ? Written.READY : Written.FULL;
    }

    void send(Object frame) {
        channel.writeAndFlush(frame, channel.voidPromise());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable()) {
            drained();
        }
    }
}
