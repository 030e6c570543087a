package io.tidewire.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.server.Limits;
import io.tidewire.server.Tidewire;
import io.tidewire.server.TidewireBuilder;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {
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
                "serve --port x | port: x from --port (expected: a whole number)",
                "serve --port 70000 | port: 70000 (expected: 0 to 65535; 0 is any)",
                "serve --transport carrier | transport: carrier from --transport (expected: auto, epoll, io-uring or nio)",
                "serve --keep-alive 1 | keep-alive: 1 from --keep-alive",
                "serve --limits-topics 0 | limits.topics: 0 (expected: 1 or more)",
                "serve --user me | user: me from --user (expected: none, query:NAME or header:NAME)",
                "serve --port 0 | auth: nobody could publish (expected: auth.secret,",
                "serve --auth-secret short | secret",
                "serve --cors-origins example.com | cors.origins: example.com (expected: scheme and host",
                "serve --tls-key k.pem | tls.certificate",
                "token --publish news | token: nothing to sign with (expected: --secret",
                "token --expires soon --secret 01234567890123456789012345678901 | --expires: soon (expected: a time",
                "serve --prot 1 | Unknown option",
                "nonsense | Unmatched argument",
                "bench --subscribers 0 | --subscribers: 0 (expected: 1 to 1000000)",
                "bench --http2 --streams-per-connection 0 | --streams-per-connection: 0 (expected: 1 or more)",
                "bench --duration soon | --duration: soon (expected: a time",
                "publish | publish: say either a topic or --ndjson"
            })
    void wrongArgumentsGiveOneLineAndExitCode2(String line, String message) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(err.toString().strip()).contains(message).hasLineCount(1);
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "serve --help", "publish --help", "subscribe --help", "bench --help"})
    void helpTeachesByExamples(String line) {
        assertThat(run(line.split(" "))).isZero();
        assertThat(out.toString()).contains("tidewire ", "serve".equals(line) ? "Examples" : "  tidewire");
    }

    @Test
    void everySettingIsAFlagWithItsSentence() {
        run("serve", "--help");
        for (Setting setting : Setting.values()) {
            assertThat(out.toString()).contains(setting.flag());
        }
    }

    @Test
    void publishAndSubscribeWork() {
        try (Tidewire server = Tidewire.builder().port(0).start()) {
            String url = server.uri().toString();
            assertThat(run("publish", "news", "two words", "--event", "e", "--url", url))
                    .isZero();
            assertThat(run("subscribe", "news", "--last-event-id", "earliest", "--count", "1", "--json", "--url", url))
                    .isZero();
            assertThat(out.toString()).contains("{\"id\":\"#", "\"event\":\"e\",\"data\":\"two words\"}");
            assertThat(run("publish", "a*", "x", "--url", url)).isEqualTo(1);
            assertThat(err.toString()).contains("no '*' in a published topic");
        }
    }

    @Test
    void portInUseIsOneLine() {
        try (Tidewire server = Tidewire.builder().port(0).start()) {
            assertThat(run("serve", "--dev", "--port", String.valueOf(server.port())))
                    .isEqualTo(1);
            assertThat(err.toString().strip())
                    .contains("cannot listen on 127.0.0.1:" + server.port())
                    .hasLineCount(1);
        }
    }

    @Test
    void nobodyThereIsOneLine() {
        assertThat(run("publish", "news", "x", "--url", "http://127.0.0.1:1")).isEqualTo(1);
        assertThat(err.toString().strip()).contains("is the hub running?").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http1 plain", "http1 tls", "http2 plain", "http2 tls"})
    void benchCountsEveryDeliveryOverEachHttp(String how) {
        TidewireBuilder builder = Tidewire.builder().port(0);
        try (Tidewire server = (how.endsWith("tls") ? builder.tlsSelfSigned() : builder).start()) {
            String line =
                    "bench --insecure --subscribers 50 --topics 5 --rate 200 --warmup 100ms --duration 500ms --json --url "
                            + server.uri()
                            + (how.startsWith("http2") ? " --http2 --streams-per-connection 20" : "");
            assertThat(run(line.split(" "))).as(err.toString()).isZero();
        }
        assertThat(out.toString())
                .contains("\"lost\" : 0", "\"repeatedOrOutOfOrder\" : 0")
                .doesNotContain("\"published\" : 0,", "\"delivered\" : 0,");
    }

    @Test
    void benchSaysThatTheHubRefusesItsStreams() {
        Limits d = Limits.defaults();
        Limits few = new Limits(
                d.maxConnections(),
                0,
                0,
                0,
                d.maxBodyBytes(),
                d.maxHeadBytes(),
                d.maxTopics(),
                10,
                d.deadPeer(),
                d.headTimeout(),
                d.bodyTimeout(),
                d.idleTimeout());
        try (Tidewire server = Tidewire.builder().port(0).limits(few).start()) {
            assertThat(run("bench", "--http2", "--subscribers", "20", "--url", String.valueOf(server.uri())))
                    .isEqualTo(1);
        }
        assertThat(err.toString()).contains("limits.streams-per-connection");
    }

    @Test
    void benchCountsEveryDelivery() {
        assertThat(run(
                        "bench",
                        "--subscribers",
                        "50",
                        "--topics",
                        "5",
                        "--rate",
                        "200",
                        "--warmup",
                        "100ms",
                        "--duration",
                        "1s",
                        "--json"))
                .isZero();
        assertThat(out.toString()).contains("\"lost\" : 0", "\"repeatedOrOutOfOrder\" : 0");
    }
}
