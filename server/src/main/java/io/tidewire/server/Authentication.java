package io.tidewire.server;

import io.tidewire.auth.TokenVerifier;
import java.util.List;

/**
 * Who may do what (S12, S13). Immutable.
 *
 * <p>A token comes as {@code Authorization: Bearer}, as a cookie (which a browser's {@code EventSource} sends by itself), or, if
 * allowed, as a query parameter. Its grants say what may be published and whose private updates may be received; its subject is the
 * user. What is not private, anybody who may subscribe at all may receive.
 *
 * @param authenticator whom a token stands for
 * @param anonymousSubscribe whether a stream may be opened without a token
 * @param anonymousPublish whether anything may be published, listed and ended without a token: for development
 * @param cookies the cookies that are looked at, in this order
 * @param queryAllowed whether {@code access_token} and {@code authorization} in the query are looked at; they end up in the logs of every
 *     proxy on the way
 */
public record Authentication(
        Authenticator authenticator,
        boolean anonymousSubscribe,
        boolean anonymousPublish,
        List<String> cookies,
        boolean queryAllowed) {

    /** The cookie of Mercure's draft-08, then the one that its deployed clients set. */
    private static final List<String> USUAL_COOKIES = List.of("__Secure-mercure_access_token", "mercureAuthorization");

    /** Copies the list. */
    public Authentication {
        cookies = List.copyOf(cookies);
    }

    /** {@return authentication by signed tokens; everything needs one, and none is taken from the query} */
    public static Authentication tokens(TokenVerifier verifier) {
        return by((token, head) -> verifier.verify(token));
    }

    /** {@return authentication by something else} */
    public static Authentication by(Authenticator authenticator) {
        return new Authentication(authenticator, false, false, USUAL_COOKIES, false);
    }

    /** {@return the same, with or without anonymous subscribers} */
    public Authentication withAnonymousSubscribe(boolean allowed) {
        return new Authentication(authenticator, allowed, anonymousPublish, cookies, queryAllowed);
    }

    /** {@return the same, with or without anonymous publishers} */
    public Authentication withAnonymousPublish(boolean allowed) {
        return new Authentication(authenticator, anonymousSubscribe, allowed, cookies, queryAllowed);
    }

    /** {@return the same, with other cookies} */
    public Authentication withCookies(List<String> names) {
        return new Authentication(authenticator, anonymousSubscribe, anonymousPublish, names, queryAllowed);
    }

    /** {@return the same, with or without tokens in the query} */
    public Authentication withQueryAllowed(boolean allowed) {
        return new Authentication(authenticator, anonymousSubscribe, anonymousPublish, cookies, allowed);
    }
}
