package io.tidewire.app;

import io.tidewire.llm.UpstreamKey;
import io.tidewire.llm.UpstreamProxies;
import io.tidewire.llm.UpstreamTarget;
import io.tidewire.server.LlmConfig;
import io.tidewire.server.LlmUpstream;
import io.tidewire.server.TidewireBuilder;
import io.tidewire.stream.Abandonment;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns the settings {@code upstream.…} and {@code llm.…} into the gateway to language models. */
final class LlmSetup {
    /** What a key begins with that is the name of a variable. */
    static final String FROM_ENVIRONMENT = "env:";

    private static final String BEARER = "Authorization: Bearer {key}";
    private static final String ANTHROPIC = "x-api-key: {key}";

    private final Settings settings;
    private final Map<String, String> environment;

    LlmSetup(Settings settings, Map<String, String> environment) {
        this.settings = settings;
        this.environment = environment;
    }

    /** Offers the gateway if there is an upstream. */
    void addTo(TidewireBuilder builder) {
        List<LlmUpstream> upstreams = upstreams();
        Abandonment whenUnread = whenUnread();
        if (!upstreams.isEmpty()) {
            builder.llm(LlmConfig.of(upstreams)
                    .withWhenUnread(whenUnread)
                    .withTimes(
                            settings.duration(Setting.LLM_MAX_DURATION),
                            settings.duration(Setting.LLM_KEEP),
                            settings.duration(Setting.LLM_DRAIN))
                    .withRequestBytes(settings.intBytes(Setting.LLM_REQUEST_BYTES))
                    .withProxies(UpstreamProxies.of(environment)));
        }
    }

    private Abandonment whenUnread() {
        return switch (settings.text(Setting.LLM_WHEN_UNREAD)) {
            case "go-on" -> Abandonment.GO_ON;
            case "cancel" -> Abandonment.cancelAfter(settings.duration(Setting.LLM_GRACE));
            default -> throw settings.wrong(Setting.LLM_WHEN_UNREAD, "go-on or cancel");
        };
    }

    /** {@return those of the list, and those of which a URL is said; a name's own URL wins} */
    List<LlmUpstream> upstreams() {
        Map<String, String> urls = new TreeMap<>();
        for (String item : settings.list(Setting.UPSTREAM)) {
            int equals = item.indexOf('=');
            if (equals < 1) {
                throw settings.wrong(Setting.UPSTREAM, "NAME=URL, as in openai=https://api.openai.com");
            }
            urls.put(
                    item.substring(0, equals).strip(),
                    item.substring(equals + 1).strip());
        }
        for (String name : settings.upstreams().names()) {
            String url = settings.upstreams().text(name, UpstreamSettings.URL);
            if (url == null && !urls.containsKey(name)) {
                throw new UsageException("upstream." + name + ": no URL (expected: upstream." + name + ".url)");
            }
            if (url != null) {
                urls.put(name, url);
            }
        }
        List<LlmUpstream> upstreams = new ArrayList<>();
        urls.forEach((name, url) -> upstreams.add(upstream(name, url)));
        return upstreams;
    }

    private LlmUpstream upstream(String name, String url) {
        UpstreamTarget target = UpstreamTarget.of(name, uri(name, url));
        String key = key(name);
        if (key != null) {
            String header = settings.upstreams().text(name, UpstreamSettings.KEY_HEADER);
            String usual = "api.anthropic.com".equals(target.base().getHost()) ? ANTHROPIC : BEARER;
            target = target.withKey(UpstreamKey.of(header == null ? usual : header, key));
        }
        String idle = settings.upstreams().text(name, UpstreamSettings.IDLE);
        return idle == null ? LlmUpstream.of(target) : new LlmUpstream(target, idle(name, idle));
    }

    private static URI uri(String name, String url) {
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            throw new UsageException("upstream." + name + ".url: not shown (expected: a URL)");
        }
    }

    private static Duration idle(String name, String text) {
        Duration idle = Settings.duration(text);
        if (idle == null) {
            throw new UsageException("upstream." + name + ".idle: " + text + " (expected: a time, as in 30s or 10m)");
        }
        return idle;
    }

    private @Nullable String key(String name) {
        String key = settings.upstreams().text(name, UpstreamSettings.KEY);
        if (key == null || !key.startsWith(FROM_ENVIRONMENT)) {
            return key;
        }
        String variable = key.substring(FROM_ENVIRONMENT.length());
        String value = environment.get(variable);
        if (value == null || value.isBlank()) {
            throw new UsageException("upstream." + name + ".key: " + key + " (expected: a variable that is set)");
        }
        return value;
    }
}
