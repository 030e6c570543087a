package io.tidewire.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Upstreams, and proxies, that do what the stand-in does not. */
class UpstreamStrangersTest {
    private final UpstreamRecorder heard = new UpstreamRecorder();
    private final Upstream upstream =
            Upstream.builder().proxies(UpstreamProxies.none()).build();

    @AfterEach
    void stop() {
        upstream.close();
    }

    private static UpstreamTarget at(int port) {
        return UpstreamTarget.of("stranger", URI.create("http://localhost:" + port));
    }

    @Test
    void redirectsArePassedOnAndNothingSpeaksForOurHost() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        AtomicInteger requests = new AtomicInteger();
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.getResponseHeaders().add("Set-Cookie", "a=b");
            exchange.getResponseHeaders().add("Alt-Svc", "h3=\":443\"");
            exchange.getResponseHeaders().add("Strict-Transport-Security", "max-age=1");
            exchange.getResponseHeaders().add("Connection", "X-Hop");
            exchange.getResponseHeaders().add("X-Hop", "no");
            exchange.getResponseHeaders().add("X-Twice", "one");
            exchange.getResponseHeaders().add("X-Twice", "two");
            exchange.sendResponseHeaders(307, -1);
            exchange.close();
        });
        server.start();
        try {
            upstream.send(at(server.getAddress().getPort()), UpstreamRecorder.chat("Hello", ""), heard);
            assertThat(heard.ended()).isEmpty();
            assertThat(heard.answered().status()).isEqualTo(307);
            assertThat(heard.answered().header("location")).contains("/elsewhere");
            assertThat(heard.answered().headers())
                    .extracting(field -> field.getKey().toLowerCase(java.util.Locale.ROOT))
                    .containsExactlyInAnyOrder("date", "location", "x-twice", "x-twice");
            assertThat(requests).hasValue(1);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void whatIsCompressedAllTheSameIsLeftAsItIs() throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write("hello".getBytes(StandardCharsets.UTF_8));
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().add("Content-Encoding", "gzip");
            exchange.sendResponseHeaders(200, compressed.size());
            exchange.getResponseBody().write(compressed.toByteArray());
            exchange.close();
        });
        server.start();
        try {
            upstream.send(at(server.getAddress().getPort()), UpstreamRecorder.chat("Hello", ""), heard);
            assertThat(heard.ended()).isEqualTo(compressed.toString(StandardCharsets.UTF_8));
            assertThat(heard.answered().header("content-encoding")).contains("gzip");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aRequestThatWasSentIsNeverRepeated() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        try (ServerSocket server = new ServerSocket(0)) {
            Thread hangsUp = new Thread(() -> {
                try {
                    while (true) {
                        try (Socket socket = server.accept()) {
                            connections.incrementAndGet();
                            readHead(socket);
                            socket.setSoLinger(true, 0); // a reset, which is what libraries like to try again after
                        }
                    }
                } catch (IOException e) {
                    // the test is over
                }
            });
            hangsUp.setDaemon(true);
            hangsUp.start();
            upstream.send(at(server.getLocalPort()), UpstreamRecorder.chat("Hello", ""), heard);
            UpstreamException failure = heard.failed();
            assertThat(failure.kind()).isEqualTo(UpstreamException.Kind.CUT);
            assertThat(failure).hasMessageContaining("before the answer");
            // A second request comes after whatever the first one would have led to on a queue of the same loops.
            UpstreamRecorder second = new UpstreamRecorder();
            upstream.send(at(server.getLocalPort()), UpstreamRecorder.chat("Hello", ""), second);
            second.failed();
            assertThat(connections).hasValue(2);
        }
    }

    @Test
    void aKeptConnectionThatTheUpstreamClosesMakesNoRequestComeTwice() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        int calls = 20;
        try (ServerSocket server = new ServerSocket(0)) {
            Thread oneAnswerEach = new Thread(() -> {
                try {
                    while (true) {
                        try (Socket socket = server.accept()) {
                            requests.addAndGet(readHead(socket).isEmpty() ? 0 : 1);
                            socket.getOutputStream()
                                    .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                                            .getBytes(StandardCharsets.US_ASCII));
                        }
                    }
                } catch (IOException e) {
                    // the test is over
                }
            });
            oneAnswerEach.setDaemon(true);
            oneAnswerEach.start();
            int answered = 0;
            for (int i = 0; i < calls; i++) {
                UpstreamRecorder one = new UpstreamRecorder();
                upstream.send(at(server.getLocalPort()), UpstreamRecorder.chat("Hello", ""), one);
                await().atMost(Duration.ofSeconds(60)).until(one::isOver);
                answered += one.body().equals("ok") ? 1 : 0;
            }
            // The close may cross the next request, which is then lost and told; what was answered was asked once.
            assertThat(answered).isPositive();
            assertThat(requests.get()).isBetween(answered, calls);
        }
    }

    @Test
    void aProxyIsAskedForATunnelWithItsOwnPassword() throws Exception {
        List<String> asked = new CopyOnWriteArrayList<>();
        try (ServerSocket proxy = new ServerSocket(0);
                Upstream through = Upstream.builder()
                        .proxies(base -> Optional.of(
                                new UpstreamProxies.Server(false, "localhost", proxy.getLocalPort(), "ann", "secret")))
                        .build()) {
            Thread refuses = new Thread(() -> {
                try (Socket socket = proxy.accept()) {
                    asked.addAll(readHead(socket));
                    socket.getOutputStream()
                            .write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            refuses.start();
            UpstreamTarget far = UpstreamTarget.of("far", URI.create("https://upstream.invalid"));
            through.send(far, UpstreamRecorder.chat("Hello", ""), heard);
            UpstreamException failure = heard.failed();
            assertThat(failure.kind()).isEqualTo(UpstreamException.Kind.UNREACHABLE);
            assertThat(String.valueOf(failure.getMessage())).contains("403").doesNotContain("secret");
            refuses.join();
            assertThat(asked).first().isEqualTo("CONNECT upstream.invalid:443 HTTP/1.1");
            assertThat(asked).anyMatch(line -> line.equalsIgnoreCase("proxy-authorization: Basic YW5uOnNlY3JldA=="));
        }
    }

    @Test
    void theEnvironmentNamesProxies() {
        UpstreamProxies proxies = UpstreamProxies.of(Map.of(
                "HTTPS_PROXY", "http://ann:p%40ss@proxy:3128", "NO_PROXY", "intern.example, .corp:8443,10.0.0.7"));
        UpstreamProxies.Server server =
                proxies.proxyFor(URI.create("https://api.openai.com")).orElseThrow();
        assertThat(server).isEqualTo(new UpstreamProxies.Server(false, "proxy", 3128, "ann", "p@ss"));
        assertThat(server.toString()).isEqualTo("http://proxy:3128");
        assertThat(List.of(
                        "https://intern.example",
                        "https://llm.intern.example/v1",
                        "https://a.corp:8443",
                        "https://10.0.0.7",
                        "https://localhost:8090",
                        "https://127.0.0.1:8090",
                        "http://api.openai.com"))
                .allSatisfy(url -> assertThat(proxies.proxyFor(URI.create(url))).isEmpty());
        assertThat(List.of("https://a.corp", "https://notintern.example"))
                .allSatisfy(url -> assertThat(proxies.proxyFor(URI.create(url))).isPresent());
        assertThat(UpstreamProxies.of(Map.of("all_proxy", "socks5://s")).proxyFor(URI.create("http://far.example")))
                .contains(new UpstreamProxies.Server(true, "s", 1080, "", ""));
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> UpstreamProxies.of(Map.of("HTTPS_PROXY", "ftp://u:secret@x")))
                .hasMessageStartingWith("HTTPS_PROXY: ")
                .hasMessageNotContaining("secret");
    }

    private static List<String> readHead(Socket socket) throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        List<String> lines = new CopyOnWriteArrayList<>();
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            lines.add(line);
        }
        return lines;
    }
}
