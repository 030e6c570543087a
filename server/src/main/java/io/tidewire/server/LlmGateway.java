package io.tidewire.server;

import io.tidewire.llm.Upstream;
import io.tidewire.llm.UpstreamCall;
import io.tidewire.llm.UpstreamListener;
import io.tidewire.llm.UpstreamRequest;
import io.tidewire.stream.StreamWriter;
import io.tidewire.stream.Streams;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** What all requests to {@code /llm} share: the upstreams, and the answers that they are giving. Safe for any thread. */
final class LlmGateway implements AutoCloseable {
    /** What the names of answers' streams begin with. */
    static final String STREAMS = "llm/";

    /** 144 bits: nobody guesses one. */
    private static final int ID_BYTES = 18;

    /** How long the ends of answers may take to be stored when the server stops. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final LlmConfig config;
    private final Streams streams;
    private final LlmMetrics metrics;
    private final LlmClaims claims;
    private final LlmChats chats;
    private final Map<String, LlmUpstream> upstreams;
    /** A way for each time of silence: one, usually. */
    private final Map<Duration, Upstream> ways = new HashMap<>();

    private final Set<LlmAnswer> running = ConcurrentHashMap.newKeySet();
    private final SecureRandom random = new SecureRandom();

    LlmGateway(LlmConfig config, Streams streams, LlmMetrics metrics) {
        this.config = config;
        this.streams = streams;
        this.metrics = metrics;
        String nobody = newId();
        this.claims = new LlmClaims(streams, config.keep().plus(config.maxDuration()), nobody);
        this.chats = new LlmChats(streams, config.keep().plus(config.maxDuration()), nobody);
        this.upstreams = config.upstreams().stream().collect(Collectors.toUnmodifiableMap(LlmUpstream::name, u -> u));
        for (LlmUpstream upstream : config.upstreams()) {
            ways.computeIfAbsent(
                    upstream.idle(),
                    idle -> Upstream.builder()
                            .idleTimeout(idle)
                            .proxies(config.proxies())
                            .build());
        }
    }

    LlmConfig config() {
        return config;
    }

    Streams streams() {
        return streams;
    }

    LlmMetrics metrics() {
        return metrics;
    }

    LlmClaims claims() {
        return claims;
    }

    LlmChats chats() {
        return chats;
    }

    Optional<LlmUpstream> upstream(String name) {
        return Optional.ofNullable(upstreams.get(name));
    }

    /** {@return the names of all upstreams, for those who look for another} */
    String names() {
        return upstreams.keySet().stream().sorted().collect(Collectors.joining(", "));
    }

    /** {@return an id that nobody guesses} */
    String newId() {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Sends a request; throws an {@link io.tidewire.llm.UpstreamException} if that is not possible now. */
    UpstreamCall send(LlmUpstream to, UpstreamRequest request, UpstreamListener listener) {
        Upstream way = ways.get(to.idle());
        if (way == null) {
            throw new IllegalStateException("upstream: " + to.name() + " (expected: one of the settings)");
        }
        return way.send(to.target(), request, listener);
    }

    /** Counts an answer as running until it has ended. */
    void run(LlmAnswer answer) {
        metrics.started();
        running.add(answer);
        answer.ended().whenComplete((done, failure) -> {
            running.remove(answer);
            metrics.ended();
        });
    }

    /** Watches an answer whose stream was just made: it must end in time, and perhaps must be read. */
    void watch(LlmAnswer answer, StreamWriter writer, LlmAsk ask) {
        streams.watch(writer, ask.policy(), () -> answer.cut(LlmAnswer.Cut.ABANDONED));
    }

    /** Lets running answers go on for so long at most, then ends those that are left. Blocks. */
    void drain(Duration longest) {
        await(longest);
        running.forEach(answer -> answer.cut(LlmAnswer.Cut.SHUT_DOWN));
        await(LAST_WORDS);
    }

    private void await(Duration longest) {
        List<CompletableFuture<Void>> ends = running.stream()
                .map(answer -> answer.ended().toCompletableFuture())
                .toList();
        try {
            CompletableFuture.allOf(ends.toArray(new CompletableFuture<?>[0]))
                    .get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // Who is left is told so by the caller; an answer's end does not fail.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends all calls. */
    @Override
    public void close() {
        ways.values().forEach(Upstream::close);
    }
}
