package io.tidewire.app;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tidewire publish}: publishes one event, or the lines of stdin. */
@Command(
        name = "publish",
        mixinStandardHelpOptions = true,
        description = "Publishes an event and prints its id.",
        footer = {
            "",
            "Examples:",
            "  tidewire publish news hello",
            "  tidewire publish prices/EURUSD '{\"bid\":1.0841}' --event price",
            "  date | tidewire publish clock                 the data from stdin",
            "  tidewire publish --ndjson < events.ndjson     a batch: {\"topic\":…,\"data\":…} per line"
        })
final class PublishCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "TOPIC", description = "The topic")
    @Nullable
    String topic;

    @Parameters(index = "1", arity = "0..1", paramLabel = "DATA", description = "The payload; without it, from stdin")
    @Nullable
    String data;

    @Option(names = "--event", paramLabel = "NAME", description = "The event's name")
    @Nullable
    String event;

    @Option(names = "--id", description = "An id of your own")
    @Nullable
    String id;

    @Option(names = "--key", description = "What \"the latest per key\" goes by")
    @Nullable
    String key;

    @Option(names = "--ndjson", description = "Publish stdin's lines of JSON, and print the acknowledgements")
    boolean ndjson;

    @Option(names = "--url", defaultValue = "http://localhost:8080", description = "The hub (${DEFAULT-VALUE})")
    @SuppressWarnings("NullAway.Init") // picocli's
    URI url;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "The token, if the hub wants one; better in TIDEWIRE_TOKEN")
    @Nullable
    String token = System.getenv("TIDEWIRE_TOKEN");

    @Override
    public Integer call() throws InterruptedException {
        if (ndjson == (topic != null)) {
            throw new UsageException("publish: say either a topic or --ndjson (expected: tidewire publish TOPIC DATA)");
        }
        HttpRequest.Builder request = ndjson
                ? HttpRequest.newBuilder(URI.create(url + "/events")).header("Content-Type", "application/x-ndjson")
                : HttpRequest.newBuilder(URI.create(url + "/events?" + query())).header("Content-Type", "text/plain");
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            HttpResponse<String> response = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .build()
                    .send(
                            request.POST(HttpRequest.BodyPublishers.ofByteArray(body()))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new CommandFailure(url + " answered " + response.statusCode() + ": " + response.body());
            }
            spec.commandLine().getOut().println(response.body().strip());
            return response.body().contains("{\"error\":") ? 1 : 0;
        } catch (ConnectException e) {
            throw new CommandFailure(
                    "nothing answers at " + url + "; is the hub running? Start it with tidewire serve", e);
        } catch (IOException e) {
            throw new CommandFailure(url + ": " + e.getMessage(), e);
        }
    }

    private byte[] body() throws IOException {
        String given = data;
        if (given != null) {
            return given.getBytes(StandardCharsets.UTF_8);
        }
        String text = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        return (ndjson ? text : text.stripTrailing()).getBytes(StandardCharsets.UTF_8);
    }

    private String query() {
        StringBuilder query = new StringBuilder("topic=").append(encoded(String.valueOf(topic)));
        for (List<@Nullable String> field : List.of(pair("event", event), pair("id", id), pair("key", key))) {
            if (field.size() == 2) {
                query.append('&').append(field.get(0)).append('=').append(encoded(String.valueOf(field.get(1))));
            }
        }
        return query.toString();
    }

    private static List<@Nullable String> pair(String name, @Nullable String value) {
        return value == null ? List.of() : List.of(name, value);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
