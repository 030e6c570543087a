package io.tidewire.server;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidewire.hub.CloseReason;
import io.tidewire.hub.Cluster;
import io.tidewire.hub.ConnectionInfo;
import io.tidewire.hub.ConnectionPage;
import io.tidewire.hub.Scope;
import io.tidewire.hub.TokenLease;
import io.tidewire.hub.TopicSelector;
import io.tidewire.log.Audience;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Who is connected; and live control of open connections (S4, S5, B2). One per event loop. */
final class ControlRoute {
    private static final byte[] NOTHING = {};
    private static final String JSON = "application/json";

    /** Connections listed at once: no more than an event loop may spend its time on. */
    private static final int PAGE = 1000;

    private static final int MAX_PAGE = 10_000;

    private final ServerContext server;
    private final PublishRoute publish;
    private final JsonMapper mapper = new JsonMapper();

    ControlRoute(ServerContext server, PublishRoute publish) {
        this.server = server;
        this.publish = publish;
    }

    /** {@code /connections}: lists them, or ends those with a topic, of a user, or of a token. */
    BodySink all(Exchange exchange) {
        server.access().requireControl(exchange.caller(), "/connections");
        if (exchange.is(HttpMethod.DELETE)) {
            return endSome(exchange);
        }
        String after = firstOr(exchange, "after", "");
        int limit = limit(firstOr(exchange, "limit", String.valueOf(PAGE)));
        return list(exchange, server.hub().cluster().connections(after, limit));
    }

    private BodySink endSome(Exchange exchange) {
        String topic = PublishDefaults.first(exchange.query(), "topic");
        String user = PublishDefaults.first(exchange.query(), "user");
        String token = PublishDefaults.first(exchange.query(), "token");
        if (topic != null && user == null && token == null) {
            return end(exchange, Cluster.By.TOPIC, topic);
        } else if (user != null && topic == null && token == null) {
            return end(exchange, Cluster.By.USER, user);
        } else if (token != null && topic == null && user == null) {
            return end(exchange, Cluster.By.TOKEN, token);
        }
        throw Problem.badRequest("query: not one of topic, user or token (expected: whose connections to end)");
    }

    private BodySink end(Exchange exchange, Cluster.By by, String name) {
        return when(
                exchange,
                server.hub().cluster().disconnect(by, name, CloseReason.KICKED),
                ended -> answer(
                        exchange,
                        scoped(
                                JsonNodeFactory.instance.objectNode().put("ended", ended.connections()),
                                ended.scope())));
    }

    /** Goes on with what all hubs say, on the exchange's loop. */
    private <T> BodySink when(Exchange exchange, CompletionStage<T> answer, Consumer<T> then) {
        server.then(exchange, answer, then);
        return BodySink.NONE;
    }

    /** {@code /users/{user}/events} and {@code /users/{user}/connections}. */
    BodySink user(Exchange exchange, String user, String what) {
        if (what.equals("events") && exchange.is(HttpMethod.POST)) {
            return publish.to(exchange, new Audience.User(user));
        }
        if (!what.equals("connections")) {
            throw what.equals("events")
                    ? Problem.methodNotAllowed(exchange.method(), "POST")
                    : Problem.notFound("path: users/{user}/" + what + " (expected: events or connections)");
        }
        server.access().requireControl(exchange.caller(), "/users/" + user + "/connections");
        if (exchange.is(HttpMethod.DELETE)) {
            return end(exchange, Cluster.By.USER, user);
        }
        return list(exchange, server.hub().cluster().ofUser(user));
    }

    /** {@code /connections/{id}} and what is below. */
    BodySink one(Exchange exchange, String[] path) {
        String id = path[2];
        if (path.length == 3) {
            return connection(exchange, id);
        }
        return switch (path[3]) {
            case "events" -> events(exchange, id);
            case "topics" -> topics(exchange, id);
            case "token" -> token(exchange, id);
            default ->
                throw Problem.notFound("path: connections/{id}/" + path[3] + " (expected: events, topics or token)");
        };
    }

    private BodySink connection(Exchange exchange, String id) {
        server.access().requireControl(exchange.caller(), "/connections/" + id);
        if (exchange.is(HttpMethod.DELETE)) {
            return when(exchange, server.hub().cluster().disconnect(Cluster.By.ID, id, CloseReason.KICKED), ended -> {
                if (ended.connections() == 0) {
                    throw unknown(id);
                }
                exchange.respond(new Responses.Head(HttpResponseStatus.NO_CONTENT, "", ""), NOTHING);
            });
        }
        Routes.requireGet(exchange, "GET, HEAD, DELETE");
        return when(
                exchange,
                server.hub().cluster().find(id),
                info -> answer(exchange, json(info.orElseThrow(() -> unknown(id)))));
    }

    private BodySink events(Exchange exchange, String id) {
        requireMethod(exchange, HttpMethod.POST);
        return publish.to(exchange, new Audience.Connection(id));
    }

    // --- for the connection's owner, who alone knows its id, and whose token is of the same user

    private void requireOwner(Exchange exchange, ConnectionInfo info) {
        if (!exchange.caller().isAnonymous()
                && !Objects.equals(info.user(), exchange.caller().user())) {
            throw Access.forbidden("connection: of another user");
        }
        if (exchange.caller().isAnonymous()
                && info.user() != null
                && server.access().isGuarded()) {
            throw Access.forbidden("connection: of a user, and the request has no token");
        }
    }

    private void withOwn(Exchange exchange, String id, Consumer<ConnectionInfo> then) {
        when(exchange, server.hub().cluster().find(id), found -> {
            ConnectionInfo info = found.orElseThrow(() -> unknown(id));
            requireOwner(exchange, info);
            then.accept(info);
        });
    }

    private BodySink topics(Exchange exchange, String id) {
        requireMethod(exchange, HttpMethod.PATCH);
        server.access().requireSubscriber(exchange.caller());
        return new WholeBody(server.limits().maxBodyBytes(), body -> {
            JsonNode change = object(body);
            List<TopicSelector> add = selectors(change, "add");
            List<TopicSelector> remove = selectors(change, "remove");
            withOwn(exchange, id, info -> {
                int most = server.limits().maxTopics();
                int wanted = info.selectors().size() + add.size();
                if (wanted > most) {
                    throw Problem.badRequest("add: " + wanted + " topics with those there are (expected: at most "
                            + most + ", limits.topics)");
                }
                answerTopics(exchange, id, server.hub().cluster().changeTopics(id, add, remove));
            });
        });
    }

    private BodySink token(Exchange exchange, String id) {
        requireMethod(exchange, HttpMethod.PUT);
        server.access().requireSubscriber(exchange.caller());
        TokenLease lease = exchange.caller().lease();
        if (lease == null) {
            throw Problem.badRequest("authorization: none (expected: the new token, as for a stream)");
        }
        withOwn(
                exchange,
                id,
                info -> answerTopics(
                        exchange,
                        id,
                        server.hub().cluster().renew(id, exchange.caller().subscribe(), lease)));
        return BodySink.NONE;
    }

    private void answerTopics(Exchange exchange, String id, CompletionStage<Optional<List<String>>> change) {
        when(exchange, change, topics -> {
            ObjectNode answer = JsonNodeFactory.instance.objectNode().put("id", id);
            ArrayNode list = answer.putArray("topics");
            topics.orElseThrow(() -> unknown(id)).forEach(list::add);
            answer(exchange, answer);
        });
    }

    private JsonNode object(byte[] body) {
        try {
            JsonNode tree = mapper.readTree(Text.utf8("body", body));
            if (tree.isObject()) {
                return tree;
            }
        } catch (JacksonException e) {
            throw Problem.badRequest("body: " + e.getOriginalMessage() + " (expected: one JSON object)");
        }
        throw Problem.badRequest("body: no JSON object (expected: {\"add\":[…],\"remove\":[…]})");
    }

    private static List<TopicSelector> selectors(JsonNode change, String name) {
        List<TopicSelector> found = new ArrayList<>();
        JsonNode list = change.get(name);
        if (list != null && !list.isArray()) {
            throw Problem.badRequest(name + ": " + list.getNodeType() + " (expected: a list of topics and patterns)");
        }
        for (JsonNode item : list == null ? JsonNodeFactory.instance.arrayNode() : list) {
            if (!item.isString()) {
                throw Problem.badRequest(name + ": " + item.getNodeType() + " (expected: strings)");
            }
            found.add(TopicSelector.parse(item.asString()));
        }
        return found;
    }

    // --- listings

    static Problem unknown(String id) {
        return Problem.notFound("connection: " + id + " (expected: the id of an open connection)");
    }

    private static void requireMethod(Exchange exchange, HttpMethod only) {
        if (!exchange.is(only)) {
            throw Problem.methodNotAllowed(exchange.method(), only.name());
        }
    }

    private static String firstOr(Exchange exchange, String name, String otherwise) {
        @Nullable String value = PublishDefaults.first(exchange.query(), name);
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

    private BodySink list(Exchange exchange, CompletionStage<ConnectionPage> page) {
        Routes.requireGet(exchange, "GET, HEAD, DELETE");
        return when(exchange, page, found -> answer(exchange, listing(found)));
    }

    private static BodySink answer(Exchange exchange, ObjectNode json) {
        exchange.respond(Responses.Head.ok(JSON), json.toString().getBytes(StandardCharsets.UTF_8));
        return BodySink.NONE;
    }

    private static ObjectNode listing(ConnectionPage page) {
        ObjectNode answer = scoped(JsonNodeFactory.instance.objectNode().put("total", page.total()), page.scope());
        ArrayNode list = answer.putArray("connections");
        for (ConnectionInfo info : page.connections()) {
            list.add(json(info));
        }
        if (page.next() != null) {
            answer.put("next", page.next());
        }
        return answer;
    }

    /** Says how many hubs a number covers, and how many it lacks. */
    static ObjectNode scoped(ObjectNode answer, Scope scope) {
        answer.put("hubs", scope.hubs());
        if (scope.silent() > 0) {
            answer.put("silentHubs", scope.silent());
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
}
