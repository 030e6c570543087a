package io.tidewire.client;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What to ask for, attempt after attempt. Immutable, except that the body is not copied.
 *
 * @param uri the original address; every attempt starts here
 * @param method as in {@code GET}
 * @param body empty for none
 * @param headers the same for each attempt
 * @param computed more of them, anew for each attempt; null if there are none
 * @param repeatable whether it may be sent again though it may have been acted upon
 * @param lastEventIdParameter where an id goes that no header can carry
 */
record RequestPlan(
        URI uri,
        String method,
        byte[] body,
        Map<String, String> headers,
        @Nullable Function<EventSourceBuilder.Attempt, Map<String, String>> computed,
        boolean repeatable,
        String lastEventIdParameter) {

    // RFC 9110 §9.2.2, and QUERY of RFC 10008: sending them twice has the effect of once.
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "QUERY", "PUT", "DELETE");

    // What is no secret and is needed to be answered at all; anything else of the user's could be a credential.
    private static final Set<String> FOR_ANYBODY = Set.of(
            "accept",
            "accept-language",
            "cache-control",
            "content-language",
            "content-type",
            "last-event-id",
            "user-agent");

    /** {@return whether it may be sent again, given whether an id tells the server where to go on} */
    boolean mayRepeat(boolean hasId) {
        return repeatable || hasId || IDEMPOTENT.contains(method);
    }

    /** {@return the headers of an attempt, names in any case only once; calls the user's function} */
    Map<String, String> headersOf(EventSourceBuilder.Attempt attempt) {
        Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        all.put("Accept", "text/event-stream");
        all.put("Cache-Control", "no-cache");
        all.putAll(headers);
        Function<EventSourceBuilder.Attempt, Map<String, String>> function = computed;
        if (function != null) {
            all.putAll(function.apply(attempt));
        }
        return all;
    }

    /**
     * {@return a request of this plan}
     *
     * @param hop where to, and how; another origin gets no header that might be a secret
     * @param all of {@link #headersOf}
     * @param utf8 whether the transport can send a header beyond ASCII
     */
    Transport.Request request(Hop hop, Map<String, String> all, String lastEventId, boolean utf8) {
        Map<String, String> sent = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        boolean home = sameOrigin(uri, hop.uri());
        all.forEach((name, value) -> {
            boolean ofBody = name.toLowerCase(Locale.ROOT).startsWith("content-");
            if ((home || FOR_ANYBODY.contains(name.toLowerCase(Locale.ROOT))) && (hop.keepsBody() || !ofBody)) {
                sent.put(name, value);
            }
        });
        URI target = hop.uri();
        if (!lastEventId.isEmpty()) {
            if (utf8 || isVisibleAscii(lastEventId)) {
                sent.put("Last-Event-ID", lastEventId);
            } else {
                target = withParameter(target, lastEventIdParameter, lastEventId);
            }
        }
        return new Transport.Request(hop.method(), target, sent, hop.keepsBody() ? body : new byte[0]);
    }

    /**
     * One request on the way through redirects.
     *
     * @param keepsBody false once a redirect made a GET of it
     */
    record Hop(URI uri, String method, boolean keepsBody) {}

    Hop firstHop() {
        return new Hop(uri, method, true);
    }

    static boolean sameOrigin(URI a, URI b) {
        return a.getScheme().equalsIgnoreCase(b.getScheme())
                && a.getHost().equalsIgnoreCase(b.getHost())
                && port(a) == port(b);
    }

    private static int port(URI uri) {
        int standard = uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
        return uri.getPort() == -1 ? standard : uri.getPort();
    }

    // A blank at either end would be taken for padding.
    private static boolean isVisibleAscii(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c < 0x7f) && text.equals(text.strip());
    }

    private static URI withParameter(URI uri, String name, String value) {
        String text = uri.toString();
        int hash = text.indexOf('#');
        String bare = hash < 0 ? text : text.substring(0, hash);
        return URI.create(bare + (uri.getRawQuery() == null ? "?" : "&") + name + "="
                + URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
}
