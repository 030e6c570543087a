package io.tidewire.app;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The packaged hub as a process of its own. */
final class HubProcess implements AutoCloseable {
    private final int port;
    private final List<String> arguments;
    private final HttpClient http = HttpClient.newHttpClient();
    private ForeignTool process;

    HubProcess(String... more) throws IOException, InterruptedException {
        this.port = ForeignTool.freePort();
        this.arguments = new ArrayList<>(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx256m",
                "-jar",
                Path.of("target/tidewire.jar").toAbsolutePath().toString(),
                "serve",
                "--auth-anonymous-publish",
                "--port",
                String.valueOf(port)));
        arguments.addAll(List.of(more));
        this.process = launch();
    }

    private ForeignTool launch() throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ForeignTool started = ForeignTool.start(java, arguments.toArray(new String[0]));
        started.line("Tidewire is ready");
        return started;
    }

    /** {@code kill -9}, then the same again on the same port. */
    void killAndRestart() throws IOException, InterruptedException {
        process.kill();
        process = launch();
    }

    int port() {
        return port;
    }

    String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    /** {@return the address over TLS} */
    String secureUrl(String path) {
        return "https://localhost:" + port + path;
    }

    /** {@return the hash of its self-made certificate's key} */
    String pin() throws InterruptedException {
        String line = process.line("--ignore-certificate-errors-spki-list=");
        return line.substring(line.lastIndexOf("list=") + 5);
    }

    long pid() {
        return process.pid();
    }

    /** {@return all that it has said} */
    String output() {
        return process.output();
    }

    /** Publishes; {@return the event's id}. */
    String publish(String topic, String event, String data) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url("/events?topic=" + topic + "&event=" + event)))
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString(data))
                .build();
        String answer = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        return answer.substring(answer.indexOf('#'), answer.lastIndexOf('"'));
    }

    String get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url(path))).build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    @Override
    public void close() {
        process.close();
    }
}
