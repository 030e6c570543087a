package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.util.concurrent.TimeUnit;

/** HTTP/3 (RFC 9114): the channel is one bidirectional stream of a QUIC connection. */
final class Http3Wire extends FramedWire {
    private static final int LINGER_SECONDS = 2;

    /**
     * An answer that needs no more of its request asks the client to stop sending, with no error (section 4.1.1); but not at once: that a
     * request has no body is known only when it ends, a moment after its head.
     */
    @Override
    public void finish(Channel channel, boolean moreMayCome) {
        channel.flush();
        if (moreMayCome && channel instanceof QuicStreamChannel stream) {
            channel.eventLoop().schedule(() -> stopSending(stream), LINGER_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static void stopSending(QuicStreamChannel stream) {
        if (stream.isActive() && !stream.isInputShutdown()) {
            stream.shutdownInput(Http3ErrorCode.H3_NO_ERROR.code());
        }
    }

    @Override
    public void breakOff(Channel channel) {
        if (channel instanceof QuicStreamChannel stream) {
            stream.shutdown(Http3ErrorCode.H3_INTERNAL_ERROR.code());
        }
    }

    @Override
    public Object raw(ByteBuf bytes) {
        return new DefaultHttp3DataFrame(bytes);
    }

    @Override
    public StreamEnd streamEnd(Channel channel, ChunkFraming framing, PeerProbe probe) {
        return channel instanceof QuicStreamChannel stream
                ? new QuicOutlet(stream, framing, this, probe.deadPeer())
                : super.streamEnd(channel, framing, probe);
    }

    @Override
    public ChannelFuture end(Channel channel) {
        return channel instanceof QuicStreamChannel stream
                ? stream.shutdownOutput().addListener(ChannelFutureListener.CLOSE)
                : channel.close();
    }
}
