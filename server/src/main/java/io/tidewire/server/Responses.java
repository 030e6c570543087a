package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** Writes whole responses of HTTP/1.1 (RFC 9112) into one buffer each. */
final class Responses {
    static final Head OK_JSON = Head.ok("application/json");

    private static final byte[] OK_JSON_LINES =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEEP = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CLOSE = "\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private Responses() {}

    /** The answer to nearly every publish. */
    private static ByteBuf okJson(ByteBufAllocator allocator, byte[] body, boolean keepAlive) {
        ByteBuf out = allocator.ioBuffer(OK_JSON_LINES.length + CLOSE.length + 10 + body.length);
        out.writeBytes(OK_JSON_LINES);
        out.writeCharSequence(Integer.toString(body.length), StandardCharsets.US_ASCII);
        return out.writeBytes(keepAlive ? KEEP : CLOSE).writeBytes(body);
    }

    /** {@return the answer to a connection of which nothing was read} */
    static ByteBuf problem(ByteBufAllocator allocator, Problem problem) {
        return of(allocator, problem.head(), "", problem.body(), false);
    }

    /** {@return an answer} {@code fields} are whole header lines, as those of the head. */
    static ByteBuf of(ByteBufAllocator allocator, Head head, String fields, byte[] body, boolean keepAlive) {
        if (head.equals(OK_JSON) && fields.isEmpty()) {
            return okJson(allocator, body, keepAlive);
        }
        StringBuilder lines = new StringBuilder(160)
                .append("HTTP/1.1 ")
                .append(head.status.code())
                .append(' ')
                .append(head.status.reasonPhrase())
                .append("\r\n");
        if (!head.contentType.isEmpty()) {
            lines.append("Content-Type: ").append(head.contentType).append("\r\n");
        }
        if (head.status.code() != 204 && head.status.code() != 304) {
            lines.append("Content-Length: ").append(body.length).append("\r\n");
        }
        lines.append(head.more).append(fields);
        if (!keepAlive) {
            lines.append("Connection: close\r\n");
        }
        lines.append("\r\n");
        ByteBuf out = allocator.ioBuffer(lines.length() + body.length);
        out.writeCharSequence(lines, StandardCharsets.ISO_8859_1);
        return out.writeBytes(body);
    }

    /**
     * What stands before a body.
     *
     * @param more whole header lines, each with its CR LF
     */
    record Head(HttpResponseStatus status, String contentType, String more) {
        static Head ok(String contentType) {
            return new Head(HttpResponseStatus.OK, contentType, "");
        }
    }
}
