package io.tidewire.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidewire.llm.Dialect;
import io.tidewire.llm.UpstreamRequest;
import io.tidewire.stream.Abandonment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which request below {@code /llm} is what, and forwarding those to upstreams. */
final class LlmRoute {
    static final String PREFIX = "/llm/";
    static final String ANSWERS = "answers";
    static final String CHATS = "chats";

    private static final int MOST_KEY_CHARS = 512;
    private static final Pattern CANCEL = Pattern.compile("cancel(?:\\s*;\\s*after=(\\d{1,6}))?");
    private static final List<String> CREDENTIALS = List.of("Authorization", "x-api-key", "Tidewire-Token");

    private final ServerContext server;
    private final LlmGateway gateway;
    private final AnswerRoute answers;

    LlmRoute(ServerContext server, LlmGateway gateway) {
        this.server = server;
        this.gateway = gateway;
        this.answers = new AnswerRoute(server, gateway);
    }

    static boolean serves(String path) {
        return path.startsWith(PREFIX);
    }

    /** {@return whether the request's {@code Authorization} is for an upstream, and none of ours} */
    static boolean isForUpstream(LlmGateway gateway, String rawPath) {
        return serves(rawPath)
                && gateway.upstream(name(rawPath))
                        .map(LlmUpstream::takesClientsCredentials)
                        .orElse(false);
    }

    private static String name(String rawPath) {
        int end = rawPath.indexOf('/', PREFIX.length());
        return rawPath.substring(PREFIX.length(), end < 0 ? rawPath.length() : end);
    }

    BodySink route(Exchange exchange) {
        String[] parts = exchange.pathSegments();
        if (parts.length == 4 && parts[2].equals(ANSWERS)) {
            return answers.answer(exchange, parts[3]);
        }
        if (parts.length == 5 && parts[2].equals(CHATS) && parts[4].equals("stream")) {
            return answers.chat(exchange, parts[3]);
        }
        String name = name(exchange.rawPath());
        LlmUpstream upstream = gateway.upstream(name)
                .orElseThrow(() -> Problem.notFound("path: " + exchange.path() + " (expected: /llm/ and one of "
                        + gateway.names() + ", /llm/answers/{id} or /llm/chats/{id}/stream)"));
        server.access().requireControl(exchange.caller(), PREFIX + name);
        return forward(exchange, upstream);
    }

    // --- to an upstream

    private BodySink forward(Exchange exchange, LlmUpstream upstream) {
        if (server.isDraining()) {
            throw new Problem(HttpResponseStatus.SERVICE_UNAVAILABLE, "llm: this hub is stopping (expected: another)")
                    .retryAfter(1);
        }
        if (exchange.is(HttpMethod.TRACE) || exchange.is(HttpMethod.CONNECT)) {
            throw Problem.methodNotAllowed(exchange.method(), "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
        }
        String rest =
                exchange.rawPath().substring(PREFIX.length() + upstream.name().length());
        LlmQuery query = LlmQuery.of(exchange.rawQuery());
        String path = (rest.isEmpty() ? "/" : rest) + query.forwarded();
        String user = server.user(exchange, server.remote(exchange));
        String chat = header(exchange, "Tidewire-Chat");
        chat = chat == null ? query.chat() : chat;
        LlmAsk ask = new LlmAsk(
                upstream,
                Dialect.ofPath(path),
                user,
                policy(exchange.request().headers()),
                query.view(),
                chat == null ? null : LlmChats.name(user, chat));
        String key = exchange.is(HttpMethod.POST) ? header(exchange, "Idempotency-Key") : null;
        UpstreamRequest head = new UpstreamRequest(
                exchange.method(), path, LlmHeaders.ofRequest(exchange.request().headers()), new byte[0]);
        return new WholeBody(gateway.config().requestBytes(), "llm.request-bytes", body -> {
            UpstreamRequest request = new UpstreamRequest(head.method(), head.path(), head.headers(), body);
            if (key == null) {
                new LlmCall(gateway, server, exchange, ask, null).send(request);
            } else {
                once(exchange, ask, request, keyOf(exchange, ask, key), true);
            }
        });
    }

    private static @Nullable String header(Exchange exchange, String name) {
        String value = exchange.request().headers().get(name);
        if (value != null && (value.isBlank() || value.length() > MOST_KEY_CHARS)) {
            throw Problem.badRequest(name.toLowerCase(Locale.ROOT) + ": of " + value.length()
                    + " characters (expected: 1 to " + MOST_KEY_CHARS + ")");
        }
        return value;
    }

    private Abandonment policy(HttpHeaders headers) {
        String value = headers.get("Tidewire-When-Unread");
        if (value == null) {
            return gateway.config().whenUnread();
        }
        if (value.equals("go-on")) {
            return Abandonment.GO_ON;
        }
        Matcher cancel = CANCEL.matcher(value);
        if (!cancel.matches()) {
            throw Problem.badRequest("tidewire-when-unread: " + value + " (expected: go-on, or cancel; after=SECONDS)");
        }
        String seconds = cancel.group(1);
        Duration usual = gateway.config().whenUnread().cancelAfter();
        Duration grace = usual == null ? LlmConfig.GRACE : usual;
        return Abandonment.cancelAfter(seconds == null ? grace : Duration.ofSeconds(Long.parseLong(seconds)));
    }

    // --- once per key

    /** Keys are the user's own; of those who are nobody, each credential's. Nothing of it is kept but the hash. */
    private static LlmDigest keyOf(Exchange exchange, LlmAsk ask, String key) {
        List<byte[]> parts = new ArrayList<>();
        parts.add(bytes(ask.upstream().name()));
        parts.add(bytes(key));
        String owner = ask.owner();
        if (owner != null) {
            parts.add(bytes("user"));
            parts.add(bytes(owner));
        } else {
            for (String name : CREDENTIALS) {
                parts.add(bytes(String.join("\n", exchange.request().headers().getAll(name))));
            }
            parts.add(bytes(String.join("\n", exchange.request().headers().getAll(HttpHeaderNames.COOKIE))));
        }
        return LlmDigest.of(parts.toArray(new byte[0][]));
    }

    private void once(Exchange exchange, LlmAsk ask, UpstreamRequest request, LlmDigest key, boolean mayRetry) {
        LlmDigest body = LlmDigest.of(bytes(request.method()), bytes(request.path()), request.body());
        server.then(exchange, gateway.claims().claim(key, body), outcome -> {
            if (outcome instanceof LlmClaims.Won won) {
                new LlmCall(gateway, server, exchange, ask, won.claim()).send(request);
            } else if (outcome instanceof LlmClaims.Said said) {
                exchange.respond(
                        new Responses.Head(HttpResponseStatus.OK, said.contentType(), "Idempotency-Replayed: true\r\n"),
                        said.body());
            } else if (outcome instanceof LlmClaims.Begun begun) {
                join(exchange, ask, request, key, begun.id(), mayRetry);
            }
        });
    }

    private void join(
            Exchange exchange, LlmAsk ask, UpstreamRequest request, LlmDigest key, String id, boolean mayRetry) {
        server.then(exchange, answers.find(exchange, id), info -> {
            if (info.isPresent()) {
                exchange.addFields("Idempotency-Replayed: true\r\n");
                answers.read(exchange, id, info.get(), ask.view());
            } else if (mayRetry) { // the answer has expired before its key
                server.then(
                        exchange, gateway.claims().forget(key), forgotten -> once(exchange, ask, request, key, false));
            } else {
                throw Problem.notFound("answer: none here of that idempotency-key");
            }
        });
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
