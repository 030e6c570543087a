package io.tidewire.server;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidewire.auth.Dialect;
import io.tidewire.auth.Identity;
import io.tidewire.hub.Opening;
import io.tidewire.hub.SubscriptionRequest;
import io.tidewire.hub.TopicSelector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Opens streams as Mercure has them (draft-08, "Subscription"), in the form of either version. One per event loop. */
final class MercureSubscribe {
    /** More fields than that are nobody's subscription. */
    private static final int MAX_FIELDS = 4096;

    private static final String FORM = "application/x-www-form-urlencoded";

    private final ServerContext server;
    private final Mercure mercure;
    private final MercureAccess access;
    private final SubscribeRoute streams;

    MercureSubscribe(ServerContext server, Mercure mercure, MercureAccess access, SubscribeRoute streams) {
        this.server = server;
        this.mercure = mercure;
        this.access = access;
        this.streams = streams;
    }

    /** {@return who takes the body, which QUERY has (S1)} */
    BodySink open(Exchange exchange) {
        if (!exchange.isSafe()) {
            throw Problem.methodNotAllowed(exchange.method(), "GET, HEAD, QUERY, POST");
        }
        FormFields query = FormFields.parse(exchange.rawQuery(), MAX_FIELDS);
        if (exchange.isGetOrHead()) {
            return open(exchange, query);
        }
        if (!exchange.contentType().equals(FORM)) {
            throw new Problem(
                            HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
                            "content-type: " + exchange.contentType() + " (expected: " + FORM + ")")
                    .field("Accept-Query", FORM);
        }
        return new WholeBody(server.limits().maxBodyBytes(), body -> {
            FormFields form = FormFields.parse(new String(body, StandardCharsets.ISO_8859_1), MAX_FIELDS);
            open(exchange, query.and(form)); // the query first: of a field that may stand once only, its value counts
        });
    }

    private BodySink open(Exchange exchange, FormFields fields) {
        Dialect dialect = mercure.config().draft08() && MercureMatcher.areAsked(fields)
                ? Dialect.MERCURE_1
                : mercure.config().deployed() && fields.has("topic") ? Dialect.MERCURE_0X : null;
        access.requireToken(exchange, dialect);
        access.requireSubscriber(exchange.caller());
        if (dialect == null) {
            throw Problem.badRequest("query: no topics (expected: " + expected() + ")");
        }
        Set<MercureMatcher> matchers =
                dialect == Dialect.MERCURE_1 ? MercureMatcher.ofDraft08(fields) : MercureMatcher.ofDeployed(fields);
        if (matchers.size() > server.limits().maxTopics()) {
            throw Problem.badRequest("query: " + matchers.size() + " topics (expected: at most "
                    + server.limits().maxTopics() + ", limits.topics)");
        }
        MercureCursor cursor = MercureCursor.of(exchange.request().headers(), fields);
        SubscriptionRequest request = request(exchange, matchers, cursor);
        MercurePresence presence = mercure.presence();
        if (presence != null) {
            MercurePresence.requireFit(matchers);
        }
        if (cursor.asked() && cursor.id().isEmpty()) {
            return afterNewest(exchange, request, cursor, dialect, matchers);
        }
        return streams.open(exchange, request, new Greeting(exchange, cursor, dialect, matchers, ""));
    }

    private String expected() {
        return mercure.config().draft08() ? "match or match_urlpattern" : "topic";
    }

    /** An empty cursor asks for nothing of the past, and yet to be told where that ends. */
    private BodySink afterNewest(
            Exchange exchange,
            SubscriptionRequest request,
            MercureCursor cursor,
            Dialect dialect,
            Set<MercureMatcher> matchers) {
        server.then(exchange, server.hub().lastEventId(), newest -> {
            String id = newest.orElse(MercureCursor.EARLIEST);
            streams.open(exchange, request, new Greeting(exchange, cursor, dialect, matchers, id));
        });
        return BodySink.NONE;
    }

    private SubscriptionRequest request(Exchange exchange, Set<MercureMatcher> matchers, MercureCursor cursor) {
        String address = server.remote(exchange);
        List<TopicSelector> selectors = new ArrayList<>(matchers.size());
        for (MercureMatcher matcher : matchers) {
            selectors.add(matcher.selector(access.selectors()));
        }
        return SubscriptionRequest.builder(selectors)
                .cursor(cursor.cursor())
                .user(server.user(exchange, address))
                .grants(exchange.caller().subscribe())
                .lease(exchange.caller().lease())
                .remote(address)
                .announce(false)
                .build();
    }

    /** How a stream of either version begins. */
    private final class Greeting implements SubscribeRoute.Greeting {
        private final @Nullable Identity identity;
        private final MercureCursor cursor;
        private final Dialect dialect;
        private final Set<MercureMatcher> matchers;
        private final String newest;

        Greeting(
                Exchange exchange, MercureCursor cursor, Dialect dialect, Set<MercureMatcher> matchers, String newest) {
            this.identity = exchange.caller().identity();
            this.cursor = cursor;
            this.dialect = dialect;
            this.matchers = matchers;
            this.newest = newest;
        }

        @Override
        public Responses.Head head(Opening opening) {
            String lines = "Cache-Control: private, no-cache, no-transform\r\nX-Accel-Buffering: no\r\n";
            if (cursor.asked()) {
                String name = dialect == Dialect.MERCURE_1 ? "Mercure-Last-Event-ID: " : "Last-Event-ID: ";
                String id = MercureCursor.headerText(cursor.answer(opening.verdict(), newest));
                lines += name + id + "\r\n";
            }
            return new Responses.Head(HttpResponseStatus.OK, "text/event-stream", lines);
        }

        @Override
        public void started(Channel channel) {
            MercurePresence presence = mercure.presence();
            if (presence != null) {
                List<MercurePresence.Entry> here = presence.joined(matchers, identity, access.selectors());
                channel.closeFuture().addListener(closed -> presence.left(here));
            }
        }
    }
}
