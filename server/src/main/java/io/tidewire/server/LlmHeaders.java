package io.tidewire.server;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidewire.llm.UpstreamHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Header fields of requests to upstreams, and of their answers. */
final class LlmHeaders {
    /** Of an upstream's answer: what is ours to say, or would speak for our origin. */
    private static final Set<String> OURS = Set.of(
            "content-type",
            "content-location",
            "content-security-policy",
            "clear-site-data",
            "date",
            "x-content-type-options");

    private static final Set<String> PLACES = Set.of("location", "link", "cache-control", "x-accel-buffering");

    /** What an upstream sends is never a page of this origin. */
    private static final String NO_PAGE =
            "X-Content-Type-Options: nosniff\r\nContent-Security-Policy: default-src 'none'; sandbox\r\n";

    private static final String NOT_BUFFERED = "Cache-Control: no-cache, no-transform\r\nX-Accel-Buffering: no\r\n";

    private LlmHeaders() {}

    /** {@return the client's fields, in their order} */
    static List<Map.Entry<String, String>> ofRequest(HttpHeaders headers) {
        List<Map.Entry<String, String>> fields = new ArrayList<>(headers.size());
        for (Map.Entry<String, String> field : headers) {
            fields.add(Map.entry(field.getKey(), field.getValue()));
        }
        return fields;
    }

    /** {@return the head of an answer that is handed on and not recorded} */
    static Responses.Head relayed(UpstreamHead head) {
        return new Responses.Head(
                HttpResponseStatus.valueOf(head.status()), contentType(head), lines(head, Set.of()) + NO_PAGE);
    }

    /** {@return the head of an answer that is recorded as a stream} */
    static String recorded(UpstreamHead head, String id) {
        return lines(head, PLACES) + NO_PAGE + NOT_BUFFERED + place(id);
    }

    /** {@return the head lines of an answer that was recorded for another request} */
    static String again(String id) {
        return NO_PAGE + NOT_BUFFERED + place(id);
    }

    private static String place(String id) {
        String path = LlmRoute.PREFIX + LlmRoute.ANSWERS + "/" + id;
        return "Location: " + path + "\r\nContent-Location: " + path + "\r\nLink: <" + path
                + ">; rel=\"self\"\r\nTidewire-Stream: " + id + "\r\n";
    }

    static String contentType(UpstreamHead head) {
        return head.header("Content-Type").orElse("");
    }

    private static String lines(UpstreamHead head, Set<String> without) {
        StringBuilder lines = new StringBuilder();
        for (Map.Entry<String, String> field : head.headers()) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            boolean kept = !OURS.contains(name)
                    && !without.contains(name)
                    && !name.startsWith("access-control-")
                    && !name.startsWith("tidewire-");
            if (kept) {
                lines.append(field.getKey())
                        .append(": ")
                        .append(field.getValue())
                        .append("\r\n");
            }
        }
        return lines.toString();
    }
}
