package io.tidewire.server;

import static io.tidewire.server.MercureFixture.AUDIENCE;
import static io.tidewire.server.MercureFixture.ISSUER;
import static io.tidewire.server.MercureFixture.PATH;
import static io.tidewire.server.MercureFixture.access;
import static io.tidewire.server.MercureFixture.all;
import static io.tidewire.server.MercureFixture.bearer;
import static io.tidewire.server.MercureFixture.old;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidewire.auth.Algorithm;
import io.tidewire.auth.Dialect;
import io.tidewire.auth.Keys;
import io.tidewire.auth.SigningKey;
import io.tidewire.auth.TokenIssuer;
import io.tidewire.auth.TokenVerifier;
import io.tidewire.auth.TrustedIssuer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an attacker tries, over sockets; after each, the hub serves everybody else. */
class MercureAttackTest {
    private static final String CLAIMS = "{\"mercure\":{\"publish\":[\"*\"],\"subscribe\":[\"*\"]}}";

    private final MercureFixture hub = new MercureFixture();

    @AfterEach
    void othersAreServed() throws IOException {
        RawClient stream = hub.stream("match=a");
        hub.upToMark(stream, "a");
        hub.close();
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String header(String token) {
        return "Authorization: Bearer " + token + "\r\n";
    }

    private void assertRefused(MercureFixture at, String authorization) throws IOException {
        assertThat(at.publish("topic=a&data=forged", authorization))
                .startsWith("HTTP/1.1 401")
                .contains("error=\"invalid_token\"");
        for (String query : new String[] {"?match=a", "?topic=a", "/subscriptions"}) {
            assertThat(at.get(PATH + query, authorization)).startsWith("HTTP/1.1 401");
        }
    }

    // V2
    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE", "nOnE", ""})
    void tokenWithoutASignatureIsRefused(String algorithm) throws IOException {
        String head = base64("{\"alg\":\"" + algorithm + "\",\"typ\":\"JWT\"}");
        assertRefused(hub, header(head + "." + base64(CLAIMS) + "."));
        String signature = old().publish("*").build().issue().split("\\.")[2];
        assertRefused(hub, header(head + "." + base64(CLAIMS) + "." + signature));
    }

    // V2, V3: a public key taken for a shared secret
    @Test
    void publicKeyIsNoSecret() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(pair.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
        TrustedIssuer rsa = TrustedIssuer.unnamed().keys(Keys.pem(pem)).build();
        try (MercureFixture guarded = new MercureFixture(b -> b.authentication(
                Authentication.tokens(TokenVerifier.builder().trust(rsa).build())
                        .withAnonymousSubscribe(true)))) {
            for (byte[] secret : new byte[][] {
                pem.getBytes(StandardCharsets.UTF_8),
                pem.strip().getBytes(StandardCharsets.UTF_8),
                pair.getPublic().getEncoded()
            }) {
                String signed = base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "." + base64(CLAIMS);
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(secret, "HmacSHA256"));
                assertRefused(
                        guarded,
                        header(signed + "." + base64(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)))));
            }
        }
    }

    // V3: a token cannot bring its key along
    @Test
    void keyInTheTokenIsNotUsed() throws Exception {
        byte[] secret = "the attacker's own secret, long enough".getBytes(StandardCharsets.UTF_8);
        String head = "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"jwk\":{\"kty\":\"oct\",\"k\":\"" + base64(secret) + "\"}}";
        String signed = base64(head) + "." + base64(CLAIMS);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        assertRefused(hub, header(signed + "." + base64(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)))));
    }

    // V4
    @Test
    void expiredTokenIsRefused() throws IOException {
        InstantSource past = InstantSource.fixed(Instant.now().minusSeconds(7200));
        assertRefused(hub, bearer(access().clock(past).publish("*").subscribe("*")));
        assertRefused(hub, bearer(old().clock(past).publish("*").subscribe("*")));
    }

    // V1, V3, V5: for another hub, of another issuer, of another kind; another issuer's key
    @Test
    void tokenOfAnotherAudienceIssuerTypeOrKeyIsRefused() throws IOException {
        assertRefused(
                hub, bearer(access().audience("https://other.example.com/").publish("*")));
        assertRefused(hub, bearer(access().audience(AUDIENCE + "/").publish("*")));
        assertRefused(hub, bearer(access().issuer(ISSUER + "/").publish("*")));
        assertRefused(hub, bearer(access().dialect(Dialect.MERCURE_0X).publish("*")));
        SigningKey stolen = SigningKey.secret("some other secret that is long enough", Algorithm.HS256);
        assertRefused(hub, bearer(TokenIssuer.with(stolen).publish("*")));
        assertRefused(
                hub,
                bearer(TokenIssuer.with(MercureFixture.OLD_KEY)
                        .dialect(Dialect.MERCURE_1)
                        .issuer(ISSUER)
                        .audience(AUDIENCE)
                        .subject("ann")
                        .publish("*")));
    }

    // T1: header and cookie at once
    @Test
    void strongCookieDoesNotHelpABadHeader() throws IOException {
        String cookie =
                "Cookie: mercureAuthorization=" + old().publish("*").build().issue() + "\r\n";
        assertRefused(hub, header("nonsense") + cookie);
        assertThat(hub.publish("topic=a", bearer(old()), cookie)).startsWith("HTTP/1.1 401");
    }

    // P4, P6, P7, S5: line ends in every field
    @ParameterizedTest
    @ValueSource(strings = {"topic", "id", "type", "retry"})
    void lineEndsInAFieldAreRefused(String field) throws IOException {
        for (String end : new String[] {"%0A", "%0D", "%0D%0A", "%00"}) {
            assertThat(hub.publish("topic=a&" + field + "=x" + end + "data:%20forged"))
                    .startsWith("HTTP/1.1 400");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"match", "match_exact", "match_urlpattern", "topic"})
    void lineEndsInAMatcherAreRefused(String name) throws IOException {
        for (String end : new String[] {"%0A", "%0D", "%0D%0A", "%00", "%C2%85"}) {
            assertThat(hub.get(PATH + "?" + name + "=x" + end + "Set-Cookie:a"))
                    .startsWith("HTTP/1.1 400")
                    .doesNotContain("\r\nSet-Cookie");
        }
    }

    // S4: the request that is refused gets no second life in a header
    @Test
    void nothingOfARefusedRequestBecomesAHeader() throws IOException {
        String answer = hub.get(PATH + "?match_%0D%0ASet-Cookie:%20a=b");
        assertThat(answer).startsWith("HTTP/1.1 400");
        assertThat(answer.substring(0, answer.indexOf("\r\n\r\n"))).doesNotContain("Set-Cookie");
    }

    // What was refused leaves nothing: no socket, stream, subscription or event
    @Test
    void tenThousandRefusedConnectionsLeaveNothing() throws IOException {
        String forged = header(base64("{\"alg\":\"none\"}") + "." + base64(CLAIMS) + ".");
        String request = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
        for (int i = 0; i < 10_000; i++) {
            try (RawClient client = new RawClient(hub.server.port())) {
                client.send("GET " + PATH + "?match=topic-" + i + request
                        + (i % 2 == 0 ? forged : "Authorization: x\r\n") + "\r\n");
                client.until("HTTP/1.1 40");
                client.reset();
            }
        }
        await().untilAsserted(() -> assertThat(hub.get("/metrics")).containsPattern("\ntidewire_sockets 1(\\.0)?\n"));
        assertThat(hub.server.hub().connectionCount()).isZero();
        assertThat(hub.get(PATH + "/subscriptions", all()))
                .contains("\"subscriptions\":[]", "last-event-id=\"earliest\"");
    }
}
