package io.tidewire.server;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of the Mercure protocol is offered at {@code /.well-known/mercure}. Immutable; start from {@link #defaults}.
 *
 * <p>The two living versions are told apart by what a request asks with, and by its token. Which tokens are read by which version's
 * rules is said where issuers are trusted ({@link io.tidewire.auth.TrustedIssuer}), not here.
 *
 * @param draft08 whether requests and tokens of draft-08 ("1.0") are answered
 * @param deployed whether those of the deployed version are (0.x, draft-07)
 * @param mixedTokens whether a token of one version may come with a subscription in the form of the other, for the time of a change;
 *     without it that is a token that is not valid
 * @param subscriptions whether active subscriptions are listed and announced (presence)
 * @param cookie the cookie with the token, beside those of {@link Authentication}
 * @param resource the hub's resource identifier (RFC 9728), which tokens have as audience; null to take the hub's URL, if a public URL
 *     is set
 * @param authorizationServers issuers to name in the metadata (RFC 8414); none if tokens are self-issued
 */
public record MercureConfig(
        boolean draft08,
        boolean deployed,
        boolean mixedTokens,
        boolean subscriptions,
        String cookie,
        @Nullable URI resource,
        List<String> authorizationServers) {

    /**
     * Checks the settings and copies the list.
     *
     * @throws IllegalArgumentException if neither version is on, or the cookie's name is none
     */
    public MercureConfig {
        if (!draft08 && !deployed) {
            throw new IllegalArgumentException("mercure: neither draft-08 nor 0.x (expected: at least one of them)");
        }
        if (!cookie.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
            throw new IllegalArgumentException("mercure.cookie: " + cookie + " (expected: a cookie's name, RFC 6265)");
        }
        authorizationServers = List.copyOf(authorizationServers);
    }

    /** {@return both versions, each with its own tokens; active subscriptions; the cookie that draft-08 recommends} */
    public static MercureConfig defaults() {
        return new MercureConfig(true, true, false, true, "__Secure-mercure_access_token", null, List.of());
    }

    /** {@return the same with other versions} */
    public MercureConfig withVersions(boolean draft08On, boolean deployedOn) {
        return new MercureConfig(
                draft08On, deployedOn, mixedTokens, subscriptions, cookie, resource, authorizationServers);
    }

    /** {@return the same, with or without tokens of one version for subscriptions of the other} */
    public MercureConfig withMixedTokens(boolean allowed) {
        return new MercureConfig(draft08, deployed, allowed, subscriptions, cookie, resource, authorizationServers);
    }

    /** {@return the same, with or without active subscriptions} */
    public MercureConfig withSubscriptions(boolean wanted) {
        return new MercureConfig(draft08, deployed, mixedTokens, wanted, cookie, resource, authorizationServers);
    }

    /** {@return the same with another cookie} */
    public MercureConfig withCookie(String name) {
        return new MercureConfig(draft08, deployed, mixedTokens, subscriptions, name, resource, authorizationServers);
    }

    /** {@return the same with another resource identifier} */
    public MercureConfig withResource(@Nullable URI identifier) {
        return new MercureConfig(
                draft08, deployed, mixedTokens, subscriptions, cookie, identifier, authorizationServers);
    }

    /** {@return the same with other authorization servers} */
    public MercureConfig withAuthorizationServers(List<String> issuers) {
        return new MercureConfig(draft08, deployed, mixedTokens, subscriptions, cookie, resource, issuers);
    }
}
