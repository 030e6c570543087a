package io.tidewire.server;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidewire.auth.Dialect;
import io.tidewire.auth.Identity;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what at the Mercure hub, and how it is refused (draft-08, "Presenting the Access Token", "Error Responses").
 *
 * <p>A token is good if its version is offered, and, for a subscription, if that is in the form of the same version: draft-08 must
 * not take other tokens than its own ("Token Validation"). {@link MercureConfig#mixedTokens} lifts the second rule.
 */
final class MercureAccess {
    static final String METADATA_PREFIX = "/.well-known/oauth-protected-resource";

    private final Access access;
    private final Mercure mercure;
    private final String challenge;

    MercureAccess(Access access, Mercure mercure) {
        this.access = access;
        this.mercure = mercure;
        this.challenge = "Bearer" + metadata(mercure);
    }

    private static String metadata(Mercure mercure) {
        String resource = mercure.resource();
        if (resource == null || !mercure.config().draft08() || !resource.startsWith("http")) {
            return "";
        }
        URI uri = URI.create(resource);
        return " resource_metadata=\"" + uri.getScheme() + "://" + uri.getRawAuthority() + METADATA_PREFIX
                + uri.getRawPath() + "\"";
    }

    /** Throws a 401 or 400 unless the caller's token, if there is one, fits a request of that version. */
    void requireToken(Exchange exchange, @Nullable Dialect request) {
        Identity identity = exchange.caller().identity();
        Dialect token = identity == null ? null : identity.dialect();
        boolean draft08 = request == Dialect.MERCURE_1 || token == Dialect.MERCURE_1;
        if (draft08 && hasTokenInQuery(exchange)) {
            throw new Problem(
                            HttpResponseStatus.BAD_REQUEST,
                            "query: a token (expected: in the field Authorization, or a cookie)")
                    .field("WWW-Authenticate", "Bearer error=\"invalid_request\"");
        }
        boolean foreign =
                request != null && token != request && !mercure.config().mixedTokens();
        if (token != null && (!mercure.speaks(token) || foreign)) {
            throw Access.invalidToken();
        }
    }

    private static boolean hasTokenInQuery(Exchange exchange) {
        FormFields query = FormFields.parse(exchange.rawQuery(), Integer.MAX_VALUE);
        return query.has("access_token") || query.has("authorization");
    }

    /** {@return by which version's rules a request is judged that has the same form in both} */
    Dialect dialect(Caller caller) {
        Identity identity = caller.identity();
        return identity == null ? mercure.usual() : identity.dialect();
    }

    void requireSubscriber(Caller caller) {
        if (!access.maySubscribe(caller)) {
            throw tokenNeeded("a stream");
        }
    }

    /** Throws a 401 unless the caller may publish something; what, the body tells. */
    void requirePublisher(Caller caller) {
        if (!access.isOpen(caller) && caller.isAnonymous()) {
            throw tokenNeeded("publishing");
        }
    }

    /** Throws a 401 or 403 unless the caller may publish to each of the topics (P2, "Publishers"). */
    void requirePublish(Caller caller, Iterable<String> topics) {
        if (access.isOpen(caller)) {
            return;
        }
        for (String topic : topics) {
            if (!caller.mayPublish(topic)) {
                throw refused(caller, "publish: no grant for " + topic);
            }
        }
    }

    /** Throws a 401 or 403 unless the caller may receive private updates of the topic. */
    void requireSubscribe(Caller caller, String topic) {
        if (access.isOpen(caller)) {
            return;
        }
        if (caller.isAnonymous()) {
            throw tokenNeeded(topic);
        }
        if (!caller.maySubscribe(topic)) {
            throw refused(caller, "subscribe: no grant for " + topic);
        }
    }

    boolean isReserved(String topic) {
        return access.isReserved(topic);
    }

    Selectors selectors() {
        return access.selectors();
    }

    private Problem tokenNeeded(String what) {
        return new Problem(HttpResponseStatus.UNAUTHORIZED, "token: none, and " + what + " needs one")
                .field("WWW-Authenticate", challenge);
    }

    /** Deployed hubs say 401 where draft-07 would have 403, and their clients are used to it. */
    private Problem refused(Caller caller, String detail) {
        return dialect(caller) == Dialect.MERCURE_1
                ? Access.forbidden(detail)
                : new Problem(HttpResponseStatus.UNAUTHORIZED, detail)
                        .field("WWW-Authenticate", "Bearer error=\"insufficient_scope\"");
    }
}
