package io.tidewire.app;

import io.tidewire.hub.HubConfig;
import io.tidewire.log.Retention;
import io.tidewire.log.TopicRetention;
import io.tidewire.server.Limits;
import io.tidewire.server.MercureConfig;
import io.tidewire.server.RequestHead;
import io.tidewire.server.Tidewire;
import io.tidewire.server.TidewireBuilder;
import io.tidewire.server.TlsFiles;
import io.tidewire.server.Transport;
import io.tidewire.server.Webhooks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns settings into a server. */
final class ServerSetup {
    private static final Logger LOG = LoggerFactory.getLogger("tidewire");

    /** What the log in memory counts for a character outside of Latin-1. */
    private static final long BYTES_PER_CHARACTER = 2;

    private final Settings settings;
    private final List<Runnable> closing = new ArrayList<>();

    ServerSetup(Settings settings) {
        this.settings = settings;
    }

    /** {@return a builder with all settings; throws a UsageException or IllegalArgumentException that names the wrong one} */
    TidewireBuilder builder() {
        new StoreSetup(settings).addDefaults();
        TidewireBuilder builder = Tidewire.builder()
                .host(settings.text(Setting.HOST))
                .port(settings.number(Setting.PORT))
                .transport(transport())
                .accessLog(settings.flag(Setting.ACCESS_LOG))
                .retention(retention())
                .hubConfig(hubConfig())
                .limits(limits());
        tls(builder);
        List<String> origins = settings.list(Setting.CORS_ORIGINS);
        builder.corsOrigins(origins);
        if (!settings.text(Setting.PUBLIC_URL).isEmpty()) {
            builder.publicUrl(settings.uri(Setting.PUBLIC_URL));
        }
        int threads = settings.number(Setting.THREADS);
        if (threads != 0) {
            builder.threads(threads);
        }
        Function<RequestHead, @Nullable String> user = user();
        if (user != null) {
            builder.identify(user);
        }
        builder.trustedProxies(settings.list(Setting.TRUSTED_PROXIES));
        new AuthSetup(settings).addTo(builder);
        mercure(builder);
        hooks(builder);
        new LlmSetup(settings, System.getenv()).addTo(builder);
        return builder;
    }

    /** Opens the history and gives it to the server; {@return what to tell about it}. Throws a CommandFailure if that is not possible. */
    String openStore(TidewireBuilder builder) {
        StoreSetup.Store store = new StoreSetup(settings).open(retention());
        builder.streams(store.streams());
        if (store.log() != null) {
            builder.log(store.log());
        }
        if (store.bus() != null) {
            builder.bus(store.bus());
        }
        closing.add(store.close());
        return store.sentence();
    }

    private void tls(TidewireBuilder builder) {
        String chain = settings.text(Setting.TLS_CERTIFICATE);
        String key = settings.text(Setting.TLS_KEY);
        if (chain.isEmpty() != key.isEmpty()) {
            throw settings.wrong(
                    chain.isEmpty() ? Setting.TLS_CERTIFICATE : Setting.TLS_KEY, "both tls.certificate and tls.key");
        }
        if (!chain.isEmpty()) {
            builder.tls(new TlsFiles(Path.of(chain), Path.of(key)));
        } else if (settings.flag(Setting.TLS_SELF_SIGNED)) {
            builder.tlsSelfSigned();
        }
        builder.http3(settings.flag(Setting.HTTP3));
    }

    private void mercure(TidewireBuilder builder) {
        MercureConfig config = MercureConfig.defaults().withSubscriptions(settings.flag(Setting.MERCURE_SUBSCRIPTIONS));
        switch (settings.text(Setting.MERCURE)) {
            case "both" -> builder.mercure(config);
            case "1.0" -> builder.mercure(config.withVersions(true, false));
            case "0.x" -> builder.mercure(config.withVersions(false, true));
            case "off" -> {}
            default -> throw settings.wrong(Setting.MERCURE, "1.0, 0.x, both or off");
        }
    }

    private void hooks(TidewireBuilder builder) {
        if (!settings.text(Setting.WEBHOOKS_URL).isEmpty()) {
            Webhooks hooks = Webhooks.builder(
                            settings.uri(Setting.WEBHOOKS_URL), settings.text(Setting.WEBHOOKS_SECRET))
                    .build();
            builder.webhooks(hooks);
            closing.add(hooks::close);
        }
    }

    /** Flushes and closes what the server uses and does not own; after the server has stopped. */
    void close() {
        closing.forEach(Runnable::run);
    }

    private Transport transport() {
        String name = settings.text(Setting.TRANSPORT).toUpperCase(Locale.ROOT).replace('-', '_');
        return Arrays.stream(Transport.values())
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElseThrow(() -> settings.wrong(Setting.TRANSPORT, "auto, epoll, io-uring or nio"));
    }

    private Retention retention() {
        long bytes = settings.bytes(Setting.HISTORY_BYTES);
        long least = settings.bytes(Setting.MAX_EVENT_BYTES) * BYTES_PER_CHARACTER;
        if (bytes < least) {
            throw settings.wrong(
                    Setting.HISTORY_BYTES,
                    least + " or more: room for one event of max-event-bytes, acknowledged and kept");
        }
        return new Retention(
                settings.number(Setting.HISTORY_EVENTS), bytes, settings.duration(Setting.HISTORY_AGE), topics());
    }

    private List<TopicRetention> topics() {
        try {
            return HistoryTopics.parse(settings.text(Setting.HISTORY_TOPICS));
        } catch (IllegalArgumentException e) {
            throw settings.wrong(Setting.HISTORY_TOPICS, HistoryTopics.RULE + "; it is about: " + e.getMessage());
        }
    }

    private HubConfig hubConfig() {
        return HubConfig.defaults()
                .withKeepAlive(settings.duration(Setting.KEEP_ALIVE))
                .withRetry(settings.duration(Setting.RETRY))
                .withMaxAge(settings.duration(Setting.MAX_AGE))
                .withSlowGrace(settings.duration(Setting.SLOW_GRACE))
                .withWindow(settings.bytes(Setting.WINDOW_BYTES), settings.duration(Setting.WINDOW_AGE))
                .withSizes(settings.intBytes(Setting.MAX_BATCH_BYTES), settings.intBytes(Setting.MAX_EVENT_BYTES))
                .withReconnectsPerSecond(settings.number(Setting.RECONNECTS_PER_SECOND))
                .withGapPolicy(gapPolicy());
    }

    private HubConfig.GapPolicy gapPolicy() {
        return switch (settings.text(Setting.GAP_POLICY)) {
            case "resume" -> HubConfig.GapPolicy.RESUME;
            case "disconnect" -> HubConfig.GapPolicy.DISCONNECT;
            default -> throw settings.wrong(Setting.GAP_POLICY, "resume or disconnect");
        };
    }

    private Limits limits() {
        return new Limits(
                connections(),
                settings.number(Setting.LIMIT_PER_ADDRESS),
                settings.number(Setting.LIMIT_PER_USER),
                settings.number(Setting.LIMIT_PUBLISHES),
                settings.intBytes(Setting.LIMIT_BODY),
                settings.intBytes(Setting.LIMIT_HEAD),
                settings.number(Setting.LIMIT_TOPICS),
                settings.number(Setting.LIMIT_STREAMS),
                settings.duration(Setting.LIMIT_DEAD_PEER),
                settings.duration(Setting.LIMIT_HEAD_TIMEOUT),
                settings.duration(Setting.LIMIT_BODY_TIMEOUT),
                settings.duration(Setting.LIMIT_IDLE_TIMEOUT));
    }

    private int connections() {
        int most = Limits.mostConnections();
        if (settings.text(Setting.LIMIT_CONNECTIONS).equals("auto")) {
            return most;
        }
        int wanted = settings.number(Setting.LIMIT_CONNECTIONS);
        if (wanted > most) {
            LOG.warn(
                    "limits.connections: {}, but the limit of open files allows {}; raise it with ulimit -n or LimitNOFILE",
                    wanted,
                    most);
        }
        return wanted;
    }

    private @Nullable Function<RequestHead, @Nullable String> user() {
        String by = settings.text(Setting.USER);
        if (by.equals("none")) {
            return null;
        }
        String name = by.substring(by.indexOf(':') + 1);
        if (by.startsWith("query:") && !name.isEmpty()) {
            return head -> head.parameter(name);
        }
        if (by.startsWith("header:") && !name.isEmpty()) {
            String header = name.toLowerCase(Locale.ROOT);
            return head -> head.header(header);
        }
        throw settings.wrong(Setting.USER, "none, query:NAME or header:NAME");
    }
}
