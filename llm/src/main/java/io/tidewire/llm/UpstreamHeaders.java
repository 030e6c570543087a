package io.tidewire.llm;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which header fields pass a gateway, to the upstream and back. */
final class UpstreamHeaders {
    /** Fields of one connection (RFC 9110 7.6.1), and those that proxies answer to themselves. */
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "http2-settings");

    /*
     * Not sent on: what is written anew for the next hop (Host, Content-Length, Expect), what would make the answer unreadable for the
     * recording (Accept-Encoding), what belongs to the client's own site (Cookie, Origin, Referer), and where the client is (Forwarded...).
     */
    private static final Set<String> FOR_US = Set.of(
            "host",
            "content-length",
            "expect",
            "accept-encoding",
            "cookie",
            "cookie2",
            "origin",
            "referer",
            "forwarded",
            "via",
            "x-real-ip");

    private static final List<String> FOR_US_PREFIXES = List.of("sec-", "x-forwarded-", "tidewire-");

    /** Not sent back: the body is framed anew, and nothing may speak for our host in the upstream's name. */
    private static final Set<String> FOR_UPSTREAMS_HOST =
            Set.of("set-cookie", "set-cookie2", "alt-svc", "strict-transport-security", "content-length");

    /** How Netty tells stream ids and weights beside a translated HTTP/2 head. */
    private static final String NETTYS_OWN = "x-http2-";

    private static final Set<String> CREDENTIALS = Set.of("authorization", "x-api-key");

    private UpstreamHeaders() {}

    /** {@return the fields to send upstream, in their order} */
    static List<Map.Entry<String, String>> toUpstream(
            List<Map.Entry<String, String>> client, @Nullable UpstreamKey key) {
        Set<String> named = namedByConnection(client);
        List<Map.Entry<String, String>> kept = new ArrayList<>(client.size() + 1);
        for (Map.Entry<String, String> field : client) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            boolean replaced = key != null
                    && (CREDENTIALS.contains(name) || name.equals(key.header().toLowerCase(Locale.ROOT)));
            if (isForwarded(name) && !named.contains(name) && !replaced) {
                kept.add(field);
            }
        }
        if (key != null) {
            kept.add(Map.entry(key.header(), key.value()));
        }
        return kept;
    }

    /** {@return the fields to give to the client, in their order} */
    static List<Map.Entry<String, String>> toClient(List<Map.Entry<String, String>> upstream) {
        Set<String> named = namedByConnection(upstream);
        List<Map.Entry<String, String>> kept = new ArrayList<>(upstream.size());
        for (Map.Entry<String, String> field : upstream) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            if (!name.startsWith(NETTYS_OWN)
                    && !HOP_BY_HOP.contains(name)
                    && !FOR_UPSTREAMS_HOST.contains(name)
                    && !named.contains(name)) {
                kept.add(field);
            }
        }
        return kept;
    }

    /** {@return whether a field of that name, in lower case, may go upstream} */
    static boolean isForwarded(String name) {
        return !HOP_BY_HOP.contains(name)
                && !FOR_US.contains(name)
                && FOR_US_PREFIXES.stream().noneMatch(name::startsWith);
    }

    /** {@return whether this is a token (RFC 9110 5.6.2)} */
    static boolean isName(String text) {
        return !text.isEmpty()
                && text.chars().allMatch(c -> c > ' ' && c < 0x7f && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0);
    }

    /** {@return whether this fits into a field: no controls but tabs, and bytes only} */
    static boolean isValue(String text) {
        return text.chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 0x7f && c <= 0xff));
    }

    private static Set<String> namedByConnection(List<Map.Entry<String, String>> fields) {
        Set<String> named = new HashSet<>();
        for (Map.Entry<String, String> field : fields) {
            if (field.getKey().equalsIgnoreCase("connection")) {
                for (String option : field.getValue().split(",")) {
                    named.add(option.strip().toLowerCase(Locale.ROOT));
                }
            }
        }
        return named;
    }
}
