package io.tidewire.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over TLS, where the stand-in offers HTTP/2. */
class UpstreamSecureTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final UpstreamRecorder heard = new UpstreamRecorder();
    private final X509Bundle certificate = certificate();
    private ModelStandIn model;
    private Upstream upstream;
    private UpstreamTarget target;

    private static X509Bundle certificate() {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        try {
            return new CertificateBuilder()
                    .subject("CN=model")
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

    @BeforeEach
    void start() throws Exception {
        Path chain = Files.writeString(folder.resolve("chain.pem"), certificate.getCertificatePathPEM());
        Path key = Files.writeString(folder.resolve("key.pem"), certificate.getPrivateKeyPEM());
        model = ModelStandIn.builder()
                .port(0)
                .tokensPerSecond(0)
                .tls(chain, key)
                .start();
        upstream = Upstream.builder()
                .proxies(UpstreamProxies.none())
                .alsoTrust(List.of(certificate.getCertificate()))
                .build();
        target = UpstreamTarget.of("model", model.uri());
    }

    @AfterEach
    void stop() {
        upstream.close();
        model.close();
    }

    @Test
    void http2IsSpokenAndForwardsTheSame() {
        upstream.send(
                target,
                new UpstreamRequest(
                        "POST",
                        "/echo/x?y",
                        List.of(Map.entry("x-stainless-lang", "js"), Map.entry("User-Agent", "a test")),
                        "body".getBytes(StandardCharsets.UTF_8)),
                heard);
        assertThat(heard.ended())
                .contains(
                        "\"x-http2-scheme\"",
                        "\"path\":\"/echo/x?y\"",
                        "[\"x-stainless-lang\",\"js\"]",
                        "[\"user-agent\",\"a test\"]")
                .contains("\"body\":\"body\"");
        assertThat(heard.answered().headers())
                .allSatisfy(field -> assertThat(field.getKey()).doesNotStartWith("x-http2-"));
    }

    @Test
    void cancelResetsItsStreamAlone() {
        UpstreamRecorder other = new UpstreamRecorder();
        upstream.send(target, UpstreamRecorder.chat("Other", "tokens=500; fault=stall@3"), other);
        await().atMost(PATIENCE).until(() -> other.text().equals(ModelTokens.text("Other", 3)));
        UpstreamCall call = upstream.send(target, UpstreamRecorder.chat("Stop", "tokens=500; fault=stall@3"), heard);
        await().atMost(PATIENCE).until(() -> heard.text().equals(ModelTokens.text("Stop", 3)));
        assertThat(model.stats().connections()).isEqualTo(1);
        call.cancel();
        await().atMost(PATIENCE).until(() -> model.stats().cancelled() == 1);
        model.release();
        other.ended();
        assertThat(other.text()).isEqualTo(ModelTokens.text("Other", 500));
        assertThat(heard.isOver()).isFalse();
    }

    @Test
    void aStreamThatIsResetInMidAnswerIsAFailure() {
        upstream.send(target, UpstreamRecorder.chat("Hello", "fault=cut@20"), heard);
        assertThat(heard.failed().kind()).isEqualTo(UpstreamException.Kind.CUT);
        assertThat(heard.text()).isEqualTo(ModelTokens.text("Hello", 20));
        heard.assertInOrderOnOneThread();
    }

    @Test
    void twoHundredAnswersShareConnections() {
        List<UpstreamRecorder> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            UpstreamRecorder one = new UpstreamRecorder();
            all.add(one);
            upstream.send(target, UpstreamRecorder.chat("Prompt " + i, "tokens=200; rate=500"), one);
        }
        for (int i = 0; i < all.size(); i++) {
            all.get(i).ended();
            assertThat(all.get(i).text()).isEqualTo(ModelTokens.text("Prompt " + i, 200));
            all.get(i).assertInOrderOnOneThread();
        }
        assertThat(model.stats().cancelled()).isZero();
        // 16 look for one at a time, so that many and a few more, each good for a hundred streams and more.
        assertThat(model.stats().connections()).isLessThan(100);
    }

    @Test
    void anUnknownCertificateIsRefusedBeforeAnythingIsSent() {
        try (Upstream strict =
                Upstream.builder().proxies(UpstreamProxies.none()).build()) {
            strict.send(target, UpstreamRecorder.chat("Hello", ""), heard);
            assertThat(heard.failed().kind()).isEqualTo(UpstreamException.Kind.UNREACHABLE);
            assertThat(model.stats().requests()).isZero();
        }
    }

    @Test
    void aCertificateForAnotherNameIsRefused() {
        UpstreamTarget otherName = UpstreamTarget.of("model", URI.create("https://127.0.0.1:" + model.port()));
        upstream.send(otherName, UpstreamRecorder.chat("Hello", ""), heard);
        assertThat(heard.failed().kind()).isEqualTo(UpstreamException.Kind.UNREACHABLE);
        assertThat(model.stats().requests()).isZero();
    }
}
