package io.tidewire.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.URI;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which other sites' pages may call (S14; Fetch Standard, "CORS protocol"): those of a list, with their cookies; or, for hubs that
 * are public anyway, all of them without. Immutable.
 */
final class Cors {
    private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, QUERY";
    private static final String REQUEST_FIELDS = "Authorization, Cache-Control, Content-Type, Last-Event-ID, "
            + "Idempotency-Key, Expected-Last-Event-ID, If-None-Match, Producer-Epoch, Producer-Id, Producer-Seq, Stream-Closed, "
            + "Stream-Expires-At, Stream-Seq, Stream-TTL, Tidewire-Chat, Tidewire-Owner, Tidewire-Token, Tidewire-When-Unread";
    private static final String EXPOSED = "Tidewire-Connection, Tidewire-Resume, Tidewire-Resume-From, Retry-After, "
            + "Location, Link, ETag, Last-Event-ID, Mercure-Last-Event-ID, Content-Location, Producer-Epoch, "
            + "Producer-Expected-Seq, Producer-Received-Seq, Producer-Seq, Stream-Closed, Stream-Cursor, Stream-Expires-At, "
            + "Stream-Next-Offset, Stream-SSE-Data-Encoding, Stream-TTL, Stream-Up-To-Date, Tidewire-Stream, "
            + "Idempotency-Replayed, Request-Id, X-Request-Id, X-Vercel-AI-UI-Message-Stream";
    private static final String EVERY = "*";
    private static final int PREFLIGHT_SECONDS = 7200;

    private final Set<String> origins;

    /**
     * Takes the allowed origins, as in {@code https://example.com}; {@code *} alone allows all, without credentials.
     *
     * @throws IllegalArgumentException if one is no origin, or {@code *} stands beside others
     */
    Cors(Collection<String> allowed) {
        this.origins = allowed.stream().map(Cors::normal).collect(Collectors.toUnmodifiableSet());
        if (origins.contains(EVERY) && origins.size() > 1) {
            throw new IllegalArgumentException("cors.origins: * beside others (expected: * alone, or a list)");
        }
    }

    private static String normal(String origin) {
        String lower = origin.strip().toLowerCase(Locale.ROOT);
        boolean good = lower.equals(EVERY) || lower.matches("[a-z][a-z0-9+.-]*://[^/?#*\\s]+");
        if (!good) {
            throw new IllegalArgumentException(
                    "cors.origins: " + origin + " (expected: scheme and host, as in https://example.com, or * alone)");
        }
        return lower;
    }

    /** Adds what the answer must carry; {@return whether the request was a preflight, which is answered then}. */
    boolean apply(Exchange exchange) {
        if (origins.isEmpty()) {
            return false;
        }
        HttpHeaders headers = exchange.request().headers();
        String origin = headers.get(HttpHeaderNames.ORIGIN);
        boolean every = origins.contains(EVERY);
        StringBuilder fields = new StringBuilder(every ? "" : "Vary: Origin\r\n");
        boolean allowed = origin != null && (every || origins.contains(origin.toLowerCase(Locale.ROOT)));
        if (allowed) {
            fields.append("Access-Control-Allow-Origin: ")
                    .append(every ? EVERY : origin)
                    .append(every ? "\r\n" : "\r\nAccess-Control-Allow-Credentials: true\r\n")
                    .append("Access-Control-Expose-Headers: ")
                    .append(EXPOSED)
                    .append("\r\n");
        }
        boolean preflight = exchange.is(HttpMethod.OPTIONS)
                && origin != null
                && headers.contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
        if (preflight && allowed) {
            fields.append("Access-Control-Allow-Methods: " + METHODS + "\r\nAccess-Control-Allow-Headers: "
                    + requestFields(exchange) + "\r\nAccess-Control-Max-Age: " + PREFLIGHT_SECONDS + "\r\n");
        }
        exchange.addFields(fields.toString());
        if (preflight) {
            exchange.respond(
                    new Responses.Head(allowed ? HttpResponseStatus.NO_CONTENT : HttpResponseStatus.FORBIDDEN, "", ""),
                    new byte[0]);
        }
        return preflight;
    }

    /** {@return the fields that a request may have} SDKs send an upstream many, which change with their releases. */
    private static String requestFields(Exchange exchange) {
        String asked = exchange.request().headers().get(HttpHeaderNames.ACCESS_CONTROL_REQUEST_HEADERS);
        if (asked == null || !LlmRoute.serves(exchange.rawPath()) || !asked.matches("[A-Za-z0-9_, -]{1,4096}")) {
            return REQUEST_FIELDS;
        }
        return asked;
    }

    /**
     * Throws a 403 unless a request that changes something, and whose browser sent a cookie along, comes from this site or an allowed
     * one: another site's page could have made the browser send it.
     */
    void requireSameSite(Exchange exchange) {
        HttpHeaders headers = exchange.request().headers();
        String from = headers.get(HttpHeaderNames.ORIGIN);
        if (from == null) {
            from = originOf(headers.get(HttpHeaderNames.REFERER));
        }
        if (from == null) {
            throw Access.forbidden("origin: none (expected: Origin or Referer, because the token came as a cookie)");
        }
        String host = headers.get(HttpHeaderNames.HOST);
        String own = originOf(from);
        boolean same = host != null
                && own != null
                && own.substring(own.indexOf("://") + 3).equalsIgnoreCase(host);
        if (!same && !origins.contains(from.toLowerCase(Locale.ROOT))) {
            throw Access.forbidden("origin: " + from + " (expected: this site, or one of cors.origins)");
        }
    }

    private static @Nullable String originOf(@Nullable String url) {
        if (url == null) {
            return null;
        }
        try {
            URI uri = URI.create(url);
            return uri.getScheme() == null || uri.getAuthority() == null
                    ? null
                    : uri.getScheme() + "://" + uri.getAuthority();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
