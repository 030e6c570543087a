package io.tidewire.llm;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Through which proxy an upstream is reached. Asked once per upstream. */
@FunctionalInterface
public interface UpstreamProxies {
    /** {@return the proxy for requests to that URL, or nothing: directly} */
    Optional<Server> proxyFor(URI base);

    /**
     * A proxy. Both kinds are asked for a tunnel to the upstream ({@code CONNECT}, for {@code http://} too), so they see no request, and
     * look up its name themselves. {@code toString} does not show the password.
     *
     * @param socks whether it speaks SOCKS 5, not HTTP
     * @param host its name or address
     * @param port its port
     * @param user for proxies that ask who comes; empty for none
     * @param password the user's
     */
    record Server(boolean socks, String host, int port, String user, String password) {
        /**
         * Checks.
         *
         * @throws IllegalArgumentException if host or port cannot be
         */
        public Server {
            Objects.requireNonNull(user, "user");
            Objects.requireNonNull(password, "password");
            if (host.isBlank() || port < 1 || port > 65535) {
                throw new IllegalArgumentException("proxy: " + host + ":" + port + " (expected: a host and a port)");
            }
        }

        @Override
        public String toString() {
            return (socks ? "socks5://" : "http://") + host + ":" + port;
        }
    }

    /** {@return no proxy at all} */
    static UpstreamProxies none() {
        return base -> Optional.empty();
    }

    /** {@return what the JVM says: {@code https.proxyHost}, {@code http.nonProxyHosts}, {@code socksProxyHost}, ...} */
    static UpstreamProxies ofJvm() {
        return base -> {
            ProxySelector selector = ProxySelector.getDefault();
            List<Proxy> choice = selector == null ? List.of() : selector.select(base);
            return choice.isEmpty() ? Optional.empty() : server(choice.get(0));
        };
    }

    /**
     * Reads {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code ALL_PROXY} and {@code NO_PROXY}, in small letters too, as curl does. In
     * {@code NO_PROXY} stand names (good for what ends in them, too), addresses, each perhaps with a port, or {@code *}. This machine's own
     * addresses are never asked through a proxy. If the environment names none, {@link #ofJvm} decides.
     *
     * @param environment as {@link System#getenv()}
     * @throws IllegalArgumentException if a proxy is no URL
     */
    static UpstreamProxies of(Map<String, String> environment) {
        Optional<Server> secure = first(environment, "HTTPS_PROXY", "ALL_PROXY");
        Optional<Server> plain = first(environment, "HTTP_PROXY", "ALL_PROXY");
        if (secure.isEmpty() && plain.isEmpty()) {
            return ofJvm();
        }
        String direct = value(environment, "NO_PROXY");
        return base -> isDirect(base, direct == null ? "" : direct)
                ? Optional.empty()
                : "https".equalsIgnoreCase(base.getScheme()) ? secure : plain;
    }

    private static Optional<Server> server(Proxy proxy) {
        if (proxy.type() == Proxy.Type.DIRECT || !(proxy.address() instanceof InetSocketAddress address)) {
            return Optional.empty();
        }
        return Optional.of(
                new Server(proxy.type() == Proxy.Type.SOCKS, address.getHostString(), address.getPort(), "", ""));
    }

    private static Optional<Server> first(Map<String, String> environment, String... names) {
        for (String name : names) {
            String text = value(environment, name);
            if (text != null) {
                return Optional.of(parse(name, text));
            }
        }
        return Optional.empty();
    }

    private static @Nullable String value(Map<String, String> environment, String name) {
        String small = environment.get(name.toLowerCase(Locale.ROOT));
        String text = small != null ? small : environment.get(name);
        return text == null || text.isBlank() ? null : text.strip();
    }

    private static Server parse(String name, String text) {
        try {
            URI uri = new URI(text.contains("://") ? text : "http://" + text);
            String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
            boolean socks = scheme.equals("socks5") || scheme.equals("socks5h");
            if ((socks || scheme.equals("http")) && uri.getHost() != null) {
                String[] user = uri.getRawUserInfo() == null
                        ? new String[0]
                        : uri.getRawUserInfo().split(":", 2);
                int usual = socks ? 1080 : 80;
                return new Server(
                        socks,
                        uri.getHost(),
                        uri.getPort() < 0 ? usual : uri.getPort(),
                        user.length > 0 ? decoded(user[0]) : "",
                        user.length > 1 ? decoded(user[1]) : "");
            }
        } catch (URISyntaxException e) {
            // told below, without the text: it may carry a password
        }
        throw new IllegalArgumentException(name + ": not shown (expected: http://host:port or socks5://host:port)");
    }

    private static String decoded(String userInfo) {
        return URLDecoder.decode(userInfo.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static boolean isDirect(URI base, String list) {
        String host = base.getHost().toLowerCase(Locale.ROOT);
        if (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]")) {
            return true;
        }
        int port = base.getPort() >= 0 ? base.getPort() : "https".equalsIgnoreCase(base.getScheme()) ? 443 : 80;
        for (String entry : list.toLowerCase(Locale.ROOT).split("[,\\s]+")) {
            String named =
                    entry.endsWith(":" + port) ? entry.substring(0, entry.length() - (":" + port).length()) : entry;
            String bare =
                    named.startsWith("*.") ? named.substring(2) : named.startsWith(".") ? named.substring(1) : named;
            if (entry.equals("*") || (!bare.isEmpty() && (host.equals(bare) || host.endsWith("." + bare)))) {
                return true;
            }
        }
        return false;
    }
}
