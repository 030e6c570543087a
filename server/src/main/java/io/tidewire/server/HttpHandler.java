package io.tidewire.server;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import io.tidewire.hub.EventTooLargeException;
import io.tidewire.log.LogException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection's requests: finds who serves each, gives it the body, and sends the answers in the order of the requests.
 * A request that becomes a stream takes the connection over, and this handler leaves the pipeline.
 */
final class HttpHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(HttpHandler.class);

    /** Answers that may be outstanding on one connection before no more requests are read from it. */
    private static final int MAX_OUTSTANDING = 64;

    private static final long MIN_WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long MAX_WATCH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ServerContext server;
    private final Routes routes;
    private final Wire wire;
    private final Deque<Exchange> outstanding = new ArrayDeque<>(2);
    private @Nullable Exchange current;
    private @Nullable BodySink sink;
    private boolean reading;
    private boolean closing;
    private boolean bodyPaused;
    private boolean identifying;
    private long deadlineNanos;

    HttpHandler(ServerContext server, Routes routes, Wire wire) {
        this.server = server;
        this.routes = routes;
        this.wire = wire;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        expect(ctx, server.limits().headTimeout().toNanos());
        watch(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        reading = true;
        try {
            if (closing) {
                return;
            }
            if (message instanceof HttpRequest request) {
                begin(ctx, request);
            }
            if (message instanceof HttpContent content) {
                body(ctx, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        ctx.flush();
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest request) {
        boolean keepAlive = wire.isPersistent()
                && HttpUtil.isKeepAlive(request)
                && request.decoderResult().isSuccess();
        Exchange exchange = new Exchange(this, isOld(request) ? server.oldWire() : wire, ctx, request, keepAlive);
        exchange.addFields(server.fieldsOfAll());
        outstanding.add(exchange);
        current = exchange;
        sink = null;
        regulate(ctx);
        try {
            if (!request.decoderResult().isSuccess()) {
                throw malformed(request.decoderResult().cause());
            }
            expect(ctx, server.limits().bodyTimeout().toNanos());
            if (server.cors().apply(exchange)) {
                return;
            }
            CompletableFuture<Caller> caller =
                    server.access().caller(exchange, server).toCompletableFuture();
            if (caller.isDone()) {
                serve(exchange, caller);
            } else {
                identifying = true;
                regulate(ctx);
                caller.whenComplete((known, failure) -> server.onLoop(exchange, () -> {
                    identifying = false;
                    if (ctx.channel().isActive()) {
                        serve(exchange, caller);
                        regulate(ctx);
                    }
                }));
            }
        } catch (RuntimeException e) {
            fail(exchange, e);
        }
    }

    private void serve(Exchange exchange, CompletableFuture<Caller> caller) {
        try {
            exchange.identified(caller.join());
            sink = routes.route(exchange);
            if (exchange.hasBody() && HttpUtil.is100ContinueExpected(exchange.request())) {
                exchange.context().writeAndFlush(wire.goOn());
            }
        } catch (RuntimeException e) {
            fail(exchange, e);
        }
    }

    private void body(ChannelHandlerContext ctx, HttpContent content) {
        BodySink target = sink;
        Exchange exchange = current;
        boolean last = content instanceof LastHttpContent;
        if (last) { // before it is handed on: its answer must know that nothing more comes
            current = null;
            sink = null;
        }
        expect(ctx, (last ? server.limits().idleTimeout() : server.limits().bodyTimeout()).toNanos());
        if (exchange == null || target == null) {
            return;
        }
        try {
            if (content.decoderResult().isFailure()) {
                throw Problem.badRequest("body: malformed chunk (expected: RFC 9112, section 7.1)");
            }
            if (content.content().isReadable()) {
                target.part(content.content());
            }
            if (last) {
                target.end();
            }
        } catch (RuntimeException e) {
            sink = null;
            fail(exchange, e);
        }
    }

    private Problem malformed(@Nullable Throwable cause) {
        int limit = server.limits().maxHeadBytes();
        if (cause instanceof TooLongHttpLineException) {
            return new Problem(
                    HttpResponseStatus.REQUEST_URI_TOO_LONG,
                    "request line: too long (expected: at most " + limit + " bytes, limits.head-bytes)");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return new Problem(
                    HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                    "header: too long (expected: at most " + limit + " bytes in all, limits.head-bytes)");
        }
        return Problem.badRequest("request: malformed (expected: HTTP/1.1 as in RFC 9112)");
    }

    /** Answers an exchange with what went wrong; a body that is not read any more ends the connection. */
    void fail(Exchange exchange, Throwable failure) {
        Problem problem = asProblem(failure);
        boolean bodyLeft = exchange.equals(current) && exchange.hasBody();
        exchange.fail(problem, exchange.keepAlive() && !bodyLeft);
    }

    static Problem asProblem(Throwable failure) {
        if (failure instanceof Problem problem) {
            return problem;
        }
        if (failure instanceof EventTooLargeException) {
            return new Problem(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, message(failure));
        }
        if (failure instanceof IllegalArgumentException) {
            return Problem.badRequest(message(failure));
        }
        Throwable cause = failure.getCause();
        if (cause != null && !(failure instanceof LogException)) {
            return asProblem(cause);
        }
        if (failure instanceof LogException.Full) {
            return new Problem(HttpResponseStatus.INSUFFICIENT_STORAGE, message(failure));
        }
        if (failure instanceof LogException) {
            return new Problem(HttpResponseStatus.SERVICE_UNAVAILABLE, message(failure)).retryAfter(1);
        }
        LOG.error("A request failed; this is a defect, please report it", failure);
        return new Problem(HttpResponseStatus.INTERNAL_SERVER_ERROR, "The server failed; its log says why");
    }

    private static String message(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    /** Sends what is ready, in the order of the requests. */
    void advance(ChannelHandlerContext ctx) {
        for (Exchange first = outstanding.peek(); first != null; first = outstanding.peek()) {
            Runnable turn = first.takeTurn();
            if (turn != null) {
                turn.run();
                return;
            }
            for (Object part = first.nextPart(); part != null; part = first.nextPart()) {
                ctx.write(part, ctx.voidPromise());
            }
            if (!first.isComplete()) {
                break;
            }
            outstanding.poll();
            if (!first.keepAlive()) {
                closing = true;
                wire.finish(ctx.channel(), first.isMalformed() || (first.equals(current) && first.hasBody()));
                return;
            }
        }
        if (!reading || !ctx.channel().config().isAutoRead()) {
            ctx.flush();
        }
        regulate(ctx);
    }

    /** Runs a task when all earlier requests of the connection have been answered. */
    void whenFirst(Exchange exchange, Runnable task) {
        exchange.atTurn(task);
        if (exchange.equals(outstanding.peek())) {
            advance(exchange.context());
        }
    }

    /** Says whether the body that is being read brings more than can be taken now. */
    void pauseBody(ChannelHandlerContext ctx, boolean paused) {
        bodyPaused = paused;
        regulate(ctx);
    }

    /** The one place that says whether to read: not while answers pile up here, or in the socket, a body is ahead of the log, or it is not known who asks. */
    private void regulate(ChannelHandlerContext ctx) {
        boolean read =
                outstanding.size() < MAX_OUTSTANDING && ctx.channel().isWritable() && !bodyPaused && !identifying;
        if (read != ctx.channel().config().isAutoRead() && !ctx.isRemoved() && !closing) {
            if (!read) {
                ctx.flush();
            }
            ctx.channel().config().setAutoRead(read);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        regulate(ctx);
        Exchange first = outstanding.peek();
        if (first != null && ctx.channel().isWritable()) {
            first.writable();
        }
    }

    AccessLog accessLog() {
        return server.accessLog();
    }

    /** Leaves the connection to a stream: no codec, no timers. */
    void handOver(ChannelHandlerContext ctx, ChannelHandler outlet) {
        deadlineNanos = Long.MAX_VALUE;
        outstanding.clear();
        current = null;
        sink = null;
        closing = true;
        ctx.pipeline().addLast(outlet);
        wire.strip(ctx.pipeline());
        ctx.pipeline().remove(this);
    }

    private void expect(ChannelHandlerContext ctx, long nanos) {
        deadlineNanos = ctx.executor().ticker().nanoTime() + nanos;
    }

    private void watch(ChannelHandlerContext ctx) {
        if (ctx.isRemoved() || !ctx.channel().isOpen()) {
            return;
        }
        long leftNanos = deadlineNanos - ctx.executor().ticker().nanoTime();
        if (leftNanos <= 0 && outstanding.isEmpty()) {
            ctx.close(); // nothing was asked, or not to its end
        } else if (leftNanos <= 0 && sink != null && current != null) {
            Exchange late = current;
            sink = null;
            late.fail(
                    new Problem(
                            HttpResponseStatus.REQUEST_TIMEOUT,
                            "body: stopped half-way (expected: all of it, " + "with pauses of at most "
                                    + server.limits().bodyTimeout().toSeconds() + " s)"),
                    false);
        } else {
            // A nearer deadline may be set meanwhile: so a look at least every second, which only connections between
            // requests cost.
            long waitNanos = Math.max(MIN_WATCH_NANOS, Math.min(leftNanos, MAX_WATCH_NANOS));
            ctx.executor().schedule(() -> watch(ctx), waitNanos, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        for (Exchange exchange : outstanding) {
            exchange.abandon();
        }
        outstanding.clear();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("A connection failed", cause);
        ctx.close();
    }

    static boolean isOld(HttpRequest request) {
        return request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0;
    }
}
