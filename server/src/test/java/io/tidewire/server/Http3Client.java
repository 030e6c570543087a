package io.tidewire.server;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ClientConnectionHandler;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInboundHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One connection of HTTP/3, by Netty's client. */
final class Http3Client implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 20_000;
    private static final int STREAM_WINDOW = 64 << 10;

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel socket;
    private final QuicChannel connection;

    Http3Client(int port) throws Exception {
        QuicSslContext tls = QuicSslContextBuilder.forClient()
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .applicationProtocols(Http3.supportedApplicationProtocols())
                .build();
        var codec = Http3.newQuicClientCodecBuilder()
                .sslContext(tls)
                .maxIdleTimeout(20, TimeUnit.SECONDS)
                .initialMaxData(64 << 20)
                .initialMaxStreamDataBidirectionalLocal(STREAM_WINDOW)
                .build();
        socket = new Bootstrap()
                .group(loop)
                .channel(NioDatagramChannel.class)
                .handler(codec)
                .bind(0)
                .sync()
                .channel();
        try {
            connection = QuicChannel.newBootstrap(socket)
                    .handler(new Http3ClientConnectionHandler())
                    .remoteAddress(new InetSocketAddress("127.0.0.1", port))
                    .connect()
                    .get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (Exception e) {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw e;
        }
    }

    /** Sends a request without a body. */
    Answer request(String method, String path, String... headers) throws InterruptedException {
        return send(true, method, path, headers);
    }

    /** Sends a request's head with a body to follow. */
    Answer begin(String method, String path, String... headers) throws InterruptedException {
        return send(false, method, path, headers);
    }

    private Answer send(boolean whole, String method, String path, String... headers) throws InterruptedException {
        Answer answer = new Answer();
        answer.stream = Http3.newRequestStream(connection, answer).sync().getNow();
        DefaultHttp3HeadersFrame head = new DefaultHttp3HeadersFrame();
        head.headers().method(method).path(path).scheme("https").authority("localhost");
        for (int i = 0; i < headers.length; i += 2) {
            head.headers().add(headers[i], headers[i + 1]);
        }
        ChannelFuture sent = answer.stream().writeAndFlush(head);
        if (whole) {
            sent.addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
        }
        sent.sync();
        return answer;
    }

    /** Says goodbye. */
    @Override
    public void close() {
        connection.close().syncUninterruptibly();
        vanish();
    }

    /** Leaves without a word. */
    void vanish() {
        socket.close().syncUninterruptibly();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    boolean isOpen() {
        return connection.isActive();
    }

    /** What comes on one stream. The handler's methods are its event loop's; what it notes is guarded by this. */
    static final class Answer extends Http3RequestStreamInboundHandler {
        private volatile @org.jspecify.annotations.Nullable QuicStreamChannel stream;
        private final Map<String, String> headers = new HashMap<>();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private boolean ended;
        private boolean broken;

        private QuicStreamChannel stream() {
            return java.util.Objects.requireNonNull(stream);
        }

        Answer data(String text) throws InterruptedException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            stream()
                    .writeAndFlush(new DefaultHttp3DataFrame(Unpooled.wrappedBuffer(bytes)))
                    .sync();
            return this;
        }

        Answer end(String text) throws InterruptedException {
            if (!text.isEmpty()) {
                data(text);
            }
            stream().shutdownOutput().sync();
            return this;
        }

        /** Reads no more, or goes on. */
        void read(boolean on) {
            stream().config().setAutoRead(on);
        }

        /** Wants no more of the answer. */
        void cancel() {
            stream().shutdownInput(Http3ErrorCode.H3_REQUEST_CANCELLED.code());
        }

        @Override
        protected synchronized void channelRead(ChannelHandlerContext ctx, Http3HeadersFrame frame) {
            frame.headers()
                    .forEach(
                            h -> headers.put(h.getKey().toString(), h.getValue().toString()));
            notifyAll();
        }

        @Override
        protected synchronized void channelRead(ChannelHandlerContext ctx, Http3DataFrame frame) {
            byte[] bytes = new byte[frame.content().readableBytes()];
            frame.content().readBytes(bytes);
            frame.release();
            body.writeBytes(bytes);
            notifyAll();
        }

        @Override
        protected synchronized void channelInputClosed(ChannelHandlerContext ctx) {
            ended = true;
            notifyAll();
        }

        @Override
        public synchronized void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            broken = true;
            notifyAll();
        }

        @Override
        public synchronized void channelInactive(ChannelHandlerContext ctx) {
            broken |= !ended;
            notifyAll();
        }

        private void await(String what, BooleanSupplier done) {
            long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
            while (!done.getAsBoolean()) {
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0 || ended || broken) {
                    throw new AssertionError("no " + what + "; came: " + headers + (ended ? " ended " : " ")
                            + (broken ? "broken " : "") + body.toString(StandardCharsets.UTF_8));
                }
                try {
                    wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new AssertionError(e);
                }
            }
        }

        synchronized String until(String text) {
            await("<" + text + ">", () -> body().contains(text));
            return body();
        }

        synchronized Answer toHead() {
            await("head", () -> !headers.isEmpty());
            return this;
        }

        synchronized Answer toEnd() {
            await("end", () -> ended);
            return this;
        }

        synchronized Answer untilBroken() {
            await("break", () -> broken);
            return this;
        }

        synchronized String body() {
            return body.toString(StandardCharsets.UTF_8);
        }

        synchronized Map<String, String> headers() {
            return Map.copyOf(headers);
        }
    }
}
