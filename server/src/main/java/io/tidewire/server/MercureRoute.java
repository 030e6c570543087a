package io.tidewire.server;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Which request of the Mercure hub goes where. One per event loop. */
final class MercureRoute {
    /** Where RFC 9728, section 3.1, puts what is known of the hub as a protected resource. */
    static final String METADATA_PATH = MercureAccess.METADATA_PREFIX + Mercure.PATH;

    private final Mercure mercure;
    private final MercureSubscribe subscribe;
    private final MercurePublish publish;
    private final MercureSubscriptions subscriptions;

    MercureRoute(ServerContext server, Mercure mercure, SubscribeRoute streams) {
        MercureAccess access = new MercureAccess(server.access(), mercure);
        this.mercure = mercure;
        this.subscribe = new MercureSubscribe(server, mercure, access, streams);
        this.publish = new MercurePublish(server, mercure, access);
        this.subscriptions = new MercureSubscriptions(server, mercure, access);
    }

    /** {@return whether a decoded path is the hub's} */
    static boolean serves(String path) {
        return path.equals(Mercure.PATH) || path.startsWith(Mercure.PATH + "/") || path.equals(METADATA_PATH);
    }

    /** {@return who takes the body} What it throws is the answer. */
    BodySink route(Exchange exchange, String path) {
        if (path.equals(METADATA_PATH)) {
            return metadata(exchange);
        }
        if (!path.equals(Mercure.PATH)) {
            return subscriptions.open(exchange);
        }
        return exchange.is(HttpMethod.POST) ? publish.open(exchange) : subscribe.open(exchange);
    }

    /** Draft-08, "Protected Resource Metadata". Clients take its absence for a hub of the deployed version. */
    private BodySink metadata(Exchange exchange) {
        String resource = mercure.resource();
        if (!mercure.config().draft08() || resource == null) {
            throw Problem.notFound("metadata: none (expected: draft-08, and a resource identifier or a public URL)");
        }
        Routes.requireGet(exchange, "GET, HEAD");
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("resource", resource);
        strings(json, "authorization_servers", mercure.config().authorizationServers());
        json.putArray("bearer_methods_supported").add("header");
        json.putArray("authorization_details_types_supported").add("https://mercure.rocks/authorization-detail");
        json.put("mercure_cookie", true);
        if (mercure.presence() != null) {
            json.put("mercure_subscriptions", true);
        }
        exchange.respond(
                new Responses.Head(HttpResponseStatus.OK, "application/json", ""),
                json.toString().getBytes(StandardCharsets.UTF_8));
        return BodySink.NONE;
    }

    private static void strings(ObjectNode json, String name, Iterable<String> values) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        values.forEach(list::add);
        if (!list.isEmpty()) {
            json.set(name, list);
        }
    }
}
