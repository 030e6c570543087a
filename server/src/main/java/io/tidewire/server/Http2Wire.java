package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import java.util.concurrent.TimeUnit;

/** HTTP/2 (RFC 9113): the channel is one stream of a connection. */
final class Http2Wire extends FramedWire {
    private static final int LINGER_SECONDS = 2;

    /**
     * What still comes of a request that is answered is thrown away for a while. A reset at once would be allowed (section 8.1),
     * but what is under way then would be answered by an error on a closed stream, which some clients take for the answer.
     */
    @Override
    public void finish(Channel channel, boolean moreMayCome) {
        channel.flush();
        if (moreMayCome) {
            channel.eventLoop().schedule(() -> reset(channel, Http2Error.NO_ERROR), LINGER_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public void breakOff(Channel channel) {
        reset(channel, Http2Error.INTERNAL_ERROR);
    }

    private static void reset(Channel channel, Http2Error error) {
        if (channel.isActive()) {
            channel.writeAndFlush(new DefaultHttp2ResetFrame(error)).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public Object raw(ByteBuf bytes) {
        return new DefaultHttp2DataFrame(bytes);
    }

    @Override
    public ChannelFuture end(Channel channel) {
        return channel.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, true))
                .addListener(ChannelFutureListener.CLOSE);
    }
}
