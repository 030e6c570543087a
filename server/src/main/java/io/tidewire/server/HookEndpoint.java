package io.tidewire.server;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where a hook is reached: checked, and named in logs without what may be secret in its path and query. */
record HookEndpoint(URI uri) {
    private static final Pattern LOOPBACK_V4 = Pattern.compile("127(\\.\\d{1,3}){3}");

    /**
     * {@return the endpoint}
     *
     * @throws IllegalArgumentException unless it is https, or http to loopback or where that is allowed
     */
    static HookEndpoint of(String setting, URI uri, boolean plaintextAllowed) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean plain = scheme.equals("http") && (plaintextAllowed || isLoopback(uri.getHost()));
        HookEndpoint endpoint = new HookEndpoint(uri);
        if (uri.getHost() == null || !(scheme.equals("https") || plain)) {
            throw new IllegalArgumentException(setting + ": " + endpoint
                    + " (expected: https, or http to this machine or where plaintext is allowed)");
        }
        if (uri.getUserInfo() != null || uri.getFragment() != null) {
            throw new IllegalArgumentException(setting + ": " + endpoint + " (expected: no user info and no fragment)");
        }
        return endpoint;
    }

    /** By its text: a name that resolves to loopback today may not do so tomorrow. */
    private static boolean isLoopback(@Nullable String host) {
        return host != null
                && (host.equalsIgnoreCase("localhost")
                        || host.equals("[::1]")
                        || LOOPBACK_V4.matcher(host).matches());
    }

    /** {@return scheme, host and port} */
    @Override
    public String toString() {
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }
}
