package io.tidewire.server;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidewire.hub.CloseReason;
import io.tidewire.hub.ConnectionInfo;
import io.tidewire.log.Audience;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Which request goes where. One per event loop. */
final class Routes {
    private static final byte[] NOTHING = {};
    private static final String JSON = "application/json";

    /** Connections listed at once: no more than an event loop may spend its time on. */
    private static final int PAGE = 1000;

    private static final int MAX_PAGE = 10_000;

    private final ServerContext server;
    private final SubscribeRoute subscribe;
    private final PublishRoute publish;

    Routes(ServerContext server, SubscribeRoute subscribe) {
        this.server = server;
        this.subscribe = subscribe;
        this.publish = new PublishRoute(server);
    }

    /** {@return who takes the body} What it throws is the answer. */
    BodySink route(Exchange exchange) {
        String path = exchange.path();
        return switch (path) {
            case "/events" -> events(exchange);
            case "/broadcast" -> broadcast(exchange);
            case "/connections" -> page(exchange);
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
            return user(exchange, parts[2], parts[3]);
        }
        if (parts[1].equals("connections") && parts.length <= 4) {
            return connection(exchange, parts);
        }
        StreamHandler stream = server.streams().get(path);
        if (stream != null) {
            return new StreamRoute(server, stream).open(exchange);
        }
        Page page = server.pages().get(path);
        if (page == null) {
            throw Problem.notFound("path: " + path + " (expected: /events, /broadcast, /users/{user}/events, "
                    + "/connections, /health, /ready or /metrics)");
        }
        requireGet(exchange, "GET, HEAD");
        exchange.respond(new Responses.Head(HttpResponseStatus.OK, page.contentType(), page.headers()), page.body());
        return BodySink.NONE;
    }

    private BodySink user(Exchange exchange, String user, String what) {
        if (what.equals("events") && exchange.is(HttpMethod.POST)) {
            return publish.to(exchange, new Audience.User(user));
        }
        if (what.equals("connections")) {
            List<ConnectionInfo> own = server.hub().connections(user);
            return connections(exchange, listing(own, own.size()));
        }
        throw what.equals("events")
                ? Problem.methodNotAllowed(exchange.method(), "POST")
                : Problem.notFound("path: users/{user}/" + what + " (expected: events or connections)");
    }

    private BodySink connection(Exchange exchange, String[] parts) {
        String id = parts[2];
        if (parts.length == 4) {
            if (!parts[3].equals("events") || !exchange.is(HttpMethod.POST)) {
                throw Problem.notFound("path: connections/{id}/" + parts[3] + " (expected: POST …/events)");
            }
            Audience audience = new Audience.Connection(id);
            if (server.hub().reach(audience) == 0) {
                throw unknownConnection(id);
            }
            return publish.to(exchange, audience);
        }
        if (exchange.is(HttpMethod.DELETE)) {
            if (!server.hub().disconnect(id, CloseReason.KICKED)) {
                throw unknownConnection(id);
            }
            exchange.respond(new Responses.Head(HttpResponseStatus.NO_CONTENT, "", ""), NOTHING);
            return BodySink.NONE;
        }
        requireGet(exchange, "GET, HEAD, DELETE");
        ConnectionInfo info = server.hub().connection(id).orElseThrow(() -> unknownConnection(id));
        exchange.respond(Responses.Head.ok(JSON), bytes(json(info)));
        return BodySink.NONE;
    }

    private static Problem unknownConnection(String id) {
        return Problem.notFound("connection: " + id + " (expected: the id of an open connection)");
    }

    private BodySink page(Exchange exchange) {
        String after = firstOr(exchange, "after", "");
        int limit = limit(firstOr(exchange, "limit", String.valueOf(PAGE)));
        List<ConnectionInfo> page = server.hub().connections(after, limit);
        ObjectNode listing = listing(page, server.hub().connectionCount());
        if (page.size() == limit) {
            listing.put("next", page.get(limit - 1).id());
        }
        return connections(exchange, listing);
    }

    private static String firstOr(Exchange exchange, String name, String otherwise) {
        String value = PublishDefaults.first(exchange.query(), name);
        return value == null ? otherwise : value;
    }

    private static int limit(String text) {
        boolean number = !text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int limit = number ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > MAX_PAGE) {
            throw Problem.badRequest("limit: " + text + " (expected: 1 to " + MAX_PAGE + ")");
        }
        return limit;
    }

    private static BodySink connections(Exchange exchange, ObjectNode listing) {
        requireGet(exchange, "GET, HEAD");
        exchange.respond(Responses.Head.ok(JSON), bytes(listing));
        return BodySink.NONE;
    }

    private static ObjectNode listing(List<ConnectionInfo> connections, int total) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("total", total);
        ArrayNode list = answer.putArray("connections");
        for (ConnectionInfo info : connections) {
            list.add(json(info));
        }
        return answer;
    }

    private static ObjectNode json(ConnectionInfo info) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", info.id());
        json.put("user", info.user());
        ArrayNode topics = json.putArray("topics");
        info.selectors().forEach(topics::add);
        json.put("remote", info.remote());
        json.put("since", info.since().toString());
        json.put("live", info.live());
        return json;
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

    private static void requireGet(Exchange exchange, String allowed) {
        if (!exchange.isGetOrHead()) {
            throw Problem.methodNotAllowed(exchange.method(), allowed);
        }
    }

    private static byte[] bytes(ObjectNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
