package io.tidewire.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.codec.http3.Http3FrameToHttpObjectCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AsciiString;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sets up a new connection for the HTTP that it speaks, or turns it away when there are too many. */
final class HttpServerPipeline extends ChannelInitializer<Channel> {
    private static final int MAX_CHUNK_BYTES = 64 << 10;

    /** What a stream of HTTP/2 may hold that its client does not let through yet. */
    private static final WriteBufferWaterMark STREAM_MARKS = new WriteBufferWaterMark(16 << 10, 64 << 10);

    /** One for all streams: their buffers are the connection's, and each would have an estimate of its own (100 bytes a stream). */
    private static final RecvByteBufAllocator STREAM_RECEIVE =
            new FixedRecvByteBufAllocator(8 << 10).maxMessagesPerRead(16);

    /** It differs from stream to stream: in the table of header compression it would push out all others (80 bytes a stream). */
    private static final CharSequence UNIQUE_FIELD = "tidewire-connection";

    private static final String QUIET = "quiet";
    private static final int RESET_WINDOW_SECONDS = 30;
    private static final int MAX_FLUSHES_HELD = 256;

    private final ServerContext server;
    private final Map<EventLoop, Routes> routes;
    private final @Nullable Certificates certificates;
    private final Wire http1 = new Http1Wire(true);
    private final Wire http2 = new Http2Wire();

    HttpServerPipeline(ServerContext server, Map<EventLoop, Routes> routes, @Nullable Certificates certificates) {
        this.server = server;
        this.routes = routes;
        this.certificates = certificates;
    }

    @Override
    protected void initChannel(Channel channel) {
        boolean room = server.admission().enter();
        channel.closeFuture().addListener(f -> server.admission().leave());
        Routes own = routes.get(channel.eventLoop());
        Certificates secure = certificates;
        if (!room || own == null) {
            turnAway(channel, secure != null);
        } else if (secure != null) {
            SslHandler tls = secure.tls().newHandler(channel.alloc());
            tls.setHandshakeTimeoutMillis(server.limits().headTimeout().toMillis());
            channel.pipeline().addLast(tls).addLast(new ByAlpn(own));
        } else {
            channel.pipeline()
                    .addLast(new PriorKnowledge(
                            server.limits().headTimeout(),
                            ctx -> http1(ctx.pipeline(), own),
                            ctx -> http2(ctx.pipeline(), own)));
        }
    }

    private void turnAway(Channel channel, boolean secure) {
        if (secure) {
            channel.close(); // it would cost a handshake to say why
            return;
        }
        Problem problem = new Problem(
                        HttpResponseStatus.SERVICE_UNAVAILABLE,
                        "connections: more than " + server.limits().maxConnections()
                                + " (expected: at most that, limits.connections)")
                .retryAfter(5);
        // Written once it is registered, which it is not yet.
        channel.eventLoop().execute(() -> LingeringClose.after(Responses.problem(channel.alloc(), problem), channel));
    }

    private void http1(ChannelPipeline pipeline, Routes own) {
        HttpDecoderConfig config = new HttpDecoderConfig()
                .setMaxInitialLineLength(server.limits().maxHeadBytes())
                .setMaxHeaderSize(server.limits().maxHeadBytes())
                .setMaxChunkSize(MAX_CHUNK_BYTES)
                .setInitialBufferSize(256);
        pipeline.addLast(Http1Wire.DECODER, new HttpRequestDecoder(config));
        // Holds back what one read decoded, request by request, when HttpHandler stops reading.
        pipeline.addLast(Http1Wire.FLOW, new FlowControlHandler());
        pipeline.addLast(new HttpHandler(server, own, http1));
    }

    private void http2(ChannelPipeline pipeline, Routes own) {
        int streams = server.limits().maxStreamsPerConnection();
        Http2FrameCodec codec = Http2FrameCodecBuilder.forServer()
                .initialSettings(Http2Settings.defaultSettings()
                        .maxConcurrentStreams(streams)
                        .maxHeaderListSize(server.limits().maxHeadBytes()))
                // A page that leaves resets all its streams at once: that much is no attack (CVE-2023-44487).
                .decoderEnforceMaxRstFramesPerWindow(2 * streams, RESET_WINDOW_SECONDS)
                .headerSensitivityDetector((name, value) -> AsciiString.contentEquals(name, UNIQUE_FIELD))
                .build();
        pipeline.addLast(new FlushConsolidationHandler(MAX_FLUSHES_HELD, true));
        pipeline.addLast(codec);
        pipeline.addLast(new Http2Guard(codec, server.limits()));
        pipeline.addLast(new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel stream) {
                http2Stream(stream, own);
            }
        }));
        pipeline.addLast(QUIET, new Quiet());
    }

    private void http2Stream(Channel stream, Routes own) {
        stream.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, STREAM_MARKS);
        stream.config().setRecvByteBufAllocator(STREAM_RECEIVE);
        stream.pipeline()
                .addLast(FramedWire.CODEC, new Http2StreamFrameToHttpObjectCodec(true))
                .addLast(FramedWire.FLOW, new FlowControlHandler())
                .addLast(new HttpHandler(server, own, http2));
    }

    /** Goes by what the TLS handshake agreed on. */
    private final class ByAlpn extends ApplicationProtocolNegotiationHandler {
        private final Routes own;

        ByAlpn(Routes own) {
            super(ApplicationProtocolNames.HTTP_1_1);
            this.own = own;
        }

        @Override
        protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
            if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
                http2(ctx.pipeline(), own);
            } else {
                http1(ctx.pipeline(), own);
            }
        }

        @Override
        protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close(); // a client that does not trust us, or speaks no TLS: its affair
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    /** {@return what sets up one stream of HTTP/3} */
    ChannelHandler http3Stream(Routes own) {
        Wire http3 = new Http3Wire();
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, STREAM_MARKS);
                stream.pipeline()
                        .addLast(FramedWire.CODEC, new Http3FrameToHttpObjectCodec(true))
                        .addLast(FramedWire.FLOW, new FlowControlHandler())
                        .addLast(new HttpHandler(server, own, http3));
            }
        };
    }
}
