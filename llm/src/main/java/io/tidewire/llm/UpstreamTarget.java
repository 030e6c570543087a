package io.tidewire.llm;

import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One upstream that may be asked: requests go to its base URL and to what is below it, nowhere else.
 *
 * @param name what it is called in settings and in the gateway's paths: letters, digits, {@code -}, {@code _} and {@code .}
 * @param base its URL, as {@code https://api.openai.com}: {@code http} or {@code https}, without user, query and fragment; a slash at the
 *     end means nothing
 * @param key our own key for it; without one, what the client sends is forwarded
 */
public record UpstreamTarget(
        String name, URI base, @Nullable UpstreamKey key) {
    /**
     * Checks all three.
     *
     * @throws IllegalArgumentException if the name or the URL cannot be used; the message names it
     */
    public UpstreamTarget {
        Objects.requireNonNull(base, "base");
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")) {
            throw new IllegalArgumentException("upstream: " + name
                    + " (expected: up to 63 letters, digits, '-', '_' or '.', the first a letter or digit)");
        }
        String scheme = base.getScheme();
        boolean http = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
        if (base.getRawUserInfo() != null) {
            throw new IllegalArgumentException("upstream " + name
                    + ": a URL with a user in it, not shown (expected: the key as a setting of its own)");
        }
        if (!http || base.getHost() == null || base.getRawQuery() != null || base.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "upstream " + name + ": " + base + " (expected: http:// or https://, a host, at most a path)");
        }
        if (!UpstreamPath.isSafe(base.getRawPath().isEmpty() ? "/" : base.getRawPath())) {
            throw new IllegalArgumentException(
                    "upstream " + name + ": " + base + " (expected: a path without '.', '..' and '//')");
        }
    }

    /** {@return a target to which the clients bring their own keys} */
    public static UpstreamTarget of(String name, URI base) {
        return new UpstreamTarget(name, base, null);
    }

    /** {@return this target, asked with our key} */
    public UpstreamTarget withKey(UpstreamKey own) {
        return new UpstreamTarget(name, base, own);
    }

    boolean isSecure() {
        return "https".equalsIgnoreCase(base.getScheme());
    }

    int port() {
        return base.getPort() >= 0 ? base.getPort() : isSecure() ? 443 : 80;
    }

    /** {@return host and port, as messages name the target} */
    String authority() {
        return base.getHost() + ":" + port();
    }
}
