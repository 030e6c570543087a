package io.tidewire.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import io.tidewire.auth.Grant;
import io.tidewire.auth.Identity;
import io.tidewire.auth.TokenException;
import io.tidewire.hub.TopicSelector;
import io.tidewire.log.Audience;
import io.tidewire.log.Update;
import io.tidewire.matcher.ReservedNamespace;
import io.tidewire.matcher.WebUrl;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who a request comes from, and what that one may do. Safe for any thread. */
final class Access {
    private static final Logger LOG = LoggerFactory.getLogger(Access.class);
    private static final String BEARER = "bearer ";
    private static final Pattern SIGNED_TOKEN = Pattern.compile("[\\w-]+\\.[\\w-]+\\.[\\w-]+");
    private static final int LONGEST_SCHEME = "https:".length();
    private static final List<String> QUERY_NAMES = List.of("access_token", "authorization");
    private static final CompletionStage<Caller> ANONYMOUS = CompletableFuture.completedFuture(Caller.ANONYMOUS);

    private final @Nullable Authentication authentication;
    private final Selectors selectors;
    private final ReservedNamespace reserved;
    private final Cors cors;

    /** Allows everything to everybody if there is no authentication. */
    Access(@Nullable Authentication authentication, WebUrl hub, Cors cors) {
        this.authentication = authentication;
        this.selectors = new Selectors(hub);
        this.reserved = ReservedNamespace.of(hub);
        this.cors = cors;
    }

    Selectors selectors() {
        return selectors;
    }

    // --- who it is

    /** {@return who it is; fails with a {@link Problem}} It is there at once unless keys must be fetched. */
    CompletionStage<Caller> caller(Exchange exchange, ServerContext server) {
        Authentication by = authentication;
        if (by == null) {
            return ANONYMOUS;
        }
        LlmGateway llm = server.llm();
        boolean toGateway = llm != null && LlmRoute.serves(exchange.rawPath());
        boolean forUpstream = llm != null && LlmRoute.isForUpstream(llm, exchange.rawPath());
        String token = toGateway ? gatewayToken(exchange, by, forUpstream) : token(exchange, by);
        if (token == null) {
            return ANONYMOUS;
        }
        RequestHead head = exchange.head(server.remote(exchange));
        return by.authenticator()
                .authenticate(token, forUpstream ? withoutCredentials(head) : head)
                .handle((identity, failure) -> {
                    if (failure != null) {
                        throw refusal(failure);
                    }
                    return caller(identity);
                });
    }

    private Caller caller(Identity identity) {
        try {
            return new Caller(identity, compile(identity.publish()), compile(identity.subscribe()));
        } catch (IllegalArgumentException e) {
            LOG.debug("A token was refused: {}", e.getMessage());
            throw invalidToken();
        }
    }

    private List<TopicSelector> compile(List<Grant> grants) {
        return grants.stream().map(selectors::of).toList();
    }

    private @Nullable String token(Exchange exchange, Authentication by) {
        if (exchange.request().headers().contains(HttpHeaderNames.AUTHORIZATION)) {
            List<String> headers = exchange.request().headers().getAll(HttpHeaderNames.AUTHORIZATION);
            if (headers.size() > 1) {
                throw malformedPresentation("authorization: " + headers.size() + " of them (expected: one)");
            }
            return bearer(headers.get(0));
        }
        String cookie = cookie(exchange, by.cookies());
        if (cookie != null) {
            if (!exchange.isSafe()) {
                cors.requireSameSite(exchange);
            }
            return cookie;
        }
        String parameter = by.queryAllowed() ? query(exchange) : null;
        return parameter == null && hasCredentials(exchange, by) ? "" : parameter;
    }

    /**
     * {@return the token of a request to the LLM gateway} Where {@code Authorization} is the upstream's, ours has a field of its own;
     * where it is not, SDKs send it as if it were the upstream's key. None is taken from the query, which is forwarded.
     */
    private @Nullable String gatewayToken(Exchange exchange, Authentication by, boolean forUpstream) {
        String own = single(exchange, "Tidewire-Token");
        if (own != null) {
            return own;
        }
        if (!forUpstream) {
            String authorization = single(exchange, "Authorization");
            String key = authorization == null ? single(exchange, "x-api-key") : bearer(authorization);
            if (key != null
                    && (!by.anonymousPublish() || SIGNED_TOKEN.matcher(key).matches())) {
                return key; // where no token is needed, what SDKs insist on sending need not be one
            }
        }
        String cookie = cookie(exchange, by.cookies());
        if (cookie != null) {
            if (!exchange.isSafe()) {
                cors.requireSameSite(exchange);
            }
            return cookie;
        }
        return hasCredentials(exchange, by) ? "" : null;
    }

    private static @Nullable String single(Exchange exchange, String name) {
        List<String> values = exchange.request().headers().getAll(name);
        if (values.size() > 1) {
            throw malformedPresentation(
                    name.toLowerCase(Locale.ROOT) + ": " + values.size() + " of them (expected: one)");
        }
        return values.isEmpty() ? null : values.get(0).strip();
    }

    /** What is for an upstream is not shown to whoever judges tokens. */
    private static RequestHead withoutCredentials(RequestHead head) {
        Map<String, String> headers = new HashMap<>(head.headers());
        headers.remove("authorization");
        headers.remove("x-api-key");
        return new RequestHead(head.method(), head.path(), head.query(), Map.copyOf(headers), head.remote());
    }

    /** {@return whether something else than a token says who it is} Cookies are held to the same rule as a token in one. */
    private boolean hasCredentials(Exchange exchange, Authentication by) {
        boolean found = false;
        for (String name : by.authenticator().credentials()) {
            if (exchange.request().headers().contains(name)) {
                found = true;
                if (name.contentEquals(HttpHeaderNames.COOKIE) && !exchange.isGetOrHead()) {
                    cors.requireSameSite(exchange);
                }
            }
        }
        return found;
    }

    private static String bearer(String header) {
        if (header.length() <= BEARER.length()
                || !header.substring(0, BEARER.length())
                        .toLowerCase(Locale.ROOT)
                        .equals(BEARER)) {
            throw malformedPresentation("authorization: no bearer token (expected: Bearer, a space, the token)");
        }
        return header.substring(BEARER.length()).strip();
    }

    private static @Nullable String cookie(Exchange exchange, List<String> names) {
        if (!exchange.request().headers().contains(HttpHeaderNames.COOKIE)) {
            return null;
        }
        for (String header : exchange.request().headers().getAll(HttpHeaderNames.COOKIE)) {
            for (Cookie cookie : ServerCookieDecoder.LAX.decodeAll(header)) {
                if (names.contains(cookie.name()) && !cookie.value().isEmpty()) {
                    return cookie.value();
                }
            }
        }
        return null;
    }

    private static @Nullable String query(Exchange exchange) {
        for (String name : QUERY_NAMES) {
            String value = PublishDefaults.first(exchange.query(), name);
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        return null;
    }

    // --- what it may do

    /** Throws a 401 unless the caller may open a stream. */
    void requireSubscriber(Caller caller) {
        if (!maySubscribe(caller)) {
            throw tokenNeeded("a stream");
        }
    }

    /** {@return whether the caller may open a stream} */
    boolean maySubscribe(Caller caller) {
        Authentication by = authentication;
        return by == null || !caller.isAnonymous() || by.anonymousSubscribe();
    }

    /** {@return whether no token is needed to publish} */
    boolean isOpen(Caller caller) {
        Authentication by = authentication;
        return by == null || (caller.isAnonymous() && by.anonymousPublish());
    }

    /** {@return whether tokens mean anything here} */
    boolean isGuarded() {
        return authentication != null;
    }

    /** Throws a 401 unless the caller may publish something; what, its body tells. */
    void requirePublisher(Caller caller) {
        if (!isOpen(caller) && caller.isAnonymous()) {
            throw tokenNeeded("publishing");
        }
    }

    /** Throws a 403 unless the caller may publish that: a grant for each of its topics, or for the path that addresses somebody. */
    void requirePublish(Caller caller, Update update) {
        Audience audience = update.audience();
        if (audience instanceof Audience.Topics topics) {
            for (String topic : topics.names()) {
                if (isReserved(topic)) {
                    throw Problem.badRequest("topic: " + topic + " (expected: none of the hub's own)");
                }
            }
        }
        if (isOpen(caller)) {
            return;
        }
        requirePublisher(caller);
        for (String needed : needed(audience)) {
            if (!caller.mayPublish(needed)) {
                throw forbidden("publish: no grant for " + needed);
            }
        }
    }

    private static List<String> needed(Audience audience) {
        if (audience instanceof Audience.Topics topics) {
            return topics.names();
        }
        if (audience instanceof Audience.User user) {
            return List.of("/users/" + user.name());
        }
        if (audience instanceof Audience.Connection connection) {
            return List.of("/connections/" + connection.id());
        }
        return List.of("/broadcast");
    }

    /** Throws a 401 or 403 unless the caller may see or end what is at that path. */
    void requireControl(Caller caller, String path) {
        if (isOpen(caller)) {
            return;
        }
        if (caller.isAnonymous()) {
            throw tokenNeeded(path);
        }
        if (!caller.mayPublish(path)) {
            throw forbidden("control: no grant to publish to " + path);
        }
    }

    /**
     * {@return whether a topic lies where the hub's own events do} Most topics are told apart without parsing them: whose path ends up
     * there says so, encodes it, or has no path of its own and so the hub's.
     */
    boolean isReserved(String topic) {
        boolean suspect = topic.contains("mercure") || topic.indexOf('%') >= 0 || mayLackPath(topic);
        return suspect && reserved.contains(topic);
    }

    /** Nothing, or no more than a scheme, before the query or the fragment; blanks around it do not count. */
    private static boolean mayLackPath(String topic) {
        if (topic.isEmpty() || topic.charAt(0) <= ' ' || topic.charAt(topic.length() - 1) <= ' ') {
            return true;
        }
        int query = topic.indexOf('?');
        int fragment = topic.indexOf('#');
        int end = Math.min(query < 0 ? topic.length() : query, fragment < 0 ? topic.length() : fragment);
        return end == 0 || (end <= LONGEST_SCHEME && topic.charAt(end - 1) == ':');
    }

    // --- the answers of RFC 6750

    private static Problem refusal(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof Problem problem) {
            return problem;
        }
        if (cause instanceof TokenException refused) {
            LOG.debug("A token was refused: {}", refused.detail());
            return refused.kind() == TokenException.Kind.KEYS_UNAVAILABLE
                    ? new Problem(
                                    HttpResponseStatus.SERVICE_UNAVAILABLE,
                                    "token: cannot be checked now, as its issuer does not answer (expected: try again)")
                            .retryAfter(5)
                    : invalidToken();
        }
        throw new IllegalStateException("The authenticator failed", cause);
    }

    private static Problem tokenNeeded(String what) {
        return new Problem(HttpResponseStatus.UNAUTHORIZED, "token: none, and " + what + " needs one")
                .field("WWW-Authenticate", "Bearer");
    }

    static Problem invalidToken() {
        return new Problem(HttpResponseStatus.UNAUTHORIZED, "token: not valid here")
                .field("WWW-Authenticate", "Bearer error=\"invalid_token\"");
    }

    static Problem forbidden(String detail) {
        return new Problem(HttpResponseStatus.FORBIDDEN, detail)
                .field("WWW-Authenticate", "Bearer error=\"insufficient_scope\"");
    }

    private static Problem malformedPresentation(String detail) {
        return new Problem(HttpResponseStatus.BAD_REQUEST, detail)
                .field("WWW-Authenticate", "Bearer error=\"invalid_request\"");
    }
}
