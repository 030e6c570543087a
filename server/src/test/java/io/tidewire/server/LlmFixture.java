package io.tidewire.server;

import io.tidewire.llm.ModelStandIn;
import io.tidewire.llm.UpstreamTarget;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stand-in for a model, and requests to gateways before it. */
final class LlmFixture implements AutoCloseable {
    static final String CHAT = "/llm/model/v1/chat/completions";
    static final String HELLO =
            "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    static final String HELLO_WHOLE = HELLO.replace("\"stream\":true", "\"stream\":false");

    final ModelStandIn model;
    final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    LlmFixture() {
        try {
            model = ModelStandIn.builder()
                    .port(0)
                    .threads(1)
                    .tokensPerSecond(0)
                    .tokens(12)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    UpstreamTarget target() {
        return UpstreamTarget.of("model", model.uri());
    }

    LlmConfig config() {
        return LlmConfig.of(List.of(LlmUpstream.of(target())));
    }

    /** {@return a request; the headers are names and values by turns} */
    static HttpRequest.Builder request(Tidewire hub, String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + hub.port() + path));
        return headers.length == 0 ? request : request.headers(headers);
    }

    static HttpRequest post(Tidewire hub, String path, String body, String... headers) {
        return request(hub, path, headers)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(Tidewire hub, String path, String... headers) throws IOException, InterruptedException {
        return send(request(hub, path, headers).build());
    }

    HttpResponse<String> delete(Tidewire hub, String path, String... headers) throws IOException, InterruptedException {
        return send(request(hub, path, headers).DELETE().build());
    }

    HttpResponse<String> head(Tidewire hub, String path, String... headers) throws IOException, InterruptedException {
        return send(request(hub, path, headers)
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build());
    }

    /** Asks, and reads event by event; the connection is its own. */
    Answer open(HttpRequest request) throws IOException, InterruptedException {
        return new Answer(http.send(request, HttpResponse.BodyHandlers.ofInputStream()));
    }

    @Override
    public void close() {
        model.close();
    }

    /** One event as it came; the id is null if it has none. */
    record Event(@Nullable String id, String text) {
        /** {@return the event without our id} */
        String own() {
            return text.replaceFirst("id: \\d{16}\n$", "");
        }
    }

    /** {@return the events of a body, comments left out} */
    static List<Event> events(String body) {
        List<Event> events = new ArrayList<>();
        for (String block : body.split("\n\n")) {
            if (!block.isEmpty() && !block.startsWith(":")) {
                events.add(event(block + "\n"));
            }
        }
        return events;
    }

    private static Event event(String block) {
        String id = null;
        for (String line : block.split("\n")) {
            id = line.startsWith("id: ") ? line.substring(4) : id;
        }
        return new Event(id, block);
    }

    /** An answer that is being read. */
    static final class Answer implements AutoCloseable {
        final HttpResponse<java.io.InputStream> response;
        private final BufferedReader in;

        Answer(HttpResponse<java.io.InputStream> response) {
            this.response = response;
            this.in = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        /** {@return the place of the recording} */
        String place() {
            return header("Location");
        }

        /** {@return the next event; null at the end} */
        @Nullable
        Event next() throws IOException {
            StringBuilder block = new StringBuilder();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (!line.isEmpty()) {
                    block.append(line.startsWith(":") ? "" : line + "\n");
                } else if (block.length() > 0) {
                    return event(block.toString());
                }
            }
            return null;
        }

        List<Event> next(int count) throws IOException {
            List<Event> events = new ArrayList<>();
            while (events.size() < count) {
                Event event = next();
                if (event == null) {
                    throw new IOException("ended after " + events);
                }
                events.add(event);
            }
            return events;
        }

        List<Event> rest() throws IOException {
            List<Event> events = new ArrayList<>();
            for (Event event = next(); event != null; event = next()) {
                events.add(event);
            }
            return events;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
