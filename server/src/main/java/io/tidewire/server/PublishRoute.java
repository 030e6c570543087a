package io.tidewire.server;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Audience;
import io.tidewire.log.Update;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Publishing: one event as JSON, form or text, or many as lines of JSON. One per event loop. */
final class PublishRoute {
    private static final Set<String> FORM_FIELDS = Set.of("topic", "data", "event", "id", "key", "retry", "private");

    private final ServerContext server;

    PublishRoute(ServerContext server) {
        this.server = server;
    }

    /** {@return who takes the body of a publish whose fields say for which topics it is} */
    BodySink toTopics(Exchange exchange) {
        server.access().requirePublisher(exchange.caller());
        PublishDefaults defaults =
                PublishDefaults.of(exchange.query(), exchange.request().headers());
        if (exchange.contentType().equals("application/x-ndjson")) {
            return new NdjsonBody(server, exchange, defaults);
        }
        return one(exchange, null, defaults);
    }

    /** {@return who takes the body of a publish for that audience} */
    BodySink to(Exchange exchange, Audience audience) {
        server.access().requirePublisher(exchange.caller());
        return one(
                exchange,
                audience,
                PublishDefaults.of(exchange.query(), exchange.request().headers()));
    }

    private BodySink one(Exchange exchange, @Nullable Audience audience, PublishDefaults defaults) {
        server.publishRate().take();
        String type = exchange.contentType();
        boolean known = type.isEmpty()
                || type.equals("application/json")
                || type.startsWith("text/")
                || type.equals("application/x-www-form-urlencoded");
        if (!known) {
            throw new Problem(
                    HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
                    "content-type: " + type + " (expected: application/json, application/x-ndjson, "
                            + "application/x-www-form-urlencoded or text/*)");
        }
        return new WholeBody(
                server.limits().maxBodyBytes(), body -> publish(exchange, read(type, body, audience, defaults)));
    }

    private static Append read(String type, byte[] body, @Nullable Audience audience, PublishDefaults defaults) {
        boolean json = type.equals("application/json")
                || (type.isEmpty() && defaults.topics().isEmpty() && audience == null);
        if (json) {
            return JsonUpdate.read(body, audience, defaults);
        }
        if (type.equals("application/x-www-form-urlencoded")
                && !isForm(body, audience != null || !defaults.topics().isEmpty())) {
            return text(body, audience, defaults);
        }
        return type.equals("application/x-www-form-urlencoded")
                ? form(body, audience, defaults)
                : text(body, audience, defaults);
    }

    /** curl -d says "form" whatever it sends: if the URL says for whom it is, a body that does not begin with a field of ours is the payload. */
    private static boolean isForm(byte[] body, boolean addressed) {
        String text = new String(body, StandardCharsets.ISO_8859_1);
        int end = text.indexOf('=');
        return !addressed || (end > 0 && FORM_FIELDS.contains(text.substring(0, end)));
    }

    private static Append text(byte[] body, @Nullable Audience audience, PublishDefaults defaults) {
        Audience to = audience != null ? audience : new Audience.Topics(defaults.topics());
        Update update = Update.to(to)
                .event(defaults.event())
                .data(Text.utf8("body", body))
                .id(defaults.id())
                .key(defaults.key())
                .build();
        return new Append(update, defaults.idempotencyKey(), defaults.expectedLast());
    }

    private static Append form(byte[] body, @Nullable Audience audience, PublishDefaults defaults) {
        Map<String, List<String>> fields =
                new QueryStringDecoder(Text.utf8("body", body), StandardCharsets.UTF_8, false, 2048, true).parameters();
        Audience to =
                audience != null ? audience : new Audience.Topics(fields.getOrDefault("topic", defaults.topics()));
        String data = PublishDefaults.first(fields, "data");
        Update update = Update.to(to)
                .event(field(fields, "event", defaults.event()))
                .data(data == null ? "" : data)
                .id(field(fields, "id", defaults.id()))
                .key(field(fields, "key", defaults.key()))
                .retry(retry(PublishDefaults.first(fields, "retry")))
                .isPrivate(isPrivate(PublishDefaults.first(fields, "private")))
                .build();
        return new Append(update, defaults.idempotencyKey(), defaults.expectedLast());
    }

    private static boolean isPrivate(@Nullable String value) {
        if (value == null) {
            return false;
        }
        return switch (value) {
            case "", "on", "true", "1" -> true;
            case "off", "false", "0" -> false;
            default -> throw Problem.badRequest("private: " + value + " (expected: on, true, 1, off, false or 0)");
        };
    }

    private static @Nullable String field(Map<String, List<String>> fields, String name, @Nullable String otherwise) {
        String value = PublishDefaults.first(fields, name);
        return value != null ? value : otherwise;
    }

    private static @Nullable Duration retry(@Nullable String millis) {
        if (millis == null) {
            return null;
        }
        if (millis.isEmpty() || millis.length() > 10 || !millis.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw Problem.badRequest("retry: " + millis + " (expected: whole milliseconds)");
        }
        return Duration.ofMillis(Long.parseLong(millis));
    }

    private void publish(Exchange exchange, Append append) {
        Audience audience = append.update().audience();
        server.access().requirePublish(exchange.caller(), append.update());
        if (audience instanceof Audience.Connection connection) {
            server.then(exchange, server.hub().cluster().reach(audience), reach -> {
                if (reach.connections() == 0) {
                    throw ControlRoute.unknown(connection.id());
                }
                append(exchange, append);
            });
        } else {
            append(exchange, append);
        }
    }

    private void append(Exchange exchange, Append append) {
        server.then(
                exchange,
                server.hub().append(List.of(append)),
                results -> answer(exchange, append.update().audience(), results.get(0)));
    }

    private void answer(Exchange exchange, Audience audience, AppendResult result) {
        if (result.outcome() == AppendResult.Outcome.CONFLICT) {
            exchange.fail(conflict(result));
            return;
        }
        String id = String.valueOf(result.id());
        boolean plain = audience instanceof Audience.Topics
                && result.outcome() == AppendResult.Outcome.APPENDED
                && id.charAt(0) == '#'; // ours: nothing in it needs escaping
        if (plain) {
            exchange.json(("{\"id\":\"" + id + "\"}").getBytes(StandardCharsets.ISO_8859_1));
            return;
        }
        ObjectNode json = acknowledgement(result);
        if (audience instanceof Audience.Topics) {
            respond(exchange, json);
            return;
        }
        server.then(exchange, server.hub().cluster().reach(audience), reach -> {
            json.put("sent", reach.connections());
            if (audience instanceof Audience.Everyone) {
                json.put("total", server.hub().cluster().connectionCount());
            }
            respond(exchange, ControlRoute.scoped(json, reach.scope()));
        });
    }

    private static void respond(Exchange exchange, ObjectNode json) {
        exchange.json(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    static ObjectNode acknowledgement(AppendResult result) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", result.id());
        if (result.outcome() == AppendResult.Outcome.DUPLICATE) {
            json.put("duplicate", true);
        }
        return json;
    }

    static Problem conflict(AppendResult result) {
        String last = result.id();
        String actual = last == null ? Append.NOTHING : last;
        return new Problem(
                        HttpResponseStatus.CONFLICT,
                        "expectedLast: not the topic's last event, which is " + actual
                                + " (expected: read it, then try again)")
                .with("last", actual);
    }
}
