package io.tidewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.tidewire.hub.HubCounter;
import io.tidewire.log.Update;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS, by OpenSSL and by the JDK. */
@ParameterizedClass
@EnumSource(names = {"OPENSSL", "JDK"})
class TlsTest {
    private final SslProvider provider;
    private final List<RawClient> clients = new ArrayList<>();
    private Tidewire server;

    @TempDir
    Path folder = Path.of("");

    TlsTest(SslProvider provider) {
        this.provider = provider;
        this.server = builder().tlsSelfSigned().start();
    }

    private TidewireBuilder builder() {
        TidewireBuilder builder = Tidewire.builder().port(0).threads(2).http3(false);
        builder.tlsProvider = provider;
        return builder;
    }

    private void restart(TidewireBuilder builder) {
        server.close();
        server = builder.start();
    }

    @AfterEach
    void stop() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
        server.close();
    }

    private RawClient client() throws IOException {
        RawClient client = new RawClient(TrustAll.context().getSocketFactory().createSocket(), server.port(), 0);
        clients.add(client);
        return client;
    }

    private String get(String path) throws IOException {
        return client().send("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                .toEnd();
    }

    private String answer(HttpClient.Version version) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newBuilder()
                .sslContext(TrustAll.context())
                .version(version)
                .build();
        HttpRequest publish = HttpRequest.newBuilder(URI.create(server.uri() + "/events?topic=a"))
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("hello"))
                .build();
        HttpResponse<String> response = client.send(publish, HttpResponse.BodyHandlers.ofString());
        return response.version() + " " + response.statusCode() + " " + response.body();
    }

    // --- both providers

    @Test
    void providerIsTheOneThatWasChosen() {
        assertThat(OpenSsl.isAvailable()).isTrue();
        String engine = Objects.requireNonNull(server.certificates())
                .tls()
                .newEngine(io.netty.buffer.ByteBufAllocator.DEFAULT)
                .getClass()
                .getName();
        assertThat(engine).contains(provider == SslProvider.OPENSSL ? "OpenSsl" : "Jdk");
        assertThat(Certificates.bestProvider()).isEqualTo(SslProvider.OPENSSL);
    }

    @Test
    void clientChoosesItsHttpByAlpn() throws Exception {
        assertThat(answer(HttpClient.Version.HTTP_2)).startsWith("HTTP_2 200 {\"id\":\"#");
        assertThat(answer(HttpClient.Version.HTTP_1_1)).startsWith("HTTP_1_1 200 {\"id\":\"#");
    }

    @Test
    void decentClientsStreamOverHttp2DeliversAndResumes() throws Exception {
        HttpClient client =
                HttpClient.newBuilder().sslContext(TrustAll.context()).build();
        HttpRequest subscribe = HttpRequest.newBuilder(URI.create(server.uri() + "/events?topic=a"))
                .header("Last-Event-ID", "earliest")
                .build();
        server.hub().publish(Update.to("a").data("before").build());
        HttpResponse<java.util.stream.Stream<String>> response =
                client.send(subscribe, HttpResponse.BodyHandlers.ofLines());
        server.hub().publish(Update.to("a").data("after").build());
        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
        try (var lines = response.body()) {
            assertThat(lines.filter(line -> line.startsWith("data: ") && !line.contains("connection"))
                            .limit(2))
                    .containsExactly("data: before", "data: after");
        }
    }

    @Test
    void http1StreamsOverTls() throws IOException {
        RawClient client = client();
        client.send("GET /events?topic=a HTTP/1.1\r\nHost: x\r\n\r\n").until("event: connected");
        server.hub().publish(Update.to("a").data("grüße").build());
        assertThat(client.until("data: grüße\n\n")).contains("Transfer-Encoding: chunked");
        server.stop(Duration.ofMillis(50));
        assertThat(client.toEnd()).contains("\"reason\":\"shutdown\"").endsWith("0\r\n\r\n");
    }

    @Test
    void clientThatLeavesIsFreed() throws IOException {
        RawClient client = client();
        client.send("GET /events?topic=a HTTP/1.1\r\nHost: x\r\n\r\n").until("event: connected");
        client.close();
        await().until(() -> server.hub().connectionCount() == 0);
    }

    @Test
    void slowReaderHoldsNobodyUpAndLosesNothing() throws IOException {
        RawClient slow = new RawClient(TrustAll.context().getSocketFactory().createSocket(), server.port(), 2048);
        clients.add(slow);
        slow.send("GET /events?topic=a HTTP/1.1\r\nHost: x\r\n\r\n").until("event: connected");
        RawClient other = client();
        other.send("GET /events?topic=a HTTP/1.1\r\nHost: x\r\n\r\n").until("event: connected");
        String filler = "x".repeat(20_000);
        for (int i = 0; i < 1000; i++) {
            server.hub().publish(Update.to("a").data("n" + i + " " + filler).build());
        }
        other.until("data: n999 ");
        assertThat(server.hub().count(HubCounter.FELL_BEHIND)).isPositive();
        String all = slow.until("data: n999 ");
        assertThat(all.lines().filter(l -> l.startsWith("data: n")).map(l -> l.substring(7, l.indexOf(' ', 7))))
                .containsExactlyElementsOf(
                        IntStream.range(0, 1000).mapToObj(String::valueOf).toList());
    }

    @Test
    void earlyRefusalArrivesWholeThoughTheBodyIsSentOn() throws IOException {
        RawClient client = client();
        client.send("POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n" + "x".repeat(1000));
        client.until("404");
        assertThat(client.send("x".repeat(199_000)).toEnd()).contains("problem+json", "Connection: close");
    }

    @Test
    void pageLargerThanAnyBufferArrivesWhole() throws IOException {
        byte[] page = "p".repeat(3_000_000).getBytes(StandardCharsets.US_ASCII);
        restart(builder().tlsSelfSigned().page("/big", "text/plain", page));
        String answer = get("/big");
        assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4)).hasSize(3_000_000);
    }

    // --- the handshake

    @Test
    void clientThatSpeaksPlainHttpIsLetGoAndOthersAreServed() throws IOException {
        try (RawClient plain = new RawClient(server.port())) {
            String answer =
                    plain.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n").toEndOrReset();
            assertThat(answer).doesNotContain("HTTP/1.1 200", "up\n");
        }
        assertThat(get("/health")).endsWith("up\n");
    }

    @Test
    void handshakeThatStopsHalfWayIsClosed() throws IOException {
        restart(builder().tlsSelfSigned().limits(TestLimits.head(Duration.ofMillis(300))));
        for (byte[] begin : List.of(new byte[0], new byte[] {22, 3, 1, 2, 0, 1, 0})) { // the beginning of a ClientHello
            try (RawClient client = new RawClient(server.port())) {
                assertThat(client.send(begin).toEndOrReset()).doesNotContain("HTTP");
            }
        }
        try (RawClient client = client()) { // one that ends its handshake, and then says nothing
            assertThat(client.send("GET /hea").toEnd()).isEmpty();
        }
    }

    @Test
    void clientThatTrustsNobodyIsNoErrorOfOurs() throws Exception {
        try (Socket socket = javax.net.ssl.SSLSocketFactory.getDefault().createSocket("127.0.0.1", server.port())) {
            assertThatThrownBy(((SSLSocket) socket)::startHandshake)
                    .isInstanceOf(javax.net.ssl.SSLHandshakeException.class);
        }
        assertThat(get("/health")).endsWith("up\n");
    }

    // --- the files

    private static X509Bundle certificate(String name) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        try {
            return new CertificateBuilder()
                    .subject("CN=" + name)
                    .ecp256()
                    .setIsCertificateAuthority(true)
                    .notBefore(now.minus(1, ChronoUnit.HOURS))
                    .notAfter(now.plus(1, ChronoUnit.DAYS))
                    .addSanDnsName("localhost")
                    .buildSelfSigned();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private TlsFiles files(String certificate, String key) throws IOException {
        Path chain = Files.writeString(folder.resolve("chain.pem"), certificate);
        return new TlsFiles(chain, Files.writeString(folder.resolve("key.pem"), key));
    }

    private TlsFiles files(String name) throws IOException {
        X509Bundle bundle = certificate(name);
        return files(bundle.getCertificatePathPEM(), bundle.getPrivateKeyPEM());
    }

    private String subject() throws IOException {
        TrustAll trust = new TrustAll();
        try (SSLSocket socket =
                (SSLSocket) trust.asContext().getSocketFactory().createSocket("127.0.0.1", server.port())) {
            socket.startHandshake();
        }
        return trust.subject();
    }

    /** As the watcher does; the time of the files is set, for a file system that counts in seconds. */
    private void look(int secondsLater) throws IOException {
        for (Path file : List.of(folder.resolve("chain.pem"), folder.resolve("key.pem"))) {
            if (Files.exists(file)) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(secondsLater)));
            }
        }
        Objects.requireNonNull(server.certificates()).look();
    }

    @Test
    void certificateThatChangesIsTakenAndStreamsStay() throws IOException {
        restart(builder().tls(files("first")));
        assertThat(subject()).isEqualTo("CN=first");
        RawClient stays = client();
        stays.send("GET /events?topic=a HTTP/1.1\r\nHost: x\r\n\r\n").until("event: connected");
        files("second");
        look(10);
        assertThat(subject()).isEqualTo("CN=second");
        server.hub().publish(Update.to("a").data("still here").build());
        stays.until("data: still here\n\n");
    }

    @Test
    void changeThatIsUnfitIsNotTakenUntilItIsMended() throws IOException {
        restart(builder().tls(files("first")));
        files("half", "");
        look(10);
        assertThat(subject()).isEqualTo("CN=first");
        files(
                certificate("other").getCertificatePathPEM(),
                certificate("another").getPrivateKeyPEM());
        look(20);
        assertThat(subject()).isEqualTo("CN=first");
        Files.delete(folder.resolve("key.pem"));
        look(30);
        assertThat(subject()).isEqualTo("CN=first");
        files("second");
        look(40);
        assertThat(subject()).isEqualTo("CN=second");
    }

    private void startsNot(TlsFiles files, String... says) {
        TidewireBuilder builder = builder().tls(files);
        assertThatThrownBy(builder::start)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tls: ")
                .message()
                .contains(says);
    }

    @Test
    void fileThatIsMissingOrUnfitIsNamed() throws IOException {
        X509Bundle good = certificate("good");
        TlsFiles there = files(good.getCertificatePathPEM(), good.getPrivateKeyPEM());
        Path gone = folder.resolve("gone.pem");
        startsNot(new TlsFiles(gone, there.privateKey()), gone.toString(), "cannot be read");
        startsNot(new TlsFiles(there.certificateChain(), gone), gone.toString(), "cannot be read");
        startsNot(new TlsFiles(there.privateKey(), there.privateKey()), "key.pem", "unfit");
        startsNot(files("no certificate", good.getPrivateKeyPEM()), "chain.pem", "unfit");
        startsNot(files(good.getCertificatePathPEM(), "no key"), "key.pem", "unfit");
        startsNot(
                files(good.getCertificatePathPEM(), certificate("other").getPrivateKeyPEM()),
                "key.pem",
                "unfit",
                "not the certificate's");
    }

    @Test
    void pinIsThatOfTheCertificateOfItsOwnMaking() throws Exception {
        try (SSLSocket socket =
                (SSLSocket) TrustAll.context().getSocketFactory().createSocket("127.0.0.1", server.port())) {
            socket.startHandshake();
            byte[] key =
                    socket.getSession().getPeerCertificates()[0].getPublicKey().getEncoded();
            String pin = Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(key));
            assertThat(server.selfSignedPin()).contains(pin);
        }
        restart(builder().tls(files("from files")));
        assertThat(server.selfSignedPin()).isEmpty();
        restart(builder());
        assertThat(server.selfSignedPin()).isEmpty();
    }

    @Test
    void addressToConnectToIsHttps() {
        assertThat(server.uri()).hasScheme("https").hasPort(server.port());
        assertThat(new InetSocketAddress(server.uri().getHost(), server.port()).isUnresolved())
                .isFalse();
    }
}
