package io.tidewire.server;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What the LLM gateway counts. Every answer that started is open, or ended once. Safe for any thread. */
final class LlmMetrics {
    /** From a model that is warm to one that thinks. */
    private static final Duration[] FIRST_TOKEN_BUCKETS = {
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(200),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofMinutes(2)
    };

    private final AtomicInteger open = new AtomicInteger();
    private final Counter started;
    private final Counter resumed;
    private final Counter stopped;
    private final Counter abandoned;
    private final Counter failures;
    private final Timer firstToken;

    LlmMetrics(MeterRegistry registry) {
        Gauge.builder("tidewire.llm.answers.open", open, AtomicInteger::get)
                .description("Streaming answers that upstreams are giving now")
                .register(registry);
        started = counter(registry, "tidewire.llm.answers.started", "Streaming answers begun by upstreams");
        resumed = counter(
                registry, "tidewire.llm.answers.resumed", "Readers of recorded answers, beside those who asked");
        stopped = counter(registry, "tidewire.llm.answers.stopped", "Answers stopped by a client");
        abandoned = counter(registry, "tidewire.llm.answers.abandoned", "Answers cancelled as nobody read them");
        failures = counter(registry, "tidewire.llm.upstream.failures", "Calls to upstreams that failed or broke off");
        firstToken = Timer.builder("tidewire.llm.first.token")
                .description("From a request to the first event of its answer")
                .serviceLevelObjectives(FIRST_TOKEN_BUCKETS)
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    void started() {
        started.increment();
        open.incrementAndGet();
    }

    void ended() {
        open.decrementAndGet();
    }

    void resumed() {
        resumed.increment();
    }

    void stopped() {
        stopped.increment();
    }

    void abandoned() {
        abandoned.increment();
    }

    void upstreamFailed() {
        failures.increment();
    }

    void firstToken(long nanos) {
        firstToken.record(nanos, TimeUnit.NANOSECONDS);
    }
}
