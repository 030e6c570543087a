package io.tidewire.server;

import io.tidewire.llm.UpstreamProxies;
import io.tidewire.stream.Abandonment;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the LLM gateway at {@code /llm} forwards to, and what becomes of the answers. Immutable; start from {@link #of}.
 *
 * <pre>{@code
 * UpstreamTarget openai = UpstreamTarget.of("openai", URI.create("https://api.openai.com"));
 * Tidewire.builder().llm(LlmConfig.of(List.of(LlmUpstream.of(openai)))).start();
 * }</pre>
 *
 * @param upstreams all that may be asked; there is no other
 * @param whenUnread what becomes of an answer that nobody reads, unless its request says otherwise
 * @param maxDuration the longest that an answer may take
 * @param keep for how long an answer is kept after its last use
 * @param drain how long running answers may go on when the server stops
 * @param requestBytes the longest body of a request
 * @param proxies the proxies on the way to upstreams
 */
public record LlmConfig(
        List<LlmUpstream> upstreams,
        Abandonment whenUnread,
        Duration maxDuration,
        Duration keep,
        Duration drain,
        int requestBytes,
        UpstreamProxies proxies) {
    private static final Duration MAX_DURATION = Duration.ofMinutes(30);
    private static final Duration KEEP = Duration.ofHours(1);
    /** How long an answer may be unread before it is cancelled, if that is wanted and no time was said. */
    static final Duration GRACE = Duration.ofSeconds(30);

    private static final Duration DRAIN = Duration.ofSeconds(30);

    /** 32 MiB: a request with some pictures in it. */
    private static final int REQUEST_BYTES = 32 << 20;

    /**
     * Checks all of it.
     *
     * @throws IllegalArgumentException if two upstreams have one name, or a bound is none
     */
    public LlmConfig {
        upstreams = List.copyOf(upstreams);
        List<String> names = upstreams.stream().map(LlmUpstream::name).toList();
        if (names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException("upstream: "
                    + names.stream().sorted().collect(Collectors.joining(", ")) + " (expected: each name once)");
        }
        require("llm.max-duration", maxDuration, 1);
        require("llm.keep", keep, 1);
        require("llm.drain", drain, 0);
        if (requestBytes < 1) {
            throw new IllegalArgumentException("llm.request-bytes: " + requestBytes + " (expected: 1 or more)");
        }
    }

    private static void require(String name, Duration time, long leastMillis) {
        if (time.toMillis() < leastMillis) {
            throw new IllegalArgumentException(name + ": " + time + " (expected: " + leastMillis + " ms or more)");
        }
    }

    /** {@return a gateway to these: answers go on unread, for at most 30 min, are kept for 1 h, have 30 s at the end; bodies of 32 MiB} */
    public static LlmConfig of(List<LlmUpstream> upstreams) {
        return new LlmConfig(
                upstreams, Abandonment.GO_ON, MAX_DURATION, KEEP, DRAIN, REQUEST_BYTES, UpstreamProxies.ofJvm());
    }

    /** {@return the same, with another fate of answers that nobody reads} */
    public LlmConfig withWhenUnread(Abandonment policy) {
        return new LlmConfig(upstreams, policy, maxDuration, keep, drain, requestBytes, proxies);
    }

    /** {@return the same, with other times} */
    public LlmConfig withTimes(Duration longest, Duration kept, Duration drained) {
        return new LlmConfig(upstreams, whenUnread, longest, kept, drained, requestBytes, proxies);
    }

    /** {@return the same, with another bound of requests} */
    public LlmConfig withRequestBytes(int bytes) {
        return new LlmConfig(upstreams, whenUnread, maxDuration, keep, drain, bytes, proxies);
    }

    /** {@return the same, by the way of other proxies} */
    public LlmConfig withProxies(UpstreamProxies ways) {
        return new LlmConfig(upstreams, whenUnread, maxDuration, keep, drain, requestBytes, ways);
    }
}
