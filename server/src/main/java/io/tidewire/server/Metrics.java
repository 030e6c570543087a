package io.tidewire.server;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tidewire.hub.CloseReason;
import io.tidewire.hub.Hub;
import io.tidewire.hub.HubCounter;
import java.util.List;
import java.util.function.ToLongFunction;

/** The engine's counters and the JVM's, as Prometheus reads them. Safe for any thread. */
final class Metrics {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<ToLongFunction<HookCounter>> hooks;

    Metrics(Hub hub, Admission admission, List<ToLongFunction<HookCounter>> hooks) {
        this.hooks = List.copyOf(hooks);
        for (HubCounter counter : HubCounter.values()) {
            FunctionCounter.builder(counter.metric(), hub, h -> h.count(counter))
                    .description(counter.description())
                    .register(registry);
        }
        for (CloseReason reason : CloseReason.values()) {
            FunctionCounter.builder("tidewire.connections.closed", hub, h -> h.closed(reason))
                    .tag("reason", reason.label())
                    .description("Connections ended, by reason")
                    .register(registry);
        }
        Gauge.builder("tidewire.connections", hub, Hub::connectionCount)
                .description("Streams open now")
                .register(registry);
        Gauge.builder("tidewire.subscribers.catching.up", hub, Hub::catchingUp)
                .description("Subscribers that are behind now")
                .register(registry);
        Gauge.builder("tidewire.sockets", admission, Admission::sockets)
                .description("Sockets open now, streams and others")
                .register(registry);
        if (!hooks.isEmpty()) {
            hookCounters();
        }
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    private void hookCounters() {
        for (HookCounter counter : HookCounter.values()) {
            // Of this object, which the server holds: the registry itself holds weakly what it asks.
            FunctionCounter.builder(counter.metric(), this, metrics -> metrics.count(counter))
                    .description(counter.description())
                    .register(registry);
        }
    }

    private long count(HookCounter counter) {
        return hooks.stream().mapToLong(each -> each.applyAsLong(counter)).sum();
    }

    MeterRegistry registry() {
        return registry;
    }

    String scrape() {
        return registry.scrape();
    }

    void close() {
        registry.close();
    }
}
