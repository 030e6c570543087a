package io.tidewire.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** One request and its answer, which waits here for its turn. On the connection's event loop. */
final class Exchange {
    /** More parameters than this are not looked at; the limit of topics is far below. */
    private static final int MAX_PARAMETERS = 4096;

    private final HttpHandler handler;
    private final ChannelHandlerContext ctx;
    private final HttpRequest request;
    private final QueryStringDecoder uri;
    private final Queue<Object> parts = new ArrayDeque<>(1);
    private final long startedNanos;
    private final Wire wire;
    private String fields = "";
    private Caller caller = Caller.ANONYMOUS;
    private boolean keepAlive;
    private int status = 200;
    private boolean complete;
    private boolean abandoned;
    private boolean begun;
    private @Nullable Runnable turn;
    private Runnable onGone = () -> {};
    private Runnable onWritable = () -> {};

    Exchange(HttpHandler handler, Wire wire, ChannelHandlerContext ctx, HttpRequest request, boolean keepAlive) {
        this.wire = wire;
        this.handler = handler;
        this.ctx = ctx;
        this.request = request;
        this.uri =
                new QueryStringDecoder(originForm(request.uri()), StandardCharsets.UTF_8, true, MAX_PARAMETERS, true);
        this.keepAlive = keepAlive;
        this.startedNanos = ctx.executor().ticker().nanoTime();
    }

    /** {@return the target without scheme and authority, which a proxy's client may send (RFC 9112, section 3.2.2)} */
    private static String originForm(String target) {
        int authority = target.indexOf("://");
        if (target.startsWith("/") || authority < 0) {
            return target;
        }
        int path = target.indexOf('/', authority + 3);
        return path < 0 ? "/" : target.substring(path);
    }

    /** {@return how answers are written on this connection} */
    Wire wire() {
        return wire;
    }

    /** {@return header lines that the answer carries beyond its own, whatever it is} */
    String fields() {
        return fields;
    }

    /** Adds header lines to whatever the answer will be; whole lines, each with its CR LF. */
    void addFields(String lines) {
        fields += lines;
    }

    /** {@return who asks; nobody until that was found out} */
    Caller caller() {
        return caller;
    }

    void identified(Caller known) {
        caller = known;
    }

    HttpRequest request() {
        return request;
    }

    String method() {
        return request.method().name();
    }

    boolean isGetOrHead() {
        return is(HttpMethod.GET) || is(HttpMethod.HEAD);
    }

    /** {@return whether the method changes nothing} A browser sends QUERY to another site only if that allows it. */
    boolean isSafe() {
        return isGetOrHead() || request.method().name().equals("QUERY");
    }

    boolean is(HttpMethod method) {
        return request.method().equals(method);
    }

    /** {@return the decoded path; throws a 400 if it is malformed} */
    String path() {
        return uri.path();
    }

    /** {@return what stands between the slashes, each decoded by itself: an encoded slash is part of a name} */
    String[] pathSegments() {
        String[] segments = uri.rawPath().split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            segments[i] = QueryStringDecoder.decodeComponent(segments[i].replace("+", "%2B"), StandardCharsets.UTF_8);
        }
        return segments;
    }

    Map<String, List<String>> query() {
        return uri.parameters();
    }

    /** {@return the path as it was sent} */
    String rawPath() {
        return uri.rawPath();
    }

    /** {@return the query as it was sent} */
    String rawQuery() {
        return uri.rawQuery();
    }

    /** {@return the address of the socket's other end} */
    String address() {
        Channel connection = ctx.channel().parent() instanceof QuicChannel quic ? quic : ctx.channel();
        SocketAddress peer =
                connection instanceof QuicChannel quic ? quic.remoteSocketAddress() : connection.remoteAddress();
        return peer instanceof InetSocketAddress inet ? inet.getAddress().getHostAddress() : "unknown";
    }

    boolean hasBody() {
        return HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0;
    }

    /** {@return the essence of the content type, in lower case; empty if there is none} */
    String contentType() {
        String value = request.headers().get(HttpHeaderNames.CONTENT_TYPE);
        if (value == null) {
            return "";
        }
        int end = value.indexOf(';');
        return (end < 0 ? value : value.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    Channel channel() {
        return ctx.channel();
    }

    ChannelHandlerContext context() {
        return ctx;
    }

    HttpHandler handler() {
        return handler;
    }

    RequestHead head(String remote) {
        Map<String, String> headers = new HashMap<>();
        for (Map.Entry<String, String> header : request.headers()) {
            headers.putIfAbsent(header.getKey().toLowerCase(Locale.ROOT), header.getValue());
        }
        return new RequestHead(method(), path(), queryIfWellFormed(), Map.copyOf(headers), remote);
    }

    /** Whoever needs a query that is malformed answers 400; who only looks at the head goes on without. */
    private Map<String, List<String>> queryIfWellFormed() {
        try {
            return query();
        } catch (IllegalArgumentException e) {
            return Map.of();
        }
    }

    // --- the answer

    void json(byte[] body) {
        wire.whole(this, Responses.OK_JSON, body);
        complete();
    }

    void respond(Responses.Head head, byte[] body) {
        status = head.status().code();
        wire.whole(this, head, body);
        complete();
    }

    void fail(Throwable failure) {
        handler.fail(this, failure);
    }

    void fail(Problem problem, boolean goOn) {
        if (complete) {
            return;
        }
        if (begun) {
            keepAlive = false; // its head is sent: that the body breaks off is all that can be said
            complete();
            wire.breakOff(ctx.channel());
            return;
        }
        keepAlive = goOn;
        status = problem.status().code();
        wire.whole(this, problem.head(), problem.body());
        complete();
    }

    /** Says that the answer's head is among the pieces. */
    void begin(boolean keepAliveAfter) {
        begun = true;
        keepAlive &= keepAliveAfter;
    }

    /** Sets what to do when all earlier requests have been answered. */
    void atTurn(Runnable task) {
        turn = task;
    }

    @Nullable
    Runnable takeTurn() {
        Runnable task = turn;
        turn = null;
        return task;
    }

    /** Adds a piece of the answer. */
    void part(Object message) {
        if (abandoned || complete) {
            ReferenceCountUtil.release(message);
        } else {
            parts.add(message);
        }
    }

    /** Says that the answer has all its pieces. */
    void complete() {
        complete = true;
        log();
        handler.advance(ctx);
    }

    /** Writes the access log's line; for a stream, when it begins. */
    void log() {
        handler.accessLog().request(this, status, elapsedNanos());
    }

    /** {@return the time since the request's head came; any thread} */
    long elapsedNanos() {
        return ctx.executor().ticker().nanoTime() - startedNanos;
    }

    /** Sends the pieces there are, if it is this answer's turn. */
    void flushParts() {
        handler.advance(ctx);
    }

    @Nullable
    Object nextPart() {
        return parts.poll();
    }

    boolean isMalformed() {
        return !request.decoderResult().isSuccess();
    }

    boolean isComplete() {
        return complete && parts.isEmpty();
    }

    boolean keepAlive() {
        return keepAlive;
    }

    /** {@return whether the body may come in pieces without the connection's end being its end} */
    boolean isChunked() {
        return !HttpHandler.isOld(request);
    }

    /** Sets who is told that the connection went before the answer was complete; at once if that is so. */
    void onGone(Runnable told) {
        if (abandoned) {
            told.run();
        } else {
            onGone = told;
        }
    }

    /** Sets who is told that the connection takes more. */
    void onWritable(Runnable told) {
        onWritable = told;
    }

    void writable() {
        onWritable.run();
    }

    /** The connection is gone. */
    void abandon() {
        abandoned = true;
        onGone.run();
        for (Object part = parts.poll(); part != null; part = parts.poll()) {
            ReferenceCountUtil.release(part);
        }
    }
}
