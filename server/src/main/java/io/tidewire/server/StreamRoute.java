package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpMethod;
import io.tidewire.hub.CloseReason;
import io.tidewire.sse.ServerSentEvent;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** Answers a request by an application's own stream. */
final class StreamRoute {
    private final ServerContext server;
    private final StreamHandler handler;

    StreamRoute(ServerContext server, StreamHandler handler) {
        this.server = server;
        this.handler = handler;
    }

    BodySink open(Exchange exchange) {
        if (!exchange.is(HttpMethod.GET) && !exchange.is(HttpMethod.POST)) {
            throw Problem.methodNotAllowed(exchange.method(), "GET, POST");
        }
        return new WholeBody(
                server.limits().maxBodyBytes(),
                body -> exchange.handler().whenFirst(exchange, () -> tryStart(exchange, body)));
    }

    private void tryStart(Exchange exchange, byte[] body) {
        try {
            start(exchange, body);
        } catch (RuntimeException e) {
            exchange.fail(e);
        }
    }

    private void start(Exchange exchange, byte[] body) {
        CompletableFuture<CloseReason> closed = new CompletableFuture<>();
        RequestHead head = exchange.head(server.remote(exchange));
        Flow.Publisher<ServerSentEvent> events = handler.handle(new StreamRequest(head, body, closed.copy()));
        Channel channel = exchange.channel();
        boolean chunked = !HttpHandler.isOld(exchange.request());
        channel.write(head(channel, chunked), channel.voidPromise());
        PublisherStream stream = new PublisherStream(
                channel, chunked, closed, server.hub().config().keepAlive().toMillis());
        exchange.log();
        exchange.handler().handOver(exchange.context(), stream);
        server.ownStreams().add(stream);
        channel.closeFuture().addListener(f -> server.ownStreams().remove(stream));
        stream.start();
        if (server.isDraining()) {
            stream.shutDown(); // it came while the others were being told
        }
        try {
            events.subscribe(stream);
        } catch (RuntimeException e) {
            stream.onError(e);
        }
    }

    private static ByteBuf head(Channel channel, boolean chunked) {
        String head = (chunked ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.0 200 OK\r\n")
                + "Content-Type: text/event-stream\r\nCache-Control: no-cache, no-transform\r\n"
                + "X-Accel-Buffering: no\r\n"
                + (chunked
                        ? "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
                        : "Connection: close\r\n\r\n");
        ByteBuf out = channel.alloc().directBuffer(head.length());
        out.writeCharSequence(head, StandardCharsets.US_ASCII);
        return out;
    }
}
