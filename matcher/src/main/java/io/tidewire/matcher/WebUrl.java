package io.tidewire.matcher;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A URL as the WHATWG URL Standard parses it: host lower-cased and in ASCII, default port dropped, dot segments removed,
 * components percent-encoded where they must be. Every component is ASCII.
 *
 * <p>Immutable and safe for use by any thread. Parsing takes time linear in the text's length and never throws; what is
 * no URL is an empty {@code Optional}.
 *
 * <pre>{@code
 * WebUrl hub = WebUrl.parse("https://Example.com:443/.well-known/mercure").orElseThrow();
 * hub.resolve("../books/%7Ealice?x#y").orElseThrow().pathname();   // /books/%7Ealice
 * }</pre>
 */
public final class WebUrl {

    private final String scheme;
    private final String username;
    private final String password;
    private final @Nullable String host;
    private final int port;
    private final boolean opaque;
    private final List<String> segments;
    private final String pathname;
    private final @Nullable String query;
    private final @Nullable String fragment;

    WebUrl(UrlParser parsed) {
        scheme = parsed.scheme;
        username = parsed.username;
        password = parsed.password;
        host = parsed.host;
        port = parsed.port;
        opaque = parsed.opaquePath != null;
        segments = parsed.segments();
        pathname = parsed.opaquePath != null
                ? parsed.opaquePath
                : segments.isEmpty() ? "" : "/" + String.join("/", segments);
        query = parsed.query;
        fragment = parsed.fragment;
    }

    /** {@return the URL that the text is, or nothing if it is none or relative} */
    public static Optional<WebUrl> parse(String text) {
        return UrlParser.parse(text, null);
    }

    /** {@return the URL that the text means where this is the base, or nothing if it means none} */
    public Optional<WebUrl> resolve(String reference) {
        return UrlParser.parse(reference, this);
    }

    /** {@return the scheme in lower case, without the colon} */
    public String protocol() {
        return scheme;
    }

    /** {@return the user, percent-encoded; empty if there is none} */
    public String username() {
        return username;
    }

    /** {@return the password, percent-encoded; empty if there is none} */
    public String password() {
        return password;
    }

    /** {@return the host, an IPv6 address in brackets; empty if there is none} */
    public String hostname() {
        return host == null ? "" : host;
    }

    /** {@return the port in decimal digits; empty if it is the scheme's own or none is given} */
    public String port() {
        return port < 0 ? "" : Integer.toString(port);
    }

    /** {@return the path, percent-encoded} */
    public String pathname() {
        return pathname;
    }

    /** {@return the query without its question mark; empty if there is none} */
    public String search() {
        return query == null ? "" : query;
    }

    /** {@return the fragment without its number sign; empty if there is none} */
    public String hash() {
        return fragment == null ? "" : fragment;
    }

    /** {@return whether the path is one opaque text, as in {@code urn:isbn:1}, so nothing but a fragment resolves against it} */
    public boolean hasOpaquePath() {
        return opaque;
    }

    /** {@return whether the scheme is one of http, https, ws, wss, ftp and file} */
    public boolean isSpecial() {
        return Scheme.isSpecial(scheme);
    }

    @Nullable
    String host() {
        return host;
    }

    int portNumber() {
        return port;
    }

    List<String> segments() {
        return segments;
    }

    @Nullable
    String query() {
        return query;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof WebUrl url && toString().equals(url.toString());
    }

    @Override
    public int hashCode() {
        return Objects.hash(scheme, host, pathname);
    }

    /** {@return the URL as the standard writes it} */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(scheme).append(':');
        if (host != null) {
            out.append("//");
            if (!username.isEmpty() || !password.isEmpty()) {
                out.append(username);
                if (!password.isEmpty()) {
                    out.append(':').append(password);
                }
                out.append('@');
            }
            out.append(host);
            if (port >= 0) {
                out.append(':').append(port);
            }
        } else if (!opaque && segments.size() > 1 && segments.get(0).isEmpty()) {
            out.append("/."); // or the path would read as a host
        }
        out.append(pathname);
        if (query != null) {
            out.append('?').append(query);
        }
        if (fragment != null) {
            out.append('#').append(fragment);
        }
        return out.toString();
    }
}
