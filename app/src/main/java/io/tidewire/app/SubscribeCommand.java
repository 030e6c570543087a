package io.tidewire.app;

import io.tidewire.sse.DecodedEvent;
import io.tidewire.sse.DecoderLimits;
import io.tidewire.sse.EventDecoder;
import io.tidewire.sse.EventSink;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.JsonNodeFactory;

/** {@code tidewire subscribe}: prints events, and resumes where it was when the connection breaks. */
@Command(
        name = "subscribe",
        mixinStandardHelpOptions = true,
        description = "Prints events as they come; reconnects and resumes until it is stopped.",
        footer = {
            "",
            "Examples:",
            "  tidewire subscribe news",
            "  tidewire subscribe 'orders/*' --json | jq .data",
            "  tidewire subscribe news --last-event-id earliest --count 10"
        })
final class SubscribeCommand implements Callable<Integer>, EventSink {
    private static final Duration MAX_WAIT = Duration.ofSeconds(30);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "TOPIC", description = "Topics and patterns")
    List<String> topics = List.of();

    @Option(names = "--last-event-id", paramLabel = "ID", description = "Begin after this event, or with earliest")
    String lastEventId = "";

    @Option(names = "--json", description = "Print a line of JSON for each event")
    boolean json;

    @Option(names = "--count", paramLabel = "N", description = "End after so many events")
    long count = Long.MAX_VALUE;

    @Option(names = "--url", defaultValue = "http://localhost:8080", description = "The hub (${DEFAULT-VALUE})")
    @SuppressWarnings("NullAway.Init") // picocli's
    URI url;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "The token, if the hub wants one; better in TIDEWIRE_TOKEN")
    @Nullable
    String token = System.getenv("TIDEWIRE_TOKEN");

    private Duration wait = Duration.ofSeconds(1);
    private long seen;
    private int failures;

    @Override
    public Integer call() throws InterruptedException {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        EventDecoder decoder = new EventDecoder(DecoderLimits.defaults(), this);
        while (seen < count) {
            try {
                read(client, decoder);
            } catch (IOException e) {
                failures++;
                spec.commandLine().getErr().println("tidewire: " + url + " is not there (" + e + "); trying again");
            }
            if (seen < count) {
                long millis = Math.min(MAX_WAIT.toMillis(), wait.toMillis() << Math.min(failures, 5));
                TimeUnit.MILLISECONDS.sleep(millis);
            }
        }
        return 0;
    }

    private void read(HttpClient client, EventDecoder decoder) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = client.send(request(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            if (response.statusCode() >= 400 && response.statusCode() < 500 && response.statusCode() != 429) {
                throw new CommandFailure(url + " answered " + response.statusCode() + ": "
                        + new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
            if (response.statusCode() != 200) {
                throw new IOException("it answered " + response.statusCode());
            }
            failures = 0;
            byte[] bytes = new byte[8192];
            while (seen < count) {
                int n = in.read(bytes);
                if (n < 0) {
                    return;
                }
                decoder.feed(bytes, 0, n);
                spec.commandLine().getOut().flush();
            }
        } finally {
            decoder.reset();
        }
    }

    private HttpRequest request() {
        String query = topics.stream()
                .map(t -> "topic=" + URLEncoder.encode(t, StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + "/events?" + query)).header("Accept", "text/event-stream");
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (!lastEventId.isEmpty()) {
            request.header("Last-Event-ID", lastEventId);
        }
        return request.build();
    }

    @Override
    public void event(DecodedEvent event) {
        lastEventId = event.lastEventId();
        if (event.type().equals("connected") || seen >= count) {
            return;
        }
        seen++;
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonNodeFactory.instance
                    .objectNode()
                    .put("id", event.lastEventId())
                    .put("event", event.type())
                    .put("data", event.data()));
        } else {
            out.println(event.lastEventId() + "  " + event.type() + "  " + event.data());
        }
    }

    @Override
    public void lastEventId(String id) {
        lastEventId = id;
    }

    @Override
    public void retry(Duration reconnectionTime) {
        wait = reconnectionTime;
    }
}
