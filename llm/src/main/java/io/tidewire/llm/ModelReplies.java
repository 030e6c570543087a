package io.tidewire.llm;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** The stand-in's answers in one piece. */
final class ModelReplies {
    private ModelReplies() {}

    static FullHttpResponse json(HttpResponseStatus status, String body) {
        FullHttpResponse reply = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        reply.headers().set("Content-Type", "application/json");
        HttpUtil.setContentLength(reply, reply.content().readableBytes());
        return reply;
    }

    static FullHttpResponse noContent() {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.NO_CONTENT, Unpooled.EMPTY_BUFFER);
    }

    /** {@return a status that was asked for; those that say "later" say when} */
    static FullHttpResponse fault(ModelEndpoint endpoint, int status, long id) {
        FullHttpResponse reply = json(
                HttpResponseStatus.valueOf(status),
                endpoint.error(status, "The stand-in was asked for status " + status));
        addRequestId(reply, id);
        if (status == 429 || status == 503 || status == 529) {
            reply.headers().set("Retry-After", "1");
        }
        return reply;
    }

    /** Both companies' names for it. */
    static void addRequestId(HttpResponse reply, long id) {
        reply.headers().set("x-request-id", "req_standin_" + id).set("request-id", "req_standin_" + id);
    }

    static FullHttpResponse stats(ModelStats stats) {
        return json(HttpResponseStatus.OK, """
                {"requests":%d,"open":%d,"cancelled":%d,"tokens":%d,"connections":%d}""".formatted(
                        stats.requests(), stats.open(), stats.cancelled(), stats.tokens(), stats.connections()));
    }

    /** {@return the list of models, in the fields of both companies' lists} */
    static FullHttpResponse models() {
        return json(HttpResponseStatus.OK, """
                {"object":"list","data":[{"id":"stand-in","object":"model","created":%d,"owned_by":"tidewire","type":"model",\
                "display_name":"Stand-in","created_at":"2026-01-01T00:00:00Z"}],"first_id":"stand-in","last_id":"stand-in",\
                "has_more":false}""".formatted(ModelSpeech.CREATED_SECONDS));
    }

    /** {@return the request, told back: what of it has reached the upstream} */
    static FullHttpResponse echo(FullHttpRequest request) {
        String headers = request.headers().entries().stream()
                .map(field -> "[" + ModelJson.quoted(field.getKey()) + "," + ModelJson.quoted(field.getValue()) + "]")
                .collect(Collectors.joining(","));
        return json(
                HttpResponseStatus.OK,
                "{\"method\":" + ModelJson.quoted(request.method().name()) + ",\"path\":"
                        + ModelJson.quoted(request.uri())
                        + ",\"headers\":[" + headers + "],\"body\":"
                        + ModelJson.quoted(request.content().toString(StandardCharsets.UTF_8)) + "}");
    }
}
