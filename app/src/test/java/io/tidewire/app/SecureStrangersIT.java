package io.tidewire.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that others wrote, over TLS, HTTP/2 and HTTP/3, against the packaged hub. */
class SecureStrangersIT {
    private static final String STREAMS = "100";

    private final HubProcess hub;

    SecureStrangersIT() throws IOException, InterruptedException {
        hub = new HubProcess("--tls-self-signed");
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    private ForeignTool post(String... how) throws IOException {
        java.util.List<String> arguments = new java.util.ArrayList<>(java.util.List.of(
                "-s", "-w", "\n%{http_version} %{http_code}\n", "-H", "Content-Type: text/plain", "-d", "grüße"));
        arguments.addAll(java.util.List.of(how));
        return ForeignTool.start("curl", arguments.toArray(new String[0]));
    }

    @Test
    void curlSpeaksHttp2OverTlsAndTrustsThePinThatServePrints() throws Exception {
        String pin = "sha256//" + hub.pin();
        try (ForeignTool listener = ForeignTool.start(
                "curl", "-sNik", "--http2", "--pinnedpubkey", pin, hub.secureUrl("/events?topic=news"))) {
            assertThat(listener.line("HTTP/")).startsWith("HTTP/2 200");
            listener.line("event: connected");
            try (ForeignTool publisher =
                    post("-k", "--http2", "--pinnedpubkey", pin, hub.secureUrl("/events?topic=news"))) {
                publisher.line("2 200");
            }
            listener.line("data: grüße");
            assertThat(listener.output()).contains("alt-svc: h3=").doesNotContainIgnoringCase("transfer-encoding");
        }
        String wrong = "sha256//" + "A".repeat(43) + "=";
        try (ForeignTool suspicious = ForeignTool.start(
                "curl", "-sSk", "--pinnedpubkey", wrong, "-w", "%{errormsg}\n", hub.secureUrl("/health"))) {
            suspicious.line("public key");
        }
    }

    @Test
    void curlSpeaksHttp1OverTls() throws Exception {
        try (ForeignTool listener =
                ForeignTool.start("curl", "-sNik", "--http1.1", hub.secureUrl("/events?topic=news"))) {
            listener.line("event: connected");
            try (ForeignTool publisher = post("-k", "--http1.1", hub.secureUrl("/events?topic=news"))) {
                publisher.line("1.1 200");
            }
            listener.line("data: grüße");
        }
    }

    @Test
    void curlSpeaksHttp2WithPriorKnowledge() throws Exception {
        try (HubProcess plain = new HubProcess();
                ForeignTool listener =
                        ForeignTool.start("curl", "-sNi", "--http2-prior-knowledge", plain.url("/events?topic=news"))) {
            assertThat(listener.line("HTTP/")).startsWith("HTTP/2 200");
            listener.line("event: connected");
            try (ForeignTool publisher = post("--http2-prior-knowledge", plain.url("/events?topic=news"))) {
                publisher.line("2 200");
            }
            listener.line("data: grüße");
        }
    }

    @Test
    void largeBodyThatIsRefusedEarlyGetsItsAnswer() throws Exception {
        java.nio.file.Path large =
                java.nio.file.Files.write(java.nio.file.Files.createTempFile("tidewire", ".txt"), new byte[5_000_000]);
        for (String version : java.util.List.of("--http2", "--http1.1")) {
            try (ForeignTool curl = ForeignTool.start(
                    "curl",
                    "-sSk",
                    version,
                    "-w",
                    "\n%{http_code} %{exitcode}\n",
                    "--data-binary",
                    "@" + large,
                    hub.secureUrl("/nowhere"))) {
                curl.line("404 0");
                assertThat(curl.output()).contains("\"detail\":\"path: /nowhere");
            }
        }
        java.nio.file.Files.delete(large);
    }

    @Test
    void pageHoldsHundredStreamsOnOneConnectionAndFetchStillWorks() throws Exception {
        ForeignTool.require("/usr/bin/chromium");
        try (ForeignTool page = ForeignTool.script(
                "streams.mjs", hub.secureUrl(""), STREAMS, "--ignore-certificate-errors", "--disable-quic")) {
            assertThat(page.line("{")).contains("\"connected\":100", "\"errors\":0", "\"protocols\":[\"h2\"]");
            assertThat(page.ask("to all of them")).contains("\"status\":200", "\"received\":100", "\"twice\":0");
        }
    }

    @Test
    void pageGetsItsStreamsOverHttp3() throws Exception {
        ForeignTool.require("/usr/bin/chromium");
        try (ForeignTool page = ForeignTool.script(
                "streams.mjs",
                hub.secureUrl(""),
                STREAMS,
                "--enable-quic",
                "--host-resolver-rules=MAP localhost 127.0.0.1", // what is forced to QUIC does not try ::1 and then the
                // other
                "--origin-to-force-quic-on=localhost:" + hub.port(),
                "--ignore-certificate-errors-spki-list=" + hub.pin())) {
            assertThat(page.line("{")).contains("\"connected\":100", "\"errors\":0", "\"protocols\":[\"h3\"]");
            assertThat(page.ask("over QUIC")).contains("\"status\":200", "\"received\":100", "\"twice\":0");
        }
    }
}
