package io.tidewire.server;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A request that cannot be served, as RFC 9457 ("Problem Details") has it. */
final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient HttpResponseStatus status;
    private final transient ObjectNode extra = JsonNodeFactory.instance.objectNode();
    private long retryAfterSeconds = -1;
    private String fields = "";

    Problem(HttpResponseStatus status, String detail) {
        super(detail, null, false, false); // an answer, not a failure: nobody reads its stack
        this.status = status;
    }

    static Problem badRequest(String detail) {
        return new Problem(HttpResponseStatus.BAD_REQUEST, detail);
    }

    static Problem notFound(String detail) {
        return new Problem(HttpResponseStatus.NOT_FOUND, detail);
    }

    static Problem methodNotAllowed(String method, String allowed) {
        Problem problem = new Problem(
                HttpResponseStatus.METHOD_NOT_ALLOWED, "method: " + method + " (expected: " + allowed + ")");
        return problem.field("Allow", allowed);
    }

    static Problem tooMany(String detail, long retryAfterSeconds) {
        return new Problem(HttpResponseStatus.TOO_MANY_REQUESTS, detail).retryAfter(retryAfterSeconds);
    }

    /** Adds a header field to the answer. */
    Problem field(String name, String value) {
        fields += name + ": " + value + "\r\n";
        return this;
    }

    Problem retryAfter(long seconds) {
        retryAfterSeconds = Math.max(1, seconds);
        return this;
    }

    Problem with(String name, String value) {
        extra.put(name, value);
        return this;
    }

    HttpResponseStatus status() {
        return status;
    }

    /** {@return header lines beyond the usual ones} */
    String headers() {
        StringBuilder lines = new StringBuilder();
        if (retryAfterSeconds > 0) {
            lines.append("Retry-After: ").append(retryAfterSeconds).append("\r\n");
        }
        return lines.append(fields).toString();
    }

    Responses.Head head() {
        return new Responses.Head(status, "application/problem+json", headers());
    }

    byte[] body() {
        return json().toString().getBytes(StandardCharsets.UTF_8);
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("type", "about:blank");
        json.put("title", status.reasonPhrase());
        json.put("status", status.code());
        json.put("detail", getMessage());
        json.setAll(extra);
        return json;
    }
}
