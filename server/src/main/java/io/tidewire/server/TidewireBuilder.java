package io.tidewire.server;

import io.netty.handler.codec.quic.Quic;
import io.netty.handler.ssl.SslProvider;
import io.tidewire.hub.ConnectionListener;
import io.tidewire.hub.Hub;
import io.tidewire.hub.HubConfig;
import io.tidewire.log.EventLog;
import io.tidewire.log.MemoryLog;
import io.tidewire.log.MessageBus;
import io.tidewire.log.Retention;
import io.tidewire.matcher.WebUrl;
import io.tidewire.stream.Abandonment;
import io.tidewire.stream.StreamStore;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects what a server is made of. Not thread-safe. */
public final class TidewireBuilder {
    static final String MERCURE_PATH = "/.well-known/mercure";

    private static final Logger LOG = LoggerFactory.getLogger(TidewireBuilder.class);

    String host = "127.0.0.1";
    int port = 8080;
    int threads = Runtime.getRuntime().availableProcessors();
    Transport transport = Transport.AUTO;
    Limits limits = Limits.defaults();
    boolean accessLog;
    Function<RequestHead, @Nullable String> identify = ServerContext.ANONYMOUS;
    Proxies proxies = new Proxies(List.of());

    @Nullable
    Authentication authentication;

    private @Nullable MercureConfig mercure;
    private @Nullable LlmConfig llm;

    Cors cors = new Cors(List.of());

    @Nullable
    URI publicUrl;

    SslProvider tlsProvider = Certificates.bestProvider();
    final Map<String, Page> pages = new HashMap<>();
    final Map<String, StreamHandler> streams = new HashMap<>();
    final Map<String, TokenRoute.Offer> tokens = new HashMap<>();
    private @Nullable EventLog log;
    private @Nullable MessageBus bus;
    private @Nullable StreamStore streamStore;
    private @Nullable TlsFiles tlsFiles;
    private boolean selfSigned;
    private boolean http3 = true;
    private Retention retention = Retention.defaults();
    private HubConfig hubConfig = HubConfig.defaults();
    private ConnectionListener listener = ConnectionListener.NONE;
    private final List<Webhooks> webhooks = new ArrayList<>();
    final List<ToLongFunction<HookCounter>> hookCounts = new ArrayList<>();

    TidewireBuilder() {}

    /** Sets the address to listen on; without it, only this machine can connect. */
    public TidewireBuilder host(String address) {
        host = address;
        return this;
    }

    /** Sets the port; 0 takes any that is free. */
    public TidewireBuilder port(int number) {
        if (number < 0 || number > 65_535) {
            throw new IllegalArgumentException("port: " + number + " (expected: 0 to 65535; 0 is any)");
        }
        port = number;
        return this;
    }

    /** Sets the number of event loops, each with a share of the subscribers; without it, one per core. */
    public TidewireBuilder threads(int number) {
        if (number < 1) {
            throw new IllegalArgumentException("threads: " + number + " (expected: 1 or more)");
        }
        threads = number;
        return this;
    }

    /** Sets how sockets are watched. */
    public TidewireBuilder transport(Transport kind) {
        transport = kind;
        return this;
    }

    /** Sets what one client may take. */
    public TidewireBuilder limits(Limits bounds) {
        limits = bounds;
        return this;
    }

    /** Sets the log, which the server closes; without it, history is in memory. */
    public TidewireBuilder log(EventLog events) {
        log = events;
        return this;
    }

    /** Sets the way to the other hubs that share the log, which the server closes; without it, it answers for itself alone. */
    public TidewireBuilder bus(MessageBus way) {
        bus = way;
        return this;
    }

    /** Sets where streams are kept, which the server closes; without it, in memory. */
    public TidewireBuilder streams(StreamStore store) {
        streamStore = store;
        return this;
    }

    /** Sets how much history the log in memory keeps; means nothing if another is set. */
    public TidewireBuilder retention(Retention bounds) {
        retention = bounds;
        return this;
    }

    /** Sets the engine's settings. */
    public TidewireBuilder hubConfig(HubConfig settings) {
        hubConfig = settings;
        return this;
    }

    /** Sets who is told of connections. */
    public TidewireBuilder listener(ConnectionListener told) {
        listener = told;
        return this;
    }

    /** Adds webhooks, which are told of connections beside the listener and counted among the metrics; the server does not close them. */
    public TidewireBuilder webhooks(Webhooks hooks) {
        webhooks.add(hooks);
        hookCounts.add(hooks::count);
        return this;
    }

    /** Counts the calls of an authoriser among the metrics; that it is asked is for {@link #authentication} to say. */
    public TidewireBuilder counted(ExternalAuthorizer authorizer) {
        hookCounts.add(authorizer::count);
        return this;
    }

    /** Sets how a request's user is found: called on an event loop for each stream, must not block; null is nobody. */
    public TidewireBuilder identify(Function<RequestHead, @Nullable String> by) {
        identify = by;
        return this;
    }

    /** Sets who may do what; without it, everybody may do everything but receive private updates. */
    public TidewireBuilder authentication(Authentication rules) {
        authentication = rules;
        return this;
    }

    /**
     * Sets which other sites' pages may call, as in {@code https://example.com}, with their cookies; {@code *} alone lets all call,
     * without. Without it, none.
     *
     * @throws IllegalArgumentException if one is no origin
     */
    public TidewireBuilder corsOrigins(Collection<String> origins) {
        cors = new Cors(origins);
        return this;
    }

    /**
     * Sets where clients reach this server, as in {@code https://hub.example.com}: what relative topics and patterns of Mercure are
     * relative to. Without it, it is taken from the host and the port.
     *
     * @throws IllegalArgumentException if it is no http or https URL
     */
    public TidewireBuilder publicUrl(URI url) {
        boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        if (!web || url.getHost() == null) {
            throw new IllegalArgumentException(
                    "public-url: " + url + " (expected: http or https, as in https://hub.example.com)");
        }
        publicUrl = url;
        return this;
    }

    /** Offers a Mercure hub at {@code /.well-known/mercure}; without it, there is none. */
    public TidewireBuilder mercure(MercureConfig settings) {
        mercure = settings;
        return this;
    }

    /** Offers a gateway to language models at {@code /llm}, whose answers are recorded and can be resumed; without it, there is none. */
    public TidewireBuilder llm(LlmConfig settings) {
        llm = settings;
        return this;
    }

    @Nullable
    LlmGateway llmOf(Hub hub, Metrics metrics) {
        LlmConfig settings = llm;
        return settings == null ? null : new LlmGateway(settings, hub.streams(), new LlmMetrics(metrics.registry()));
    }

    @Nullable
    Mercure mercureOf(Hub hub) {
        MercureConfig settings = mercure;
        return settings == null ? null : Mercure.of(settings, publicUrl == null ? null : hubUrl().toString(), hub);
    }

    /** {@return who may do what, with the Mercure hub's cookie among those that are looked at} */
    @Nullable
    Authentication authenticationRules() {
        Authentication rules = authentication;
        MercureConfig settings = mercure;
        if (rules == null || settings == null || rules.cookies().contains(settings.cookie())) {
            return rules;
        }
        List<String> cookies = new ArrayList<>(rules.cookies());
        cookies.add(0, settings.cookie());
        return rules.withCookies(cookies);
    }

    /** {@return the URL of the Mercure hub} */
    WebUrl hubUrl() {
        URI known = publicUrl;
        String origin = known != null
                ? known.getScheme() + "://" + known.getAuthority()
                : (isSecure() ? "https://" : "http://") + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        return WebUrl.parse(origin + MERCURE_PATH)
                .orElseThrow(() -> new IllegalArgumentException("public-url: " + origin + " (expected: a URL)"));
    }

    /**
     * Sets the proxies, as addresses and subnets ({@code 10.0.0.0/8}), whose {@code Forwarded} or {@code X-Forwarded-For} is believed.
     *
     * @throws IllegalArgumentException if one is neither
     */
    public TidewireBuilder trustedProxies(Collection<String> addresses) {
        proxies = new Proxies(addresses);
        return this;
    }

    /** Says whether each request is logged, by the logger {@code tidewire.access}. */
    public TidewireBuilder accessLog(boolean wanted) {
        accessLog = wanted;
        return this;
    }

    /** Serves over TLS, with HTTP/2 and HTTP/3; the files are read again when they change. */
    public TidewireBuilder tls(TlsFiles files) {
        tlsFiles = files;
        return this;
    }

    /** Serves over TLS with a certificate of its own making, which no client trusts by itself: for development. */
    public TidewireBuilder tlsSelfSigned() {
        selfSigned = true;
        return this;
    }

    /** Says whether HTTP/3 is offered beside TLS, on the same port number over UDP; without it, it is. */
    public TidewireBuilder http3(boolean wanted) {
        http3 = wanted;
        return this;
    }

    boolean isSecure() {
        return selfSigned || tlsFiles != null;
    }

    @Nullable
    Certificates certificates() {
        boolean quic = http3 && Quic.isAvailable();
        if (http3 && isSecure() && !quic) {
            LOG.warn(
                    "HTTP/3 is not offered: no QUIC library for this system ({}); the rest works without",
                    String.valueOf(Quic.unavailabilityCause()));
        }
        TlsFiles files = tlsFiles;
        if (files != null) {
            return Certificates.of(files, tlsProvider, quic);
        }
        return selfSigned ? Certificates.selfSigned(host, tlsProvider, quic) : null;
    }

    /** Adds a static page. */
    public TidewireBuilder page(String path, String contentType, byte[] body) {
        pages.put(
                path,
                new Page(
                        contentType,
                        "Cache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\n"
                                + "Content-Security-Policy: default-src 'self'; style-src 'self' 'unsafe-inline'; "
                                + "script-src 'self' 'unsafe-inline'; frame-ancestors 'none'\r\n",
                        body.clone()));
        return this;
    }

    /** Adds a stream of the application's own. */
    public TidewireBuilder stream(String path, StreamHandler handler) {
        streams.put(path, handler);
        return this;
    }

    /** The same as {@link #tokens(String, TokenHandler, Abandonment)}, with answers that go on whether they are read or not. */
    public TidewireBuilder tokens(String path, TokenHandler handler) {
        return tokens(path, handler, Abandonment.GO_ON);
    }

    /**
     * Adds answers that are made of tokens: each is recorded as a stream of its own as it is written, and can be resumed.
     *
     * @param policy what becomes of an answer that nobody reads
     */
    public TidewireBuilder tokens(String path, TokenHandler handler, Abandonment policy) {
        tokens.put(path, new TokenRoute.Offer(handler, policy));
        return this;
    }

    /**
     * {@return the server, which is accepting}
     *
     * @throws IllegalStateException if the transport does not work here
     * @throws java.io.UncheckedIOException if the address cannot be listened on; its message says which
     */
    public Tidewire start() {
        return new Tidewire(this);
    }

    Hub newHub() {
        EventLog events = log != null ? log : new MemoryLog(retention, InstantSource.system());
        List<ConnectionListener> told = new ArrayList<>(webhooks);
        told.add(0, listener);
        Hub.Builder hub = Hub.builder(events)
                .config(hubConfig)
                .selectors(new Selectors(hubUrl())::read)
                .listener(ConnectionListener.all(told));
        if (bus != null) {
            hub.bus(bus);
        }
        if (streamStore != null) {
            hub.streams(streamStore);
        }
        return hub.build();
    }
}
