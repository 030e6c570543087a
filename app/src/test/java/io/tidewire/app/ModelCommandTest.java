package io.tidewire.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidewire.llm.ModelTokens;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ModelCommandTest {
    private static final Pattern URL = Pattern.compile("ready at (http://\\S+);");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(args);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model --rate -1 | rate: -1.0 (expected: 0 to 1000000",
                "model --tokens 0 | tokens: 0 (expected: 1 to 1000000)",
                "model --first soon | --first: soon (expected: a time",
                "model --port 70000 | port: 70000 (expected: 0 to 65535)",
                "model --fault fire | fault: fire (expected: cut@N"
            })
    void wrongArgumentsGiveOneLineAndExitCode2(String line, String message) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(err.toString().strip()).contains(message).hasLineCount(1);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void helpTeachesByExamples() {
        assertThat(run("model", "--help")).isZero();
        assertThat(out.toString()).contains("x-stand-in: rate=50", "tidewire model --port 8090", "curl -N");
    }

    @Test
    void itSaysWhereItAnswersAndDoes() throws Exception {
        AtomicInteger exit = new AtomicInteger(-1);
        Thread command = new Thread(() -> exit.set(run("model", "--port", "0", "--rate", "0", "--tokens", "5")));
        command.start();
        try {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> URL.matcher(out.toString()).find());
            Matcher url = URL.matcher(out.toString());
            assertThat(url.find()).isTrue();
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(url.group(1) + "/v1/generic"))
                                    .POST(HttpRequest.BodyPublishers.ofString("Hi"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.body().replaceAll("(?m)^(: ready|data: )|\n", "")).isEqualTo(ModelTokens.text("Hi", 5));
        } finally {
            command.interrupt();
            command.join();
        }
    }
}
