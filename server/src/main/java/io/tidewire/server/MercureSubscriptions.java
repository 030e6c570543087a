package io.tidewire.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidewire.auth.Dialect;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Lists active subscriptions (draft-08 and draft-07, "Subscription API"). One per event loop. */
final class MercureSubscriptions {
    /** Subscriptions listed at once: no more than an event loop may spend its time on ("Hubs MAY truncate"). */
    private static final int MOST = 10_000;

    private static final byte[] NOTHING = {};
    private static final String LD_JSON = "application/ld+json";

    private final ServerContext server;
    private final Mercure mercure;
    private final MercureAccess access;

    MercureSubscriptions(ServerContext server, Mercure mercure, MercureAccess access) {
        this.server = server;
        this.mercure = mercure;
        this.access = access;
    }

    BodySink open(Exchange exchange) {
        MercurePresence presence = mercure.presence();
        String[] path = exchange.pathSegments();
        if (presence == null || !path[3].equals("subscriptions")) {
            throw Problem.notFound("path: " + exchange.path() + " (expected: " + Mercure.PATH
                    + (presence == null ? "" : " or " + MercurePresence.PATH) + ")");
        }
        Routes.requireGet(exchange, "GET, HEAD");
        access.requireToken(exchange, null);
        Dialect dialect = dialect(exchange);
        Wanted wanted = wanted(dialect, List.of(path).subList(4, path.length));
        access.requireSubscribe(exchange.caller(), wanted.path());
        server.then(
                exchange,
                server.hub().lastEventId(),
                newest -> server.then(
                        exchange,
                        presence.everywhere(dialect, wanted.matcher(), wanted.subscriber(), MOST),
                        found -> answer(exchange, found, dialect, wanted, newest.orElse(MercureCursor.EARLIEST))));
        return BodySink.NONE;
    }

    /** The token's version, because the paths do not tell; without one, what the client says it reads. */
    private Dialect dialect(Exchange exchange) {
        String accept = exchange.request().headers().get(HttpHeaderNames.ACCEPT);
        boolean old =
                accept != null && accept.contains(LD_JSON) && mercure.config().deployed();
        return exchange.caller().isAnonymous() && old ? Dialect.MERCURE_0X : access.dialect(exchange.caller());
    }

    /** What a path means; {@code path} is its one canonical spelling, which is what a token must grant. */
    private record Wanted(
            String path,
            @Nullable MercureMatcher matcher,
            @Nullable String subscriber) {}

    private static Wanted wanted(Dialect dialect, List<String> segments) {
        // Dots would mean something else once a pattern is matched with the path as a URL.
        if (segments.stream().anyMatch(s -> s.isEmpty() || s.equals(".") || s.equals(".."))) {
            throw unknownPath();
        }
        if (segments.isEmpty()) {
            return new Wanted(MercurePresence.PATH, null, null);
        }
        int first = dialect == Dialect.MERCURE_1 ? 1 : 0;
        if (segments.size() <= first || segments.size() > first + 2) {
            throw unknownPath();
        }
        MercureMatcher.Type type = dialect == Dialect.MERCURE_1 ? type(segments.get(0)) : MercureMatcher.Type.SELECTOR;
        MercureMatcher matcher = new MercureMatcher(type, segments.get(first));
        String subscriber = segments.size() > first + 1 ? segments.get(first + 1) : null;
        String path = MercurePresence.path(matcher);
        return new Wanted(
                subscriber == null ? path : path + "/" + MercurePresence.encode(subscriber), matcher, subscriber);
    }

    private static MercureMatcher.Type type(String name) {
        return switch (name) {
            case "exact" -> MercureMatcher.Type.EXACT;
            case "urlpattern" -> MercureMatcher.Type.URLPATTERN;
            default -> throw Problem.badRequest("match_type: " + name + " (expected: exact or urlpattern)");
        };
    }

    private static Problem unknownPath() {
        return Problem.notFound("path: no such collection (expected: " + MercurePresence.PATH
                + ", or below it the matcher and the subscriber)");
    }

    /** The newest id was asked for before the list is read: what happens between is in the list, or an event after that id, or both. */
    private void answer(Exchange exchange, List<JsonNode> found, Dialect dialect, Wanted wanted, String newest) {
        boolean deployed = dialect == Dialect.MERCURE_0X;
        String tag = "\"" + MercurePresence.encode(newest) + "\"";
        String lines = "Link: <" + mercure.url() + ">; rel=\"mercure\"" + (deployed ? "" : attributes(newest))
                + "\r\nCache-Control: private, no-cache\r\nVary: Authorization, Cookie, Accept\r\nETag: " + tag
                + "\r\n";
        exchange.addFields(lines);
        ObjectNode json = json(found, dialect, wanted);
        if (deployed) {
            json.put("lastEventID", newest);
        }
        if (isKnown(exchange, tag)) {
            exchange.respond(new Responses.Head(HttpResponseStatus.NOT_MODIFIED, "", ""), NOTHING);
        } else {
            exchange.respond(
                    Responses.Head.ok(deployed ? LD_JSON : "application/json"),
                    json.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String attributes(String newest) {
        String quoted = MercureCursor.headerText(newest).replace("\\", "\\\\").replace("\"", "\\\"");
        return "; last-event-id=\"" + quoted + "\"; type=\"" + MercurePresence.EVENT
                + "\"; content-type=\"application/json\"";
    }

    private static boolean isKnown(Exchange exchange, String tag) {
        String known = exchange.request().headers().get(HttpHeaderNames.IF_NONE_MATCH);
        return known != null
                && Arrays.stream(known.split(","))
                        .map(String::strip)
                        .anyMatch(each -> each.equals("*") || each.equals(tag) || each.equals("W/" + tag));
    }

    private static ObjectNode json(List<JsonNode> found, Dialect dialect, Wanted wanted) {
        if (wanted.subscriber() != null) {
            if (found.isEmpty()) {
                throw Problem.notFound("subscription: none (expected: one that is active)");
            }
            return (ObjectNode) found.get(0);
        }
        boolean deployed = dialect == Dialect.MERCURE_0X;
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        if (deployed) {
            json.put("@context", "https://mercure.rocks/");
        }
        json.put("id", wanted.path()).put("type", deployed ? "Subscriptions" : "subscriptions");
        ArrayNode list = json.putArray("subscriptions");
        found.forEach(list::add);
        return json;
    }
}
