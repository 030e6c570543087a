package io.tidewire.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What docs/client-java.md shows is what is compiled and run here. */
@SuppressWarnings("try") // servers that are only there
class DocumentedTest {
    private static final Path DOCUMENT = Path.of("../docs/client-java.md");
    private static final Path SOURCES = Path.of("src/test/java/io/tidewire/client");

    // example:start
    record Price(String symbol, double eur) {}

    static void watch(URI uri) throws InterruptedException {
        try (EventSource source =
                EventSource.builder(uri).codec(JsonMapper.shared()::readValue).build()) {
            source.on("price", Price.class, price -> System.out.println(price));
            source.start().awaitClosed();
        }
    }
    // example:end

    private static String between(Path file, String start, String end) throws Exception {
        String text = Files.readString(file);
        int from = text.indexOf('\n', text.indexOf(start)) + 1;
        int to = text.lastIndexOf('\n', text.indexOf(end, from));
        return text.substring(from, to).stripIndent().strip();
    }

    @Test
    void theExampleInTheDocumentIsThisOne() throws Exception {
        String example = between(
                Path.of("src/test/java/io/tidewire/client/DocumentedTest.java"), "// example:start", "// example:end");
        assertThat(Files.readString(DOCUMENT)).contains("```java\n" + example + "\n```");
        assertThat(Files.readString(Path.of("../README.md"))).contains("```java\n" + example + "\n```");
    }

    @Test
    @SuppressWarnings("SystemOut") // the example prints
    void theExampleRuns() throws Exception {
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        String stream = "event: price\ndata: {\"symbol\":\"TIDE\",\"eur\":7.5}\n\n";
        try (FaultServer server =
                new FaultServer(peer -> peer.open().send(stream + "retry: 1\n").end(), peer -> peer.status(204))) {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            watch(server.uri());
        } finally {
            System.setOut(console);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("Price[symbol=TIDE, eur=7.5]");
    }

    @Test
    void theOkHttpTransportInTheDocumentIsThisOneAndWorks() throws Exception {
        String transport = between(SOURCES.resolve("OkHttpTransport.java"), "// transport:start", "// transport:end");
        assertThat(Files.readString(DOCUMENT)).contains("```java\n" + transport + "\n```");
        List<String> seen = new ArrayList<>();
        try (FaultServer server = new FaultServer(
                        peer -> peer.open().send("id: é\ndata: a\n\n").end(),
                        peer -> peer.open().send("data: b\n\n").stall());
                EventSource source = EventSource.builder(server.uri())
                        .transport(new OkHttpTransport(new OkHttpClient()))
                        .retry(RetryPolicy.defaults().withInitial(java.time.Duration.ofMillis(1)))
                        .build()) {
            source.onMessage(event -> {
                seen.add(event.data());
                if (event.data().equals("b")) {
                    source.close();
                }
            });
            assertThat(source.start().awaitClosed().reason()).isEqualTo(EventSourceException.Reason.CLOSED);
            assertThat(seen).containsExactly("a", "b");
            server.request();
            byte[] bytes = server.request().header("last-event-id").getBytes(StandardCharsets.ISO_8859_1);
            assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo("é");
            assertThat(Recorder.take(server.ends)).isIn("eof", "reset");
        }
    }
}
