package io.tidewire.app;

import org.HdrHistogram.Histogram;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What a load generator saw; latencies in microseconds. */
record LoadResult(
        LoadPlan plan,
        long published,
        long delivered,
        double seconds,
        long lost,
        long repeatedOrDisordered,
        Histogram latency) {

    boolean isClean() {
        return lost == 0 && repeatedOrDisordered == 0;
    }

    String text() {
        return """
                published   %,d events to %d topics with %d subscribers
                delivered   %,d in %.1f s: %,.0f per second
                latency     p50 %.2f ms, p90 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, most %.2f ms
                lost %d, repeated or out of order %d""".formatted(
                        published,
                        plan.topics(),
                        plan.subscribers(),
                        delivered,
                        seconds,
                        delivered / seconds,
                        millis(50),
                        millis(90),
                        millis(99),
                        millis(99.9),
                        latency.getMaxValue() / 1000.0,
                        lost,
                        repeatedOrDisordered);
    }

    String json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("subscribers", plan.subscribers());
        json.put("topics", plan.topics());
        json.put("payloadBytes", plan.payloadBytes());
        json.put("published", published);
        json.put("delivered", delivered);
        json.put("seconds", seconds);
        json.put("deliveriesPerSecond", delivered / seconds);
        json.put("latencyP50Millis", millis(50));
        json.put("latencyP90Millis", millis(90));
        json.put("latencyP99Millis", millis(99));
        json.put("latencyP999Millis", millis(99.9));
        json.put("latencyMaxMillis", latency.getMaxValue() / 1000.0);
        json.put("lost", lost);
        json.put("repeatedOrOutOfOrder", repeatedOrDisordered);
        return json.toPrettyString();
    }

    private double millis(double percentile) {
        return latency.getValueAtPercentile(percentile) / 1000.0;
    }
}
