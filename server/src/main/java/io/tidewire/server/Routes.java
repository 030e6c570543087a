package io.tidewire.server;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidewire.log.Audience;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Which request goes where. One per event loop. */
final class Routes {
    private final ServerContext server;
    private final SubscribeRoute subscribe;
    private final PublishRoute publish;
    private final ControlRoute control;
    private final TaskRoute tasks;
    private final DurableRoute durable;
    private final @Nullable MercureRoute mercure;
    private final @Nullable LlmRoute llm;

    Routes(ServerContext server, SubscribeRoute subscribe) {
        this.server = server;
        this.subscribe = subscribe;
        this.publish = new PublishRoute(server);
        this.control = new ControlRoute(server, publish);
        this.tasks = new TaskRoute(server);
        this.durable = new DurableRoute(server);
        Mercure offered = server.mercure();
        this.mercure = offered == null ? null : new MercureRoute(server, offered, subscribe);
        LlmGateway gateway = server.llm();
        this.llm = gateway == null ? null : new LlmRoute(server, gateway);
    }

    /** {@return who takes the body} What it throws is the answer. */
    BodySink route(Exchange exchange) {
        String path = exchange.path();
        if (mercure != null && MercureRoute.serves(path)) {
            return mercure.route(exchange, path);
        }
        if (llm != null && LlmRoute.serves(exchange.rawPath())) {
            return llm.route(exchange);
        }
        return switch (path) {
            case "/events" -> events(exchange);
            case "/broadcast" -> broadcast(exchange);
            case "/connections" -> control.all(exchange);
            case "/tasks" -> tasks.all(exchange);
            case "/health" -> text(exchange, HttpResponseStatus.OK, "up\n");
            case "/ready" -> ready(exchange);
            case "/metrics" -> metrics(exchange);
            default -> nested(exchange, path);
        };
    }

    private BodySink events(Exchange exchange) {
        if (exchange.is(HttpMethod.POST)) {
            return publish.toTopics(exchange);
        }
        requireGet(exchange, "GET, HEAD, POST");
        return subscribe.open(exchange);
    }

    private BodySink broadcast(Exchange exchange) {
        if (!exchange.is(HttpMethod.POST)) {
            throw Problem.methodNotAllowed(exchange.method(), "POST");
        }
        return publish.to(exchange, new Audience.Everyone());
    }

    private BodySink nested(Exchange exchange, String path) {
        if (!path.startsWith("/")) {
            throw Problem.badRequest("path: " + path + " (expected: one that begins with /)");
        }
        String[] parts = exchange.pathSegments();
        if (parts.length == 4 && parts[1].equals("users")) {
            return control.user(exchange, parts[2], parts[3]);
        }
        if (parts[1].equals("connections") && parts.length <= 4) {
            return control.one(exchange, parts);
        }
        if (parts.length == 3 && parts[1].equals("tasks")) {
            return tasks.one(exchange, parts[2]);
        }
        StreamHandler stream = server.streams().get(path);
        if (stream != null) {
            return new StreamRoute(server, stream).open(exchange);
        }
        TokenRoute.Offer offer = server.tokens().get(path);
        if (offer != null) {
            return new TokenRoute(server, offer).open(exchange);
        }
        if (DurableRoute.serves(path)) {
            return durable.route(exchange, path);
        }
        Page page = server.pages().get(path);
        if (page == null) {
            throw Problem.notFound("path: " + path + " (expected: /events, /broadcast, /users/{user}/events, "
                    + "/connections, /streams/{name}, /tasks, /health, /ready or /metrics)");
        }
        requireGet(exchange, "GET, HEAD");
        exchange.respond(new Responses.Head(HttpResponseStatus.OK, page.contentType(), page.headers()), page.body());
        return BodySink.NONE;
    }

    private BodySink ready(Exchange exchange) {
        return server.isDraining()
                ? text(exchange, HttpResponseStatus.SERVICE_UNAVAILABLE, "draining\n")
                : text(exchange, HttpResponseStatus.OK, "ready\n");
    }

    private BodySink metrics(Exchange exchange) {
        requireGet(exchange, "GET, HEAD");
        byte[] page = server.metrics().scrape().getBytes(StandardCharsets.UTF_8);
        exchange.respond(Responses.Head.ok(Metrics.CONTENT_TYPE), page);
        return BodySink.NONE;
    }

    private static BodySink text(Exchange exchange, HttpResponseStatus status, String body) {
        requireGet(exchange, "GET, HEAD");
        exchange.respond(
                new Responses.Head(status, "text/plain; charset=utf-8", ""), body.getBytes(StandardCharsets.UTF_8));
        return BodySink.NONE;
    }

    static void requireGet(Exchange exchange, String allowed) {
        if (!exchange.isGetOrHead()) {
            throw Problem.methodNotAllowed(exchange.method(), allowed);
        }
    }
}
