package io.tidewire.llm;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.resolver.NoopAddressResolverGroup;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import reactor.core.publisher.Flux;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.netty.transport.ProxyProvider;

/**
 * The way to upstreams: forwards requests as they are and hands their answers on chunk by chunk, as they come. Safe for any thread.
 *
 * <p>Connections are kept and shared per upstream; over TLS they speak HTTP/2 where the upstream offers it. A request that was sent is
 * never repeated; one that found its kept connection dead before a byte of it was written goes to another, once. Redirects are answers
 * like others, and nothing is decompressed: uncompressed answers are asked for.
 *
 * <p>Not forwarded are the fields of one connection (RFC 9110 7.6.1), {@code Host}, {@code Content-Length} and {@code Accept-Encoding},
 * and what is none of the upstream's business: {@code Cookie}, {@code Origin}, {@code Referer}, {@code Sec-*}, {@code Forwarded},
 * {@code X-Forwarded-*}, {@code X-Real-IP}, {@code Via}, {@code Expect} and {@code Tidewire-*}. All others are, byte for byte.
 *
 * <pre>{@code
 * Upstream upstream = Upstream.builder().build();
 * UpstreamTarget openai = UpstreamTarget.of("openai", URI.create("https://api.openai.com"));
 * UpstreamCall call = upstream.send(openai, new UpstreamRequest("POST", "/v1/responses", headers, body), listener);
 * ...
 * call.cancel(); // the upstream sees its connection closed
 * }</pre>
 */
public final class Upstream implements AutoCloseable {
    /** Heads larger than this are no answer of a language model. */
    private static final int MAX_HEAD_BYTES = 64 << 10;

    /** Usual servers close idle connections after 60 s and more; ours go before, so that a request seldom meets a closing one. */
    private static final Duration KEPT = Duration.ofSeconds(30);

    /** How finely the idle time is measured, and how seldom at least is looked. */
    private static final int LOOKS_PER_IDLE_TIME = 20;

    private static final Duration SELDOMEST_LOOK = Duration.ofSeconds(5);

    private final LoopResources loops;
    private final ConnectionProvider connections;
    private final HttpClient plain;
    private final HttpClient secure;
    private final UpstreamProxies proxies;
    private final int maxCalls;

    /** Per base URL the client with its proxy; as many as there are targets, which are settings. */
    private final Map<URI, HttpClient> clients = new ConcurrentHashMap<>();

    private final Map<URI, UpstreamGate> gates = new ConcurrentHashMap<>();

    private final Set<UpstreamExchange> calls = ConcurrentHashMap.newKeySet();
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile boolean closed;

    private Upstream(Builder settings) {
        loops = LoopResources.create("tidewire-upstream", settings.threads, true);
        maxCalls = settings.maxCalls;
        proxies = settings.proxies;
        connections = ConnectionProvider.builder("tidewire-upstream")
                .maxConnections(maxCalls)
                // Calls are counted here, so whoever is let in has a connection of its own at worst, and none waits for
                // another.
                .pendingAcquireMaxCount(maxCalls)
                .pendingAcquireTimeout(settings.connectTimeout.multipliedBy(2))
                .maxIdleTime(KEPT)
                .evictInBackground(KEPT)
                .lifo()
                .build();
        plain = HttpClient.create(connections)
                .runOn(loops)
                // On our loops, which it does not block; the library's usual resolver has threads of its own.
                .resolver(names -> names.runOn(loops))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(settings.connectTimeout.toMillis()))
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .httpResponseDecoder(decoder -> decoder.maxHeaderSize(MAX_HEAD_BYTES))
                .followRedirect(false)
                .compress(false)
                .protocol(HttpProtocol.HTTP11);
        SslContext tls = tls(settings.alsoTrusted);
        secure = plain.secure(provider -> provider.sslContext(tls).handshakeTimeout(settings.connectTimeout))
                .protocol(HttpProtocol.H2, HttpProtocol.HTTP11);
        sweep(settings.idleTimeout);
    }

    /** {@return settings for a client} */
    public static Builder builder() {
        return new Builder();
    }

    private static SslContext tls(List<X509Certificate> alsoTrusted) {
        try {
            // Netty checks the host's name against the certificate unless told not to.
            return SslContextBuilder.forClient()
                    .trustManager(UpstreamTrust.with(alsoTrusted))
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2,
                            ApplicationProtocolNames.HTTP_1_1))
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS is not to be had here", e);
        }
    }

    private void sweep(Duration idleTimeout) {
        long wantedMillis = Math.max(1, idleTimeout.toMillis() / LOOKS_PER_IDLE_TIME);
        long periodMillis = Math.min(wantedMillis, SELDOMEST_LOOK.toMillis());
        int mostLooks = Math.toIntExact(Math.min(Integer.MAX_VALUE - 1, idleTimeout.toMillis() / periodMillis));
        loops.onClient(true)
                .next()
                .scheduleWithFixedDelay(
                        () -> calls.forEach(call -> call.look(mostLooks)),
                        periodMillis,
                        periodMillis,
                        TimeUnit.MILLISECONDS);
    }

    /**
     * Sends a request; never blocks.
     *
     * @param target where to
     * @param request what
     * @param listener who is told, on the connection's event loop
     * @return the call, to be stopped or slowed down
     * @throws UpstreamException if too many calls are under way ({@code BUSY}) or this client is closed; then nothing was sent, and the
     *     listener hears nothing
     */
    public UpstreamCall send(UpstreamTarget target, UpstreamRequest request, UpstreamListener listener) {
        UpstreamExchange exchange = new UpstreamExchange(target, request, listener, this::ended);
        admit(target, exchange);
        List<Map.Entry<String, String>> fields = UpstreamHeaders.toUpstream(request.headers(), target.key());
        Flux<ByteBuf> answer = client(target)
                .headers(head -> {
                    fields.forEach(field -> head.add(field.getKey(), field.getValue()));
                    if (request.body().length > 0 || expectsBody(request.method())) {
                        head.set(HttpHeaderNames.CONTENT_LENGTH, request.body().length);
                    }
                })
                .request(HttpMethod.valueOf(request.method()))
                .uri(url(target, request))
                .send(exchange::write)
                .responseConnection(exchange::answer);
        exchange.open(
                gates.computeIfAbsent(
                        target.base(),
                        base -> new UpstreamGate(loops.onClient(true).next(), target.isSecure())),
                answer);
        return exchange;
    }

    /** {@return how many calls are under way} */
    public int callsUnderWay() {
        return underWay.get();
    }

    /** Ends all calls, whose listeners are told, and all connections; returns at once. */
    @Override
    public void close() {
        closed = true;
        for (UpstreamExchange call : calls) {
            call.fail(new UpstreamException(UpstreamException.Kind.CLOSED, "upstream: this client was closed", null));
        }
        connections.disposeLater().subscribe();
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(2)).subscribe();
    }

    private void admit(UpstreamTarget target, UpstreamExchange exchange) {
        if (underWay.incrementAndGet() > maxCalls) {
            underWay.decrementAndGet();
            throw new UpstreamException(
                    UpstreamException.Kind.BUSY,
                    "upstream " + target.name() + ": " + maxCalls
                            + " calls are under way (expected: at most that many)",
                    null);
        }
        calls.add(exchange);
        if (closed) {
            ended(exchange);
            throw new UpstreamException(UpstreamException.Kind.CLOSED, "upstream: this client is closed", null);
        }
    }

    private void ended(UpstreamExchange exchange) {
        if (calls.remove(exchange)) {
            underWay.decrementAndGet();
        }
    }

    private HttpClient client(UpstreamTarget target) {
        return clients.computeIfAbsent(target.base(), base -> {
            HttpClient direct = target.isSecure() ? secure : plain;
            return proxies.proxyFor(base).map(proxy -> through(proxy, direct)).orElse(direct);
        });
    }

    private static HttpClient through(UpstreamProxies.Server proxy, HttpClient direct) {
        // Names are the proxy's to look up; ours may not even know them.
        return direct.resolver(NoopAddressResolverGroup.INSTANCE).proxy(types -> {
            ProxyProvider.Builder builder = types.type(
                            proxy.socks() ? ProxyProvider.Proxy.SOCKS5 : ProxyProvider.Proxy.HTTP)
                    .host(proxy.host())
                    .port(proxy.port());
            if (!proxy.user().isEmpty()) {
                builder.username(proxy.user()).password(user -> proxy.password());
            }
        });
    }

    private static boolean expectsBody(String method) {
        return method.equals("POST") || method.equals("PUT") || method.equals("PATCH");
    }

    private static String url(UpstreamTarget target, UpstreamRequest request) {
        URI base = target.base();
        return base.getScheme() + "://" + base.getRawAuthority()
                + UpstreamPath.below(base.getRawPath(), request.path());
    }

    /** Settings of an {@link Upstream}. Not thread-safe. */
    public static final class Builder {
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration idleTimeout = Duration.ofMinutes(10);
        private int maxCalls = 10_000;
        private int threads = Math.min(4, Runtime.getRuntime().availableProcessors());
        private List<X509Certificate> alsoTrusted = List.of();
        private UpstreamProxies proxies = UpstreamProxies.ofJvm();

        private Builder() {}

        /**
         * Sets how long a connection, and then its TLS, may take to stand; 10 s.
         *
         * @return this
         */
        public Builder connectTimeout(Duration each) {
            connectTimeout = bounded("connect timeout", each, Duration.ofMinutes(10));
            return this;
        }

        /**
         * Sets how long an upstream may say nothing, before its answer and within; 10 min, since models think. There is no bound for a
         * whole answer. It is measured to a twentieth, or to 5 s.
         *
         * @return this
         */
        public Builder idleTimeout(Duration silence) {
            idleTimeout = bounded("idle timeout", silence, Duration.ofDays(7));
            return this;
        }

        /**
         * Sets how many calls may be under way; 10,000. Each holds at most one connection, and little memory while it is read.
         *
         * @return this
         */
        public Builder maxCalls(int most) {
            if (most < 1) {
                throw new IllegalArgumentException("upstream calls: " + most + " (expected: 1 or more)");
            }
            maxCalls = most;
            return this;
        }

        /**
         * Sets the number of event loops; as many as processors, at most 4.
         *
         * @return this
         */
        public Builder threads(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("upstream threads: " + count + " (expected: 1 or more)");
            }
            threads = count;
            return this;
        }

        /**
         * Trusts these authorities, or servers, beside the JVM's.
         *
         * @return this
         */
        public Builder alsoTrust(Collection<X509Certificate> certificates) {
            alsoTrusted = List.copyOf(certificates);
            return this;
        }

        /**
         * Sets which proxy leads where; the JVM's properties, see {@link UpstreamProxies#of} for the environment's.
         *
         * @return this
         */
        public Builder proxies(UpstreamProxies choice) {
            proxies = choice;
            return this;
        }

        /** {@return the client; its threads run until it is closed} */
        public Upstream build() {
            return new Upstream(this);
        }

        private static Duration bounded(String name, Duration given, Duration most) {
            if (given.toMillis() < 1 || given.compareTo(most) > 0) {
                throw new IllegalArgumentException(
                        name + ": " + given + " (expected: 1 ms to " + most.toHours() + " h)");
            }
            return given;
        }
    }
}
