package io.tidewire.server;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ServerConnectionHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContext;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * HTTP/3: one UDP socket, on one event loop, that all QUIC connections share. The kernel spreads TCP connections over the loops; it cannot do
 * so for QUIC, whose connections move between addresses.
 */
final class QuicListener {
    private static final long CONNECTION_WINDOW_BYTES = 4 << 20;
    private static final long STREAM_WINDOW_BYTES = 256 << 10;

    private QuicListener() {}

    /** Listens; {@return the socket}. */
    static Channel bind(
            ServerContext server,
            Sockets sockets,
            EventLoop loop,
            HttpServerPipeline pipeline,
            Routes routes,
            Certificates certificates,
            InetSocketAddress address) {
        Limits limits = server.limits();
        QuicSslContext first = Objects.requireNonNull(certificates.quic());
        var codec = Http3.newQuicServerCodecBuilder()
                .sslEngineProvider(channel -> {
                    QuicSslContext newest = certificates.quic();
                    return (newest == null ? first : newest).newEngine(channel.alloc());
                })
                .maxIdleTimeout(limits.idleTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .initialMaxData(CONNECTION_WINDOW_BYTES)
                .initialMaxStreamDataBidirectionalRemote(STREAM_WINDOW_BYTES)
                .initialMaxStreamDataBidirectionalLocal(STREAM_WINDOW_BYTES)
                .initialMaxStreamDataUnidirectional(STREAM_WINDOW_BYTES)
                .initialMaxStreamsBidirectional(limits.maxStreamsPerConnection())
                .initialMaxStreamsUnidirectional(16)
                .tokenHandler(new QuicRetryTokens(InstantSource.system()))
                .handler(new ChannelInitializer<QuicChannel>() {
                    @Override
                    protected void initChannel(QuicChannel channel) {
                        if (!server.admission().enter()) {
                            channel.close();
                        }
                        channel.closeFuture()
                                .addListener(f -> server.admission().leave());
                        channel.pipeline()
                                .addLast(new QuicPeerProbe(limits.deadPeer()))
                                .addLast(new Http3ServerConnectionHandler(pipeline.http3Stream(routes)))
                                .addLast(new Quiet());
                    }
                })
                .build();
        Bootstrap bootstrap = new Bootstrap().group(loop).handler(codec);
        bootstrap.channel(sockets.datagrams().asSubclass(DatagramChannel.class));
        return bootstrap.bind(address).syncUninterruptibly().channel();
    }
}
