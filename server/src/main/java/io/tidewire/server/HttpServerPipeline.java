package io.tidewire.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.flow.FlowControlHandler;
import java.util.Map;

/** Sets up a new connection, or turns it away when there are too many. */
final class HttpServerPipeline extends ChannelInitializer<Channel> {
    static final String DECODER = "http";
    static final String FLOW = "flow";

    private static final int MAX_CHUNK_BYTES = 64 << 10;

    private final ServerContext server;
    private final Map<EventLoop, Routes> routes;

    HttpServerPipeline(ServerContext server, Map<EventLoop, Routes> routes) {
        this.server = server;
        this.routes = routes;
    }

    @Override
    protected void initChannel(Channel channel) {
        boolean room = server.admission().enter();
        channel.closeFuture().addListener(f -> server.admission().leave());
        Routes own = routes.get(channel.eventLoop());
        if (!room || own == null) {
            turnAway(channel);
            return;
        }
        HttpDecoderConfig config = new HttpDecoderConfig()
                .setMaxInitialLineLength(server.limits().maxHeadBytes())
                .setMaxHeaderSize(server.limits().maxHeadBytes())
                .setMaxChunkSize(MAX_CHUNK_BYTES)
                .setInitialBufferSize(256);
        channel.pipeline().addLast(DECODER, new HttpRequestDecoder(config));
        // Holds back what one read decoded, request by request, when HttpHandler stops reading.
        channel.pipeline().addLast(FLOW, new FlowControlHandler());
        channel.pipeline().addLast(new HttpHandler(server, own));
    }

    private void turnAway(Channel channel) {
        Problem problem = new Problem(
                        HttpResponseStatus.SERVICE_UNAVAILABLE,
                        "connections: more than " + server.limits().maxConnections()
                                + " (expected: at most that, limits.connections)")
                .retryAfter(5);
        // Written once it is registered, which it is not yet.
        channel.eventLoop()
                .execute(() -> LingeringClose.after(Responses.problem(channel.alloc(), problem, false), channel));
    }
}
