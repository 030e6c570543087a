package io.tidewire.server;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidewire.hub.CloseReason;
import io.tidewire.sse.ServerSentEvent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** Answers a request by an application's own stream. */
final class StreamRoute {
    private static final Responses.Head HEAD = new Responses.Head(
            HttpResponseStatus.OK,
            "text/event-stream",
            "Cache-Control: no-cache, no-transform\r\nX-Accel-Buffering: no\r\n");

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
        channel.write(exchange.wire().head(exchange, HEAD), channel.voidPromise());
        PublisherStream stream = new PublisherStream(
                channel,
                exchange.wire(),
                closed,
                server.hub().config().keepAlive().toMillis());
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
}
