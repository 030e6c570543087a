package io.tidewire.server;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidewire.auth.Dialect;
import io.tidewire.log.Audience;
import io.tidewire.log.Update;
import io.tidewire.matcher.TopicText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Publishing as Mercure has it (draft-08, "Publication"); its form is the same in both versions. One per event loop. */
final class MercurePublish {
    private static final String FORM = "application/x-www-form-urlencoded";

    /** What no decimal number beyond a long has. */
    private static final int MAX_RETRY_DIGITS = 18;

    /** More fields than topics may be, and all others. */
    private static final int MAX_FIELDS = 4096;

    private final ServerContext server;
    private final Mercure mercure;
    private final MercureAccess access;

    MercurePublish(ServerContext server, Mercure mercure, MercureAccess access) {
        this.server = server;
        this.mercure = mercure;
        this.access = access;
    }

    /** {@return who takes the body} */
    BodySink open(Exchange exchange) {
        access.requireToken(exchange, null);
        access.requirePublisher(exchange.caller());
        server.publishRate().take();
        if (!exchange.contentType().equals(FORM)) {
            throw new Problem(
                    HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
                    "content-type: " + exchange.contentType() + " (expected: " + FORM + ")");
        }
        return new WholeBody(server.limits().maxBodyBytes(), body -> publish(exchange, body));
    }

    private void publish(Exchange exchange, byte[] body) {
        FormFields fields = FormFields.parse(new String(body, StandardCharsets.ISO_8859_1), MAX_FIELDS);
        List<String> topics = topics(fields);
        access.requirePublish(exchange.caller(), topics);
        String data = fields.first("data");
        Update update = Update.to(new Audience.Topics(topics))
                .event(type(fields, access.dialect(exchange.caller())))
                .data(data == null ? "" : data)
                .id(id(fields))
                .retry(retry(fields.first("retry")))
                .isPrivate(fields.has("private")) // whatever its value (P5)
                .build();
        server.then(
                exchange,
                server.hub().publish(update),
                result -> exchange.respond(
                        Responses.Head.ok("text/plain; charset=utf-8"),
                        String.valueOf(result.id()).getBytes(StandardCharsets.UTF_8)));
    }

    private List<String> topics(FormFields fields) {
        Set<String> topics = new LinkedHashSet<>(fields.values("topic"));
        if (topics.isEmpty()) {
            throw Problem.badRequest("topic: none (expected: at least one)");
        }
        if (topics.size() > Audience.MAX_TOPICS) {
            throw tooLarge("topic", topics.size() + " topics", Audience.MAX_TOPICS);
        }
        for (String topic : topics) {
            requireLength("topic", topic, Audience.MAX_NAME_LENGTH);
            TopicText.require("topic", topic);
            if (topic.equals("*")) {
                throw Problem.badRequest("topic: * (expected: one topic; * is every topic, for subscribers)");
            }
            if (access.isReserved(topic)) {
                throw Problem.badRequest("topic: " + topic + " (expected: none of the hub's own)");
            }
        }
        return new ArrayList<>(topics);
    }

    /** An empty id is taken for none: an event without one would reset its readers' cursor. */
    private static @Nullable String id(FormFields fields) {
        String id = fields.first("id");
        if (id == null || id.isEmpty()) {
            return null;
        }
        requireLength("id", id, Update.MAX_ID_LENGTH);
        return TopicText.require("id", id); // the rest, Update says
    }

    private @Nullable String type(FormFields fields, Dialect dialect) {
        String type = fields.first("type");
        if (type == null || type.isEmpty()) {
            return null;
        }
        requireLength("type", type, Update.MAX_EVENT_LENGTH);
        boolean reserved = dialect == Dialect.MERCURE_1 || mercure.config().draft08();
        if (reserved && type.equals(MercurePresence.EVENT)) {
            throw Problem.badRequest("type: mercure (expected: another; that one is the hub's own)");
        }
        return TopicText.require("type", type);
    }

    private static @Nullable Duration retry(@Nullable String millis) {
        if (millis == null) {
            return null;
        }
        if (millis.isEmpty() || !millis.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw Problem.badRequest("retry: not a number (expected: whole milliseconds)");
        }
        requireLength("retry", millis, MAX_RETRY_DIGITS);
        return Duration.ofMillis(Long.parseLong(millis));
    }

    private static void requireLength(String field, String value, int most) {
        if (value.length() > most) {
            throw tooLarge(field, value.length() + " characters", most);
        }
    }

    private static Problem tooLarge(String field, String size, int most) {
        return new Problem(
                HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, field + ": " + size + " (expected: at most " + most + ")");
    }
}
