package io.tidewire.llm;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A client's request, as it is to be forwarded. Header fields that concern only the client's way to us are left out by {@link Upstream};
 * all others go on byte for byte. {@code toString} shows neither header values nor the body.
 *
 * @param method the HTTP method
 * @param path path and query below the target's base URL, as the client wrote them: {@code /v1/chat/completions?x=1}; encoded characters
 *     are left alone
 * @param headers the client's header fields in their order; a name may come again
 * @param body the whole body, empty for none; not copied, so it must not be changed any more
 */
public record UpstreamRequest(String method, String path, List<Map.Entry<String, String>> headers, byte[] body) {
    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if the path could lead out of the base URL, or a header field is none
     */
    public UpstreamRequest {
        Objects.requireNonNull(body, "body");
        if (!UpstreamHeaders.isName(method) || "CONNECT".equals(method)) {
            throw new IllegalArgumentException("method: " + method + " (expected: an HTTP method, not CONNECT)");
        }
        if (!UpstreamPath.isSafe(path)) {
            throw new IllegalArgumentException("path: " + path
                    + " (expected: a path from '/', without '.', '..', '//', '\\' and '#', percent-encoded)");
        }
        headers = List.copyOf(headers);
        for (Map.Entry<String, String> field : headers) {
            if (!UpstreamHeaders.isName(field.getKey()) || !UpstreamHeaders.isValue(field.getValue())) {
                throw new IllegalArgumentException(
                        "header " + field.getKey() + ": not shown (expected: a name and a value in one line)");
            }
        }
    }

    @Override
    public String toString() {
        return "UpstreamRequest[" + method + " " + withoutQuery(path) + ", " + headers.size() + " header fields, "
                + body.length + " bytes]";
    }

    /** Some upstreams take their key in the query. */
    private static String withoutQuery(String path) {
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }
}
