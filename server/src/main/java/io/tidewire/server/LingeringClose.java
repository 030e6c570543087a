package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection whose client may still be sending, so that its last answer arrives: a socket that is closed with
 * unread bytes resets the connection, and the reset overtakes the answer (RFC 9112, section 9.6). So only our half is
 * closed, and what still comes is thrown away until the client closes its own, or for a while.
 */
final class LingeringClose extends ChannelInboundHandlerAdapter {
    private static final int LINGER_SECONDS = 2;

    private LingeringClose() {}

    /** Sends the last bytes and ends the connection; on its event loop. */
    static void after(ByteBuf last, Channel channel) {
        channel.pipeline().addFirst(new LingeringClose());
        channel.config().setAutoRead(true);
        channel.writeAndFlush(last).addListener(sent -> {
            if (sent.isSuccess() && channel instanceof DuplexChannel socket) {
                closeHalf(socket);
            } else {
                channel.close();
            }
        });
        channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
    }

    private static void closeHalf(DuplexChannel socket) {
        SslHandler tls = socket.pipeline().get(SslHandler.class);
        if (tls == null) {
            socket.shutdownOutput().addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        } else {
            tls.closeOutbound().addListener(told -> socket.shutdownOutput());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }
}
