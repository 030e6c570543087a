package io.tidewire.server;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidewire.hub.FrameStyle;
import io.tidewire.hub.Opening;
import io.tidewire.hub.ResumeVerdict;
import io.tidewire.hub.Shard;
import io.tidewire.hub.SlowPolicy;
import io.tidewire.hub.SubscriptionRequest;
import io.tidewire.hub.TopicSelector;
import io.tidewire.log.Cursor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** {@code GET /events}: opens a stream (S1, S2, S7). One per event loop. */
final class SubscribeRoute {
    private static final Greeting NATIVE = SubscribeRoute::head;

    private final ServerContext server;
    private final Shard shard;
    private final ChunkFraming framing = new ChunkFraming();
    private final PeerProbe probe;

    SubscribeRoute(ServerContext server, Shard shard) {
        this.server = server;
        this.shard = shard;
        this.probe = new PeerProbe(server.limits().deadPeer());
    }

    BodySink open(Exchange exchange) {
        server.access().requireSubscriber(exchange.caller());
        return open(exchange, request(exchange, server.remote(exchange)), NATIVE);
    }

    /** Opens a stream that was asked for, by this protocol or another one. */
    BodySink open(Exchange exchange, SubscriptionRequest request, Greeting greeting) {
        String address = request.remote();
        if (exchange.is(HttpMethod.HEAD)) {
            exchange.respond(
                    new Responses.Head(
                            HttpResponseStatus.OK, "text/event-stream", "Cache-Control: no-cache, no-transform\r\n"),
                    new byte[0]);
            return BodySink.NONE;
        }
        OptionalLong later = server.hub().admit();
        if (later.isPresent()) {
            comeLater(exchange, later.getAsLong());
            return BodySink.NONE;
        }
        limit(
                exchange,
                "address " + address,
                server.limits().maxConnectionsPerAddress(),
                "limits.connections-per-address");
        String user = request.user();
        if (user != null) {
            limit(exchange, "user " + user, server.limits().maxConnectionsPerUser(), "limits.connections-per-user");
        }
        shard.open(request).whenComplete((opening, failure) -> {
            if (failure != null) {
                exchange.fail(failure);
            } else {
                exchange.handler().whenFirst(exchange, () -> start(exchange, opening, greeting));
            }
        });
        return BodySink.NONE;
    }

    /** Takes one of the places of an address or a user until the connection closes; throws a 429 if there is none. */
    private void limit(Exchange exchange, String holder, int most, String setting) {
        if (most > 0) {
            server.admission().enter(holder, most, setting);
            exchange.channel().closeFuture().addListener(f -> server.admission().leave(holder));
        }
    }

    /**
     * A browser's EventSource never comes back after an error status, but does after a stream that ends: so it gets a stream
     * that says when (B12).
     */
    private void comeLater(Exchange exchange, long millis) {
        if (exchange.request().headers().contains("Sec-Fetch-Mode")) {
            byte[] body = ("retry: " + millis + "\n\n").getBytes(StandardCharsets.US_ASCII);
            exchange.respond(
                    new Responses.Head(HttpResponseStatus.OK, "text/event-stream", "Cache-Control: no-cache\r\n"),
                    body);
        } else {
            exchange.fail(new Problem(
                            HttpResponseStatus.SERVICE_UNAVAILABLE,
                            "connections: too many at once (expected: come back after Retry-After)")
                    .retryAfter((millis + 999) / 1000));
        }
    }

    private void start(Exchange exchange, Opening opening, Greeting greeting) {
        Channel channel = exchange.channel();
        if (!channel.isActive()) {
            return; // it left while its place was looked up
        }
        Wire wire = exchange.wire();
        channel.write(wire.head(exchange, greeting.head(opening)), channel.voidPromise());
        StreamEnd outlet = wire.streamEnd(channel, framing, probe);
        exchange.log();
        exchange.handler().handOver(exchange.context(), outlet);
        outlet.serve(opening.start(outlet));
        greeting.started(channel);
    }

    /** How a protocol begins a stream. */
    @FunctionalInterface
    interface Greeting {
        /** {@return what stands before the stream} */
        Responses.Head head(Opening opening);

        /** The stream has begun; it ends with the channel. */
        default void started(Channel channel) {}
    }

    private static Responses.Head head(Opening opening) {
        ResumeVerdict verdict = opening.verdict();
        return new Responses.Head(
                HttpResponseStatus.OK,
                "text/event-stream",
                "Cache-Control: no-cache, no-transform\r\nX-Accel-Buffering: no\r\nTidewire-Connection: "
                        + opening.connectionId()
                        + "\r\nTidewire-Resume: " + verdict.kind().label()
                        + "\r\nTidewire-Resume-From: " + verdict.from() + "\r\n");
    }

    // --- what was asked for

    private SubscriptionRequest request(Exchange exchange, String address) {
        Map<String, List<String>> query = exchange.query();
        List<String> topics = query.getOrDefault("topic", List.of());
        if (topics.size() > server.limits().maxTopics()) {
            throw Problem.badRequest("topic: " + topics.size() + " of them (expected: at most "
                    + server.limits().maxTopics() + ", limits.topics)");
        }
        return SubscriptionRequest.builder(
                        topics.stream().map(TopicSelector::parse).toList())
                .cursor(cursor(exchange.request().headers(), query))
                .latest(flag(query, "latest"))
                .user(server.user(exchange, address))
                .grants(exchange.caller().subscribe())
                .lease(exchange.caller().lease())
                .slow(SlowPolicy.parse(value(query, "slow", "park")))
                .frame(frame(value(query, "frame", "plain")))
                .heartbeatEvents(heartbeat(value(query, "heartbeat", "comment")))
                .remote(address)
                .build();
    }

    private static Cursor cursor(HttpHeaders headers, Map<String, List<String>> query) {
        String id = LastEventId.of(headers);
        for (int i = 0; id == null && i < LastEventId.NAMES.size(); i++) {
            id = PublishDefaults.first(query, LastEventId.NAMES.get(i));
        }
        return LastEventId.cursor(id == null ? "" : id);
    }

    private static FrameStyle frame(String value) {
        return switch (value) {
            case "plain" -> FrameStyle.PLAIN;
            case "envelope" -> FrameStyle.ENVELOPE;
            case "topic" -> FrameStyle.TOPIC_AS_EVENT;
            default -> throw Problem.badRequest("frame: " + value + " (expected: plain, envelope or topic)");
        };
    }

    private static boolean heartbeat(String value) {
        return switch (value) {
            case "comment" -> false;
            case "event" -> true;
            default -> throw Problem.badRequest("heartbeat: " + value + " (expected: comment or event)");
        };
    }

    private static boolean flag(Map<String, List<String>> query, String name) {
        String value = value(query, name, "false");
        return switch (value) {
            case "", "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw Problem.badRequest(name + ": " + value + " (expected: true or false)");
        };
    }

    private static String value(Map<String, List<String>> query, String name, String otherwise) {
        String value = PublishDefaults.first(query, name);
        return value == null ? otherwise : value;
    }
}
