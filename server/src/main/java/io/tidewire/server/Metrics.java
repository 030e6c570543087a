package io.tidewire.server;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tidewire.hub.CloseReason;
import io.tidewire.hub.Hub;
import io.tidewire.hub.HubCounter;

/** The engine's counters and the JVM's, as Prometheus reads them. Safe for any thread. */
final class Metrics {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    Metrics(Hub hub, Admission admission) {
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
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    String scrape() {
        return registry.scrape();
    }

    void close() {
        registry.close();
    }
}
