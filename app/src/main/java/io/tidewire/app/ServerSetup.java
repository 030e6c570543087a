package io.tidewire.app;

import io.tidewire.hub.HubConfig;
import io.tidewire.log.Retention;
import io.tidewire.server.Limits;
import io.tidewire.server.RequestHead;
import io.tidewire.server.Tidewire;
import io.tidewire.server.TidewireBuilder;
import io.tidewire.server.Transport;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns settings into a server. */
final class ServerSetup {
    private final Settings settings;

    ServerSetup(Settings settings) {
        this.settings = settings;
    }

    /** {@return a builder with all settings; throws a UsageException or IllegalArgumentException that names the wrong one} */
    TidewireBuilder builder() {
        TidewireBuilder builder = Tidewire.builder()
                .host(settings.text(Setting.HOST))
                .port(settings.number(Setting.PORT))
                .transport(transport())
                .accessLog(settings.flag(Setting.ACCESS_LOG))
                .retention(retention())
                .hubConfig(hubConfig())
                .limits(limits());
        int threads = settings.number(Setting.THREADS);
        if (threads != 0) {
            builder.threads(threads);
        }
        Function<RequestHead, @Nullable String> user = user();
        if (user != null) {
            builder.identify(user);
        }
        String proxies = settings.text(Setting.TRUSTED_PROXIES);
        if (!proxies.isBlank()) {
            builder.trustedProxies(
                    Arrays.stream(proxies.split(",")).map(String::strip).toList());
        }
        return builder;
    }

    private Transport transport() {
        String name = settings.text(Setting.TRANSPORT).toUpperCase(Locale.ROOT).replace('-', '_');
        return Arrays.stream(Transport.values())
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElseThrow(() -> settings.wrong(Setting.TRANSPORT, "auto, epoll, io-uring or nio"));
    }

    private Retention retention() {
        return new Retention(
                settings.number(Setting.HISTORY_EVENTS),
                settings.bytes(Setting.HISTORY_BYTES),
                settings.duration(Setting.HISTORY_AGE));
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
                settings.number(Setting.LIMIT_CONNECTIONS),
                settings.number(Setting.LIMIT_PER_ADDRESS),
                settings.number(Setting.LIMIT_PER_USER),
                settings.number(Setting.LIMIT_PUBLISHES),
                settings.intBytes(Setting.LIMIT_BODY),
                settings.intBytes(Setting.LIMIT_HEAD),
                settings.number(Setting.LIMIT_TOPICS),
                settings.duration(Setting.LIMIT_HEAD_TIMEOUT),
                settings.duration(Setting.LIMIT_BODY_TIMEOUT),
                settings.duration(Setting.LIMIT_IDLE_TIMEOUT));
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
