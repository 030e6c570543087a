package io.tidewire.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hub whose disk is full: it says so to publishers, goes on for everybody else, and recovers by itself. */
class FullDiskIT {
    private static final String PAYLOAD = "x".repeat(8000);

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path disk;

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk.toString());
        String missing = "no tmpfs can be mounted (expected: root)";
        if (!mounted && "true".equals(System.getenv("CI"))) {
            throw new AssertionError(missing);
        }
        Assumptions.assumeTrue(mounted, missing);
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        run("umount", disk.toString());
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).start().waitFor() == 0;
    }

    private HttpResponse<String> publish(HubProcess hub, int number) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(hub.url("/events?topic=t")))
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString(number + " " + PAYLOAD))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private List<Integer> kept(HubProcess hub, int last) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(hub.url("/events?topic=t")))
                .header("Last-Event-ID", "earliest")
                .build();
        List<Integer> numbers = new ArrayList<>();
        try (InputStream body =
                http.send(request, HttpResponse.BodyHandlers.ofInputStream()).body()) {
            var lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
            while (numbers.isEmpty() || numbers.get(numbers.size() - 1) < last) {
                String line = lines.readLine();
                if (line.startsWith("data: ") && line.endsWith(PAYLOAD)) {
                    numbers.add(Integer.valueOf(line.substring(6, line.indexOf(' ', 6))));
                }
            }
        }
        return numbers;
    }

    @Test
    void publishersAreToldReadersGoOnAndRoomIsAllItNeeds() throws Exception {
        Path filler = Files.write(disk.resolve("filler"), new byte[2 << 20]);
        try (HubProcess hub = new HubProcess("--data", disk.resolve("data").toString())) {
            List<Integer> acknowledged = new ArrayList<>();
            HttpResponse<String> answer = publish(hub, 0);
            for (int number = 1; answer.statusCode() == 200; number++) {
                acknowledged.add(number - 1);
                answer = publish(hub, number);
            }
            assertThat(answer.statusCode()).isEqualTo(507);
            assertThat(answer.body()).contains(disk.toString()).contains("\"status\":507");
            int last = acknowledged.get(acknowledged.size() - 1);
            assertThat(kept(hub, last)).isEqualTo(acknowledged);

            Files.delete(filler);
            int next = last + 1000;
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> publish(hub, next).statusCode() == 200);
            acknowledged.add(next);
            assertThat(kept(hub, next)).isEqualTo(acknowledged);
            hub.killAndRestart();
            assertThat(kept(hub, next)).isEqualTo(acknowledged);
        }
    }
}
