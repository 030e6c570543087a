package io.tidewire.llm;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A stand-in for a language model's server, in this process, for demos and tests: it streams {@link ModelTokens} at a set speed, and fails
 * on request. Official SDKs may be pointed at it. It takes every key, and does not listen to other machines unless told so. Safe for any
 * thread.
 *
 * <pre>{@code
 * try (ModelStandIn model = ModelStandIn.builder().port(0).tokensPerSecond(50).start()) {
 *     // POST to model.uri() + "/v1/chat/completions"
 *     assertThat(model.stats().requests()).isEqualTo(1);
 * }
 * }</pre>
 *
 * <p>It answers {@code POST /v1/chat/completions}, {@code /v1/responses} (and {@code GET} of one, with {@code stream=true} and
 * {@code starting_after}), {@code /v1/messages} and {@code /v1/generic} (plain events of text; the prompt is the body, or {@code prompt} in
 * JSON); {@code GET /v1/models}; {@code GET /stats} (a {@link ModelStats} as JSON); {@code /echo...} (the request, told back) and
 * {@code POST /release} ({@link #release}).
 *
 * <p>One request may have settings of its own, in a header {@code x-stand-in: rate=50; tokens=300; first=500ms; fault=cut@20}, as query
 * parameters of these names, or in the model's name after a colon, {@code stand-in:rate=10;fault=error@5}; the first of these that names
 * one counts. {@code rate} is tokens per second, 0 as fast as they are read; {@code tokens} how many; {@code first} the time to the first
 * one; {@code fault} one of
 * <ul>
 *   <li>{@code cut@N}: the connection is cut after N tokens
 *   <li>{@code error@N}: the dialect's error event comes after N tokens, and ends the answer
 *   <li>{@code stall@N}: after N tokens it says nothing, until released
 *   <li>{@code garbage@N}: after N tokens comes an event that is no JSON
 *   <li>{@code 429}, {@code 529} or another error status (also as {@code status=429}): that status with the dialect's body, and
 *       {@code Retry-After} where it belongs
 *   <li>{@code slow-head}: the head of the answer comes only with its first token
 * </ul>
 */
public final class ModelStandIn implements AutoCloseable {
    private static final int BACKLOG = 4096;
    private static final int LAST_TASKS_MILLIS = 2000;

    private final AtomicBoolean closing = new AtomicBoolean();
    private final EventLoopGroup loops;
    private final Channel acceptor;
    private final Map<EventLoop, ModelPacer> pacers;
    private final ModelCounters counters = new ModelCounters();
    private final boolean secure;

    private ModelStandIn(Builder settings) throws IOException {
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        Class<? extends ServerChannel> sockets = epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        SslContext tls = settings.tls();
        secure = tls != null;
        loops = new MultiThreadIoEventLoopGroup(settings.threads, handlers);
        Map<EventLoop, ModelPacer> all = new LinkedHashMap<>();
        for (EventExecutor loop : loops) {
            all.put((EventLoop) loop, new ModelPacer((EventLoop) loop));
        }
        pacers = Map.copyOf(all);
        try {
            acceptor = new ServerBootstrap()
                    .group(loops)
                    .channel(sockets)
                    .option(ChannelOption.SO_BACKLOG, BACKLOG)
                    .option(ChannelOption.SO_REUSEADDR, true)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .childHandler(new ModelPipeline(
                            new ModelHandler.Shared(
                                    settings.pace, pacers, counters, new ModelAnswered(), this::release),
                            tls))
                    .bind(new InetSocketAddress(settings.host, settings.port))
                    .syncUninterruptibly()
                    .channel();
        } catch (Exception e) { // Netty throws what it does not declare
            close(loops);
            throw new IOException(
                    "port: " + settings.port + " on " + settings.host + " cannot be had: " + e.getMessage(), e);
        }
    }

    /** {@return settings for a stand-in} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return the port it listens on} */
    public int port() {
        return ((InetSocketAddress) acceptor.localAddress()).getPort();
    }

    /** {@return its base URL, without a slash at the end} */
    public URI uri() {
        InetSocketAddress address = (InetSocketAddress) acceptor.localAddress();
        String host =
                address.getAddress().isAnyLocalAddress() || address.getAddress().isLoopbackAddress()
                        ? "localhost"
                        : address.getHostString();
        return URI.create((secure ? "https://" : "http://") + host + ":" + port());
    }

    /** {@return what it has seen until now} */
    public ModelStats stats() {
        return counters.stats();
    }

    /** Lets answers that a {@code stall@N} holds go on; those that reach it later stall anew. */
    public void release() {
        pacers.forEach((loop, pacer) -> loop.execute(pacer::release));
    }

    /** Waits until it is closed. */
    public void awaitStopped() throws InterruptedException {
        acceptor.closeFuture().sync();
    }

    /** Cuts all answers and stops; waits until it has. */
    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            acceptor.close().syncUninterruptibly();
        }
        close(loops); // whoever comes second waits for the first
    }

    private static void close(EventLoopGroup loops) {
        loops.shutdownGracefully(0, LAST_TASKS_MILLIS, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }

    /** Settings of a {@link ModelStandIn}. Not thread-safe. */
    public static final class Builder {
        private static final double RATE = 50;
        private static final int TOKENS = 200;

        private String host = "localhost";
        private int port = 8090;
        private int threads = Runtime.getRuntime().availableProcessors();
        private ModelPace pace = new ModelPace(RATE, TOKENS, Duration.ZERO, ModelFault.NONE);
        private @Nullable Path certificate;
        private @Nullable Path key;

        private Builder() {}

        /**
         * Sets the address to listen on; {@code localhost}.
         *
         * @return this
         */
        public Builder host(String name) {
            host = name;
            return this;
        }

        /**
         * Sets the port; 8090, and 0 for a free one.
         *
         * @return this
         */
        public Builder port(int number) {
            if (number < 0 || number > 65535) {
                throw new IllegalArgumentException("port: " + number + " (expected: 0 to 65535)");
            }
            port = number;
            return this;
        }

        /**
         * Sets the number of event loops; as many as processors.
         *
         * @return this
         */
        public Builder threads(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("threads: " + count + " (expected: 1 or more)");
            }
            threads = count;
            return this;
        }

        /**
         * Sets the speed; 50, and 0 for as fast as it is read.
         *
         * @return this
         */
        public Builder tokensPerSecond(double rate) {
            pace = new ModelPace(rate, pace.tokens(), pace.first(), pace.fault());
            return this;
        }

        /**
         * Sets the length of answers whose request has no limit; 200.
         *
         * @return this
         */
        public Builder tokens(int count) {
            pace = pace.withTokens(count);
            return this;
        }

        /**
         * Sets the time to the first token; none.
         *
         * @return this
         */
        public Builder firstTokenAfter(Duration wait) {
            pace = new ModelPace(pace.rate(), pace.tokens(), wait, pace.fault());
            return this;
        }

        /**
         * Sets what goes wrong in every answer, as {@code cut@20}; nothing.
         *
         * @return this
         */
        public Builder fault(String name) {
            pace = pace.with("fault", name);
            return this;
        }

        /**
         * Speaks TLS, with HTTP/2 and HTTP/1.1 by ALPN; without it, HTTP/1.1 alone.
         *
         * @param certificateChain a PEM file
         * @param privateKey its key, a PEM file (PKCS #8)
         * @return this
         */
        public Builder tls(Path certificateChain, Path privateKey) {
            certificate = certificateChain;
            key = privateKey;
            return this;
        }

        private @Nullable SslContext tls() throws IOException {
            Path chain = certificate;
            Path secret = key;
            if (chain == null || secret == null) {
                return null;
            }
            try {
                return SslContextBuilder.forServer(chain.toFile(), secret.toFile())
                        .applicationProtocolConfig(new ApplicationProtocolConfig(
                                ApplicationProtocolConfig.Protocol.ALPN,
                                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                                ApplicationProtocolNames.HTTP_2,
                                ApplicationProtocolNames.HTTP_1_1))
                        .build();
            } catch (SSLException | IllegalArgumentException e) {
                throw new IOException(
                        "tls: " + chain + " and " + secret + " (expected: a certificate chain and its key in PEM)", e);
            }
        }

        /**
         * {@return the stand-in, listening}
         *
         * @throws IOException if it cannot listen there, or has no such certificate
         */
        public ModelStandIn start() throws IOException {
            return new ModelStandIn(this);
        }
    }
}
