package io.tidewire.auth;

import static io.tidewire.auth.TokenException.Kind.INVALID;
import static io.tidewire.auth.TokenException.Kind.KEYS_UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.nimbusds.jose.jwk.OctetSequenceKey;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With an issuer's key set on a real server. Minimum age 15 s, maximum 10 min, staleness 24 h. */
class RemoteKeysTest {
    private static final KeyPair OLD = TestKeys.P256;
    private static final KeyPair NEW = TestKeys.ED25519;

    private final Tokens.Clock clock = new Tokens.Clock();
    private final CountDownLatch closed = new CountDownLatch(1);
    private KeySetServer server;
    private RemoteKeys keys;
    private TokenVerifier verifier;

    RemoteKeysTest() throws IOException {
        server = new KeySetServer();
        keys = Keys.jwks(server.uri()).clock(clock).build();
        verifier = verifier(keys);
    }

    @BeforeEach
    void serveTheOldKey() {
        server.body = TestKeys.jwks(TestKeys.jwk(OLD, "old"));
    }

    @AfterEach
    void stop() {
        closed.countDown();
        server.close();
    }

    private TokenVerifier verifier(Keys keys) {
        return Tokens.trusting(TrustedIssuer.unnamed().keys(keys)).clock(clock).build();
    }

    private static String token(KeyPair pair, String keyId) {
        SigningKey key = TestKeys.signing(pair);
        return Tokens.signed(key, Tokens.header(key, ",\"kid\":\"" + keyId + "\""), "{\"sub\":\"ann\"}");
    }

    private void awaitRequest() throws InterruptedException {
        assertThat(server.arrived.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void keysAreFetchedOnceAndKept() throws InterruptedException {
        Tokens.accepted(verifier, token(OLD, "old"));
        clock.to(599);
        Tokens.accepted(verifier, token(OLD, "old"));
        assertThat(server.requests()).isEqualTo(1);
    }

    @Test
    void aTokenWithoutKeyIdMayBeOfAnyKey() {
        server.body = TestKeys.jwks(
                TestKeys.jwk(NEW, "new"), TestKeys.jwk(TestKeys.ec("secp256r1"), "x"), TestKeys.jwk(OLD, "old"));
        SigningKey key = TestKeys.signing(OLD);
        Tokens.accepted(verifier, Tokens.signed(key, Tokens.header(key, ""), "{}"));
    }

    @Test
    void aKeyIdThatPointsElsewhereFindsNothing() {
        server.body = TestKeys.jwks(TestKeys.jwk(NEW, "new"), TestKeys.jwk(OLD, "old"));
        assertThat(Tokens.refusal(verifier, token(OLD, "new"))).isEqualTo(INVALID);
        assertThat(Tokens.refusal(verifier, token(NEW, "old"))).isEqualTo(INVALID);
    }

    @Nested
    class WhenKeysRotate {
        @Test
        void anUnknownKeyIdFetchesAgain() {
            Tokens.accepted(verifier, token(OLD, "old"));
            server.body = TestKeys.jwks(TestKeys.jwk(NEW, "new"), TestKeys.jwk(OLD, "old"));
            clock.to(15);
            Tokens.accepted(verifier, token(NEW, "new"));
            Tokens.accepted(verifier, token(OLD, "old"));
            assertThat(server.requests()).isEqualTo(2);
        }

        @Test
        void aWithdrawnKeyTakesItsVerifiedTokensAlong() {
            String token = token(OLD, "old");
            assertThat(Tokens.accepted(verifier, token)).isSameAs(Tokens.accepted(verifier, token));
            server.body = TestKeys.jwks(TestKeys.jwk(NEW, "new"));
            clock.to(15);
            Tokens.accepted(verifier, token(NEW, "new"));
            assertThat(Tokens.refusal(verifier, token)).isEqualTo(INVALID);
        }

        @Test
        void unknownKeyIdsFetchOnceInAWhileOnly() {
            Tokens.accepted(verifier, token(OLD, "old"));
            for (int round = 1; round <= 3; round++) {
                clock.to(15L * round);
                for (int i = 0; i < 20; i++) {
                    assertThat(Tokens.refusal(verifier, token(NEW, "unknown" + i)))
                            .isEqualTo(INVALID);
                }
                assertThat(server.requests()).isEqualTo(1 + round);
            }
        }

        @Test
        void aClockThatIsSetBackDoesNotStopFetches() {
            Tokens.accepted(verifier, token(OLD, "old"));
            server.body = TestKeys.jwks(TestKeys.jwk(NEW, "new"));
            clock.to(-3600);
            Tokens.accepted(verifier, token(NEW, "new"));
        }

        @Test
        void oldKeysAreRenewedInTheBackground() throws InterruptedException {
            server.cacheControl = "public, max-age=60";
            Tokens.accepted(verifier, token(OLD, "old"));
            awaitRequest();
            clock.to(59);
            Tokens.accepted(verifier, token(OLD, "old"));
            assertThat(server.requests()).isEqualTo(1);

            server.head = closed;
            clock.to(60);
            Tokens.accepted(verifier, token(OLD, "old")); // does not wait
            awaitRequest();
            assertThat(server.requests()).isEqualTo(2);
        }

        @ParameterizedTest
        @ValueSource(strings = {"max-age=0", "no-store, max-age=1"})
        void noAgeMeansTheLeast(String cacheControl) throws InterruptedException {
            server.cacheControl = cacheControl;
            Tokens.accepted(verifier, token(OLD, "old"));
            awaitRequest();
            clock.to(15);
            Tokens.accepted(verifier, token(OLD, "old"));
            awaitRequest();
        }

        @ParameterizedTest
        @ValueSource(strings = {"max-age=0", "max-age=1", "no-store", "max-age=999999999", "max-age=x", ""})
        void whatTheIssuerSaysCountsWithinBounds(String cacheControl) throws InterruptedException {
            server.cacheControl = cacheControl;
            Tokens.accepted(verifier, token(OLD, "old"));
            awaitRequest();
            clock.to(14);
            Tokens.accepted(verifier, token(OLD, "old"));
            assertThat(server.requests()).isEqualTo(1);
            clock.to(600);
            Tokens.accepted(verifier, token(OLD, "old"));
            awaitRequest();
        }
    }

    @Nested
    class WhenTheIssuerIsDown {
        @Test
        void nobodyIsLetInBeforeTheFirstFetch() {
            server.status = 500;
            TokenException failure = Tokens.refused(verifier, token(OLD, "old"));
            assertThat(failure.kind()).isEqualTo(KEYS_UNAVAILABLE);
            assertThat(failure.kind().status()).isEqualTo(503);
            assertThat(failure).hasMessage("temporarily_unavailable");
            assertThat(failure.detail()).contains("status: 500");
            assertThat(Tokens.failure(keys.warmUp()).kind()).isEqualTo(KEYS_UNAVAILABLE);
            assertThat(server.requests()).as("rate limited").isEqualTo(1);

            server.status = 200;
            clock.to(15);
            Tokens.accepted(verifier, token(OLD, "old"));
        }

        @Test
        void knownKeysServeOnButNotForEver() throws ExecutionException {
            Tokens.within(keys.warmUp());
            server.status = 503;
            for (long second = 1000; second < 86_400; second += 5000) {
                clock.to(second);
                Tokens.accepted(verifier, token(OLD, "old"));
            }
            clock.to(86_400);
            assertThat(Tokens.refusal(verifier, token(OLD, "old"))).isEqualTo(KEYS_UNAVAILABLE);
            server.status = 200;
            clock.to(86_500);
            Tokens.accepted(verifier, token(OLD, "old"));
        }

        @Test
        void anUnknownKeyIdMayBeGood() {
            Tokens.accepted(verifier, token(OLD, "old"));
            server.status = 500;
            clock.to(15);
            assertThat(Tokens.refusal(verifier, token(NEW, "new"))).isEqualTo(KEYS_UNAVAILABLE);
            assertThat(Tokens.refusal(verifier, token(NEW, "new"))).isEqualTo(KEYS_UNAVAILABLE);
            assertThat(server.requests()).isEqualTo(2);
        }

        @Test
        void nothingListens() {
            server.close();
            assertThat(Tokens.refusal(verifier, token(OLD, "old"))).isEqualTo(KEYS_UNAVAILABLE);
        }
    }

    @Nested
    class WhenTheIssuerMisbehaves {
        @Test
        void callersDoNotWaitAndShareOneFetch() throws ExecutionException {
            server.head = closed;
            List<CompletionStage<Identity>> waiting = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                waiting.add(verifier.verify(token(OLD, "old")));
            }
            assertThat(waiting).noneMatch(each -> each.toCompletableFuture().isDone());
            closed.countDown();
            for (CompletionStage<Identity> each : waiting) {
                assertThat(Tokens.within(each).subject()).isEqualTo("ann");
            }
            assertThat(server.requests()).isEqualTo(1);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void aSlowAnswerIsGivenUp(boolean head) {
            if (head) {
                server.head = closed;
            } else {
                server.rest = closed;
            }
            RemoteKeys impatient = Keys.jwks(server.uri())
                    .clock(clock)
                    .timeout(Duration.ofMillis(200))
                    .build();
            assertThat(Tokens.refusal(verifier(impatient), token(OLD, "old"))).isEqualTo(KEYS_UNAVAILABLE);
        }

        @Test
        void aHugeAnswerIsGivenUp() {
            server.body = " ".repeat(JwksFetch.MAX_BODY_BYTES) + TestKeys.jwks(TestKeys.jwk(OLD, "old"));
            assertThat(Tokens.refused(verifier, token(OLD, "old")).detail()).contains("too large");
        }

        @Test
        void tooManyKeysAreRefused() {
            server.body = TestKeys.jwks(Collections.nCopies(JwkSet.MAX_KEYS + 1, "{}"));
            assertThat(Tokens.refusal(verifier, token(OLD, "old"))).isEqualTo(KEYS_UNAVAILABLE);
        }

        @ParameterizedTest
        @ValueSource(strings = {"text/html", "application/octet-stream", "application/jsonp", "json"})
        void anotherContentTypeIsRefused(String type) {
            server.contentType = type;
            assertThat(Tokens.refused(verifier, token(OLD, "old")).detail()).contains("content type");
        }

        @ParameterizedTest
        @ValueSource(strings = {"application/json", "Application/JSON; charset=utf-8", "application/jwk-set+json"})
        void jsonIsTaken(String type) {
            server.contentType = type;
            Tokens.accepted(verifier, token(OLD, "old"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "<html>", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[],\"keys\":[]}"})
        void nonsenseIsRefused(String body) {
            server.body = body;
            assertThat(Tokens.refusal(verifier, token(OLD, "old"))).isEqualTo(KEYS_UNAVAILABLE);
        }

        @ParameterizedTest
        @ValueSource(ints = {301, 302, 307, 404, 201})
        void onlyAPlainAnswerCounts(int status) {
            server.status = status;
            assertThat(Tokens.refusal(verifier, token(OLD, "old"))).isEqualTo(KEYS_UNAVAILABLE);
            assertThat(server.requests()).as("no redirect").isEqualTo(1);
        }
    }

    @Nested
    class UnfitKeysAreLeftOut {
        private List<VerificationKey> parsed(String... keys) throws JsonSyntaxException {
            return JwkSet.parse(TestKeys.jwks(List.of(keys)).getBytes(StandardCharsets.UTF_8));
        }

        private String with(String more) {
            return TestKeys.jwk(OLD, "old").toJSONString().replaceFirst("\\{", "{" + more + ",");
        }

        @Test
        void sharedSecrets() throws JsonSyntaxException {
            assertThat(parsed(new OctetSequenceKey.Builder(TestKeys.SECRET.getBytes(StandardCharsets.UTF_8))
                            .keyID("old")
                            .build()
                            .toJSONString()))
                    .isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"use\":\"enc\"",
                    "\"use\":1",
                    "\"key_ops\":[\"encrypt\"]",
                    "\"key_ops\":\"verify\"",
                    "\"alg\":\"ES384\"",
                    "\"alg\":\"HS256\"",
                    "\"alg\":\"ECDH-ES\"",
                    "\"alg\":null"
                })
        void keysForSomethingElse(String more) throws JsonSyntaxException {
            assertThat(parsed(with(more))).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"\"use\":\"sig\"", "\"key_ops\":[\"verify\"]", "\"alg\":\"ES256\"", "\"x5u\":\"http://a\""})
        void othersStay(String more) throws JsonSyntaxException {
            assertThat(parsed("{\"kty\":\"?\"}", with(more), "{}", "[]", "1")).hasSize(1);
        }

        @Test
        void weakAndBrokenOnes() throws JsonSyntaxException {
            String point = "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"";
            assertThat(parsed(
                            TestKeys.jwk(TestKeys.rsa(1024), "weak").toJSONString(),
                            "{\"kty\":\"EC\",\"crv\":\"P-256\"," + point + "}",
                            "{\"kty\":\"EC\",\"crv\":\"P-256\"," + point + ",\"y\":\"AAAA\"}",
                            "{\"kty\":\"EC\",\"crv\":\"secp256k1\"," + point + ",\"y\":\"AAAA\"}",
                            "{\"kty\":\"RSA\",\"n\":\"\",\"e\":\"AQAB\"}",
                            "{\"kty\":\"RSA\",\"n\":7,\"e\":\"AQAB\"}",
                            "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}",
                            "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"????\"}",
                            "{\"kty\":\"OKP\",\"crv\":\"X25519\"," + point + "}"))
                    .isEmpty();
        }

        @Test
        void aKeysOwnAlgorithmBindsIt() throws JsonSyntaxException {
            String rsa = TestKeys.jwk(TestKeys.RSA, "rsa").toJSONString().replaceFirst("\\{", "{\"alg\":\"PS256\",");
            VerificationKey key = parsed(rsa).get(0);
            assertThat(key.fits(Algorithm.PS256)).isTrue();
            assertThat(key.fits(Algorithm.RS256)).isFalse();
        }

        @Test
        void privatePartsAreNotKept() throws JsonSyntaxException {
            String d = with("\"d\":\"AAAA\"");
            assertThat(parsed(d)).isEqualTo(parsed(with("\"use\":\"sig\"")));
        }
    }

    @Nested
    class Configuration {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "http://auth.example.com/jwks",
                    "http://127.0.0.1.example.com/jwks",
                    "http://localhost.example.com/jwks",
                    "file:///etc/jwks",
                    "ftp://localhost/jwks",
                    "/jwks",
                    "https:/jwks",
                    "https://user:pass@auth.example.com/jwks",
                    "https://auth.example.com/jwks#x"
                })
        void addressesThatAreNotSafe(String uri) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Keys.jwks(URI.create(uri)).build())
                    .withMessageContaining("https")
                    .withMessageNotContaining("pass");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "https://a.example/jwks",
                    "http://localhost/jwks",
                    "http://127.8.8.8:1/",
                    "http://[::1]:8080/"
                })
        void addressesThatAre(String uri) {
            assertThat(Keys.jwks(URI.create(uri)).build().toString()).contains("RemoteKeys[");
        }

        @Test
        void plaintextMustBeAskedFor() {
            Keys.jwks(URI.create("http://auth.internal/jwks"))
                    .plaintextAllowed(true)
                    .build();
        }

        @Test
        void agesInOrder() {
            RemoteKeys.Builder builder = Keys.jwks(server.uri());
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder.minAge(Duration.ofMinutes(11)).build());
            assertThatIllegalArgumentException().isThrownBy(() -> builder.timeout(Duration.ZERO));
            assertThatIllegalArgumentException().isThrownBy(() -> Keys.anyOf(keys));
        }
    }
}
