package io.tidewire.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.tidewire.hub.Hub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The hub over HTTP, in this process. Safe for any thread.
 *
 * <pre>{@code
 * try (Tidewire server = Tidewire.builder().port(8080).start()) {
 *     server.hub().publish(Update.to("news").event("headline").data("hello").build());
 *     server.awaitStopped();
 * }
 * }</pre>
 */
public final class Tidewire implements AutoCloseable {
    /** Requests are small, and streams are read from only to see that they end. */
    private static final int RECEIVE_BYTES = 8 << 10;

    private static final int BACKLOG = 4096;
    private static final int CERTIFICATE_LOOK_SECONDS = 10;

    /** How long a loop may take for its last tasks; one that an application blocks must not hold up the stop for ever. */
    private static final int LAST_TASKS_MILLIS = 2000;

    private final Hub hub;
    private final EventLoopGroup loops;
    private final Channel acceptor;
    private final ServerContext context;
    private volatile @Nullable Certificates certificates;
    private final ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "tidewire-certificates");
        thread.setDaemon(true);
        return thread;
    });

    Tidewire(TidewireBuilder builder) {
        Sockets sockets = Sockets.of(builder.transport);
        hub = builder.newHub();
        loops = new MultiThreadIoEventLoopGroup(builder.threads, sockets.handlers());
        Admission admission = new Admission(builder.limits);
        Metrics metrics = new Metrics(hub, admission, builder.hookCounts);
        context = new ServerContext(
                hub,
                builder.limits,
                admission,
                new PublishRate(builder.limits.publishesPerSecond(), InstantSource.system()),
                metrics,
                new AccessLog(builder.accessLog),
                new Access(builder.authenticationRules(), builder.hubUrl(), builder.cors),
                builder.cors,
                builder.identify,
                Map.copyOf(builder.pages),
                Map.copyOf(builder.streams),
                Map.copyOf(builder.tokens),
                new TokenAnswers(),
                builder.proxies,
                new Http1Wire(false),
                new AtomicReference<>(""),
                ConcurrentHashMap.newKeySet(),
                builder.mercureOf(hub),
                builder.llmOf(hub, metrics),
                builder.publicUrl,
                new AtomicBoolean());
        acceptor = bind(sockets, builder);
    }

    private Channel bind(Sockets sockets, TidewireBuilder builder) {
        Map<EventLoop, Routes> routes = new HashMap<>();
        for (EventExecutor executor : loops) {
            EventLoop loop = (EventLoop) executor;
            routes.put(loop, new Routes(context, new SubscribeRoute(context, hub.addShard(new NettyLoop(loop)))));
        }
        InetSocketAddress address = new InetSocketAddress(builder.host, builder.port);
        try {
            Certificates secure = builder.certificates();
            certificates = secure;
            if (secure != null) {
                watcher.scheduleWithFixedDelay(
                        secure::look, CERTIFICATE_LOOK_SECONDS, CERTIFICATE_LOOK_SECONDS, TimeUnit.SECONDS);
            }
            HttpServerPipeline pipeline = new HttpServerPipeline(context, routes, secure);
            ServerBootstrap bootstrap = new ServerBootstrap()
                    .group(loops)
                    .channel(sockets.acceptor())
                    .option(ChannelOption.SO_BACKLOG, BACKLOG)
                    .option(ChannelOption.SO_REUSEADDR, true)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .childOption(ChannelOption.SO_KEEPALIVE, true)
                    .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(RECEIVE_BYTES))
                    .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(16 << 10, 64 << 10))
                    .childHandler(pipeline);
            sockets.noticeDeadPeers(bootstrap, context.limits().deadPeer());
            Channel bound = bootstrap.bind(address).syncUninterruptibly().channel();
            if (secure != null && secure.quic() != null) {
                InetSocketAddress local = (InetSocketAddress) bound.localAddress();
                EventLoop loop = (EventLoop) loops.iterator().next();
                QuicListener.bind(
                        context, sockets, loop, pipeline, Objects.requireNonNull(routes.get(loop)), secure, local);
                context.commonFields().set("Alt-Svc: h3=\":" + local.getPort() + "\"; ma=86400\r\n");
            }
            return bound;
        } catch (Throwable e) { // Netty throws what bind threw, a checked exception, unchecked
            watcher.shutdown();
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            LlmGateway llm = context.llm();
            if (llm != null) {
                llm.close();
            }
            hub.close();
            if (e instanceof IOException || e instanceof UnresolvedAddressException) {
                throw cannotListen(address, e);
            }
            throw e;
        }
    }

    private static UncheckedIOException cannotListen(InetSocketAddress address, Throwable why) {
        String reason = why instanceof UnresolvedAddressException ? "no such host" : why.getMessage();
        return new UncheckedIOException(
                "cannot listen on " + address.getHostString() + ":" + address.getPort() + ": " + reason
                        + " (expected: an address of this machine and a free port)",
                why instanceof IOException io ? io : new IOException(why));
    }

    /** {@return a builder; without more, a server on 127.0.0.1:8080 with its history in memory} */
    public static TidewireBuilder builder() {
        return new TidewireBuilder();
    }

    /** {@return the engine, to publish to and to ask} */
    public Hub hub() {
        return hub;
    }

    /** {@return the port that it listens on} */
    public int port() {
        return ((InetSocketAddress) acceptor.localAddress()).getPort();
    }

    /** {@return where it listens, as a client on this machine would say} */
    public URI uri() {
        InetSocketAddress local = (InetSocketAddress) acceptor.localAddress();
        String host = local.getAddress().isAnyLocalAddress() ? "localhost" : local.getHostString();
        return URI.create((certificates != null ? "https://" : "http://")
                + (host.contains(":") ? "[" + host + "]" : host) + ":" + port());
    }

    /**
     * {@return the hash of the public key of a certificate of the server's own making, as base64 of its SHA-256; empty with any other} A client
     * that knows it can trust just this server: curl's {@code --pinnedpubkey}, Chromium's {@code --ignore-certificate-errors-spki-list}.
     */
    public Optional<String> selfSignedPin() {
        Certificates own = certificates;
        return own == null || own.pin().isEmpty() ? Optional.empty() : Optional.of(own.pin());
    }

    @Nullable
    Certificates certificates() {
        return certificates;
    }

    /**
     * Stops: accepts nobody, answers {@code /ready} with 503, tells every stream when to come back, spread over the time, and
     * closes. Blocks for about that time.
     */
    public void stop(Duration spread) {
        if (!context.draining().compareAndSet(false, true)) {
            awaitStopped();
            return;
        }
        acceptor.close().syncUninterruptibly();
        finishAnswers(spread);
        context.ownStreams().forEach(OwnStream::shutDown);
        try {
            hub.drain(spread).toCompletableFuture().get(spread.toMillis() + 5000, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // Whoever is left is cut off below; it resumes elsewhere.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("The hub could not be drained", e.getCause());
        }
        context.metrics().close();
        watcher.shutdown();
        hub.close();
        awaitTasks();
        awaitTasks(); // those that the last ones left behind: HTTP/2 flushes by a task of its own
        loops.shutdownGracefully(0, 2000, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }

    /** While answers of models run to their end, everybody else is served too. */
    private void finishAnswers(Duration spread) {
        LlmGateway llm = context.llm();
        if (llm != null) {
            llm.drain(spread.isZero() ? Duration.ZERO : llm.config().drain());
            llm.close();
        }
    }

    /** Waits until the loops have done what they were told so far: one that is shut down drops its sockets before its tasks. */
    private void awaitTasks() {
        List<Future<?>> done = new ArrayList<>();
        for (EventExecutor loop : loops) {
            done.add(loop.submit(() -> {}));
        }
        done.forEach(future -> future.awaitUninterruptibly(LAST_TASKS_MILLIS));
    }

    /** Stops without delay. */
    @Override
    public void close() {
        stop(Duration.ZERO);
    }

    /** Waits until the server has stopped. */
    public void awaitStopped() {
        loops.terminationFuture().awaitUninterruptibly();
    }
}
