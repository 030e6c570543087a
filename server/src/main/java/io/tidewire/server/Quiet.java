package io.tidewire.server;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Exception;

/** The end of a connection's pipeline: a peer that breaks the protocol, or off, loses its connection and is no error of ours. */
@ChannelHandler.Sharable
final class Quiet extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause
                instanceof
                Http2Exception)) { // those the codec answers by a GOAWAY that says what was wrong, and closes
            ctx.close();
        }
    }
}
