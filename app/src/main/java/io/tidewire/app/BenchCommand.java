package io.tidewire.app;

import io.tidewire.server.Tidewire;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidewire bench}: loads a hub and checks every delivery. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Opens subscribers, publishes, and checks every delivery: losses, repeats, order, latency.",
            "Exit code 1 if anything was lost, repeated or out of order."
        },
        footer = {
            "",
            "Examples:",
            "  tidewire bench --subscribers 1000 --duration 10s             a hub of its own, as fast as it goes",
            "  tidewire bench --subscribers 5000 --rate 20 --url http://localhost:8080",
            "  tidewire bench --subscribers 1000 --topics 100 --json > result.json",
            "  tidewire bench --http2 --subscribers 100000 --topics 1000 --url https://localhost:8443 --insecure"
        })
final class BenchCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    CommandSpec spec;

    @Option(names = "--subscribers", paramLabel = "N", description = "Connections (${DEFAULT-VALUE})")
    int subscribers = 1000;

    @Option(
            names = "--topics",
            paramLabel = "N",
            description = "Topics; subscribers are spread over them (${DEFAULT-VALUE})")
    int topics = 1;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Events per second in all; 0 is as fast as they are delivered (${DEFAULT-VALUE})")
    int rate;

    @Option(names = "--payload", paramLabel = "BYTES", description = "Size of an event's data (${DEFAULT-VALUE})")
    int payload = 100;

    @Option(names = "--duration", paramLabel = "TIME", description = "Measured time (${DEFAULT-VALUE})")
    String duration = "10s";

    @Option(names = "--warmup", paramLabel = "TIME", description = "Time before that (${DEFAULT-VALUE})")
    String warmup = "2s";

    @Option(names = "--url", description = "The hub; without it, one is started in this process")
    @Nullable
    URI url;

    @Option(names = "--http2", description = "Subscribe over HTTP/2, many on one connection")
    boolean http2;

    @Option(
            names = "--streams-per-connection",
            paramLabel = "N",
            description = "With --http2, subscribers that share a connection (${DEFAULT-VALUE})")
    int streamsPerConnection = 100;

    @Option(names = "--insecure", description = "Take any certificate; means nothing without TLS")
    boolean insecure;

    @Option(names = "--json", description = "Print the result as JSON")
    boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        LoadPlan plan = new LoadPlan(
                subscribers, topics, rate, payload, time("--warmup", warmup), time("--duration", duration));
        URI target = url;
        if (target != null) {
            return run(plan, target);
        }
        try (Tidewire own = Tidewire.builder().port(0).start()) {
            return run(plan, own.uri());
        }
    }

    private int run(LoadPlan plan, URI target) throws IOException, InterruptedException {
        if (http2 && streamsPerConnection < 1) {
            throw new UsageException("--streams-per-connection: " + streamsPerConnection + " (expected: 1 or more)");
        }
        LoadTarget how = LoadTarget.of(target, insecure, http2 ? streamsPerConnection : 0);
        LoadResult result = new LoadGenerator(plan, how, spec.commandLine().getErr()).run();
        spec.commandLine().getOut().println(json ? result.json() : result.text());
        spec.commandLine().getOut().flush();
        return result.isClean() ? 0 : 1;
    }

    private static Duration time(String flag, String text) {
        Duration time = Settings.duration(text);
        if (time == null) {
            throw new UsageException(flag + ": " + text + " (expected: a time, as in 500ms, 30s or 5m)");
        }
        return time;
    }
}
