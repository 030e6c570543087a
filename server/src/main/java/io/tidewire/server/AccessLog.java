package io.tidewire.server;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line of JSON for each request (S22), without the query: it may hold secrets. */
final class AccessLog {
    private static final Logger LOG = LoggerFactory.getLogger("tidewire.access");

    private final boolean enabled;

    AccessLog(boolean enabled) {
        this.enabled = enabled;
    }

    void request(Exchange exchange, int status, long nanos) {
        if (enabled) {
            String trace = exchange.request().headers().get("traceparent");
            String traceId = trace != null && trace.length() >= 35 ? trace.substring(3, 35) : "";
            LOG.info(
                    "{\"method\":\"{}\",\"path\":\"{}\",\"status\":{},\"ms\":{},\"remote\":\"{}\",\"trace\":\"{}\"}",
                    exchange.method(),
                    escaped(exchange.rawPath()),
                    status,
                    nanos / 1_000_000,
                    exchange.address(),
                    escaped(traceId));
        }
    }

    /** What a client sent stands in the line as data, whatever it is. */
    private static String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\') {
                out.append('?');
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
