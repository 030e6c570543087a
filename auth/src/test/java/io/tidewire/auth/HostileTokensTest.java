package io.tidewire.auth;

import static io.tidewire.auth.TokenException.Kind.EXPIRED;
import static io.tidewire.auth.TokenException.Kind.INVALID;
import static io.tidewire.auth.TokenException.Kind.MALFORMED;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an attacker may present. */
class HostileTokensTest {
    private static final String ALL = "{\"mercure\":{\"publish\":[\"*\"],\"subscribe\":[\"*\"]}}";
    private static final long NOW = Tokens.NOW.getEpochSecond();

    private final TokenVerifier simple = Tokens.simpleVerifier();

    private static TokenVerifier pem(KeyPair pair) {
        return Tokens.trusting(TrustedIssuer.unnamed().keys(Keys.pem(TestKeys.publicPem(pair))))
                .build();
    }

    private static String signed(SigningKey key, String more) {
        return Tokens.signed(key, Tokens.header(key, more), ALL);
    }

    @Nested
    class Algorithms {
        @ParameterizedTest
        @ValueSource(
                strings = {"none", "None", "NONE", "nOnE", "none ", "", "hs256", "HS256 ", "HS1", "RSA1_5", "ES256K"})
        void noneAndUnknownOnes(String name) {
            String unsigned = Tokens.base64("{\"alg\":\"" + name + "\"}") + "." + Tokens.base64(ALL) + ".";
            assertThat(Tokens.refusal(simple, unsigned)).isEqualTo(INVALID);
            String right = signed(TestKeys.hmac(), "");
            assertThat(Tokens.refusal(simple, unsigned + right.substring(right.lastIndexOf('.') + 1)))
                    .isEqualTo(INVALID);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"{}", "{\"alg\":null}", "{\"alg\":1}", "{\"alg\":[\"HS256\"]}", "[]", "\"HS256\"", "null"})
        void missingOrOfAnotherType(String header) {
            assertThat(Tokens.refusal(simple, Tokens.signed(TestKeys.hmac(), header, ALL)))
                    .isEqualTo(MALFORMED);
        }

        @Test
        void aPublicKeyAsSecret() throws GeneralSecurityException {
            TokenVerifier rsa = pem(TestKeys.RSA);
            String pem = TestKeys.publicPem(TestKeys.RSA);
            String input = Tokens.base64("{\"alg\":\"HS256\"}") + "." + Tokens.base64(ALL);
            for (byte[] secret : new byte[][] {
                pem.getBytes(StandardCharsets.US_ASCII),
                pem.strip().getBytes(StandardCharsets.US_ASCII),
                TestKeys.RSA.getPublic().getEncoded()
            }) {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(secret, "HmacSHA256"));
                String signature = Tokens.base64(mac.doFinal(input.getBytes(StandardCharsets.US_ASCII)));
                assertThat(Tokens.refusal(rsa, input + "." + signature)).isEqualTo(INVALID);
            }
        }

        @ParameterizedTest
        @EnumSource
        void oneOfAnotherKeyType(Algorithm algorithm) {
            String token = signed(TestKeys.hmac(), "")
                    .replaceFirst("[^.]*", Tokens.base64("{\"alg\":\"" + algorithm.joseName() + "\"}"));
            assertThat(Tokens.refusal(pem(TestKeys.P256), token)).isEqualTo(INVALID);
        }

        @Test
        void oneThatTheIssuerMayNotUse() {
            TokenVerifier narrow = Tokens.trusting(TrustedIssuer.unnamed()
                            .keys(Keys.pem(TestKeys.publicPem(TestKeys.RSA)))
                            .algorithms(Algorithm.PS256))
                    .build();
            assertThat(Tokens.refusal(narrow, signed(TestKeys.signing(TestKeys.RSA), "")))
                    .isEqualTo(INVALID);
        }

        @Test
        void aLongerHashOfTheSameSecret() {
            assertThat(Tokens.refusal(simple, signed(SigningKey.secret(TestKeys.SECRET, Algorithm.HS512), "")))
                    .isEqualTo(INVALID);
        }
    }

    @Nested
    class Headers {
        @Test
        void anEmbeddedKeyIsNotUsed() {
            KeyPair own = TestKeys.ec("secp256r1");
            String jwk = ",\"jwk\":" + TestKeys.jwk(own, "mine").toJSONString();
            assertThat(Tokens.refusal(pem(TestKeys.P256), signed(TestKeys.signing(own), jwk)))
                    .isEqualTo(INVALID);
        }

        @ParameterizedTest
        @ValueSource(strings = {"jku", "x5u"})
        void aKeyUrlIsNotFollowed(String name) throws Exception {
            KeyPair own = TestKeys.ec("secp256r1");
            try (KeySetServer server = new KeySetServer()) {
                server.body = TestKeys.jwks(TestKeys.jwk(own, "mine"));
                String url = ",\"kid\":\"mine\",\"" + name + "\":\"" + server.uri() + "\"";
                assertThat(Tokens.refusal(pem(TestKeys.P256), signed(TestKeys.signing(own), url)))
                        .isEqualTo(INVALID);
                // Some honest issuers send it. It makes no difference.
                Tokens.accepted(pem(TestKeys.P256), signed(TestKeys.signing(TestKeys.P256), url));
                assertThat(server.requests()).isZero();
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    ",\"crit\":[\"exp\"],\"exp\":1",
                    ",\"crit\":[]",
                    ",\"crit\":null",
                    ",\"b64\":false",
                    ",\"crit\":[\"b64\"],\"b64\":false"
                })
        void extensionsAreRefused(String more) {
            assertThat(Tokens.refusal(simple, signed(TestKeys.hmac(), more))).isEqualTo(INVALID);
        }

        @ParameterizedTest
        @ValueSource(strings = {"../../dev/null", "' OR 1=1 --", "\\u0000", "http://localhost/"})
        void aStrangeKeyIdIsOnlyAHint(String keyId) {
            Tokens.accepted(simple, signed(TestKeys.hmac(), ",\"kid\":\"" + keyId + "\""));
        }

        @ParameterizedTest
        @ValueSource(strings = {",\"kid\":1", ",\"typ\":{}", ",\"typ\":null", ",\"alg\":\"HS256\""})
        void wrongTypesAndDuplicates(String more) {
            assertThat(Tokens.refusal(simple, signed(TestKeys.hmac(), more))).isEqualTo(MALFORMED);
        }

        @ParameterizedTest
        @ValueSource(strings = {"dpop+jwt", "logout+jwt", "secevent+jwt", "JOSE", "application/", ""})
        void tokensMadeForSomethingElse(String type) {
            assertThat(Tokens.refusal(simple, signed(TestKeys.hmac(), ",\"typ\":\"" + type + "\"")))
                    .isEqualTo(INVALID);
        }

        @ParameterizedTest
        @ValueSource(strings = {"JWT", "jwt", "application/jwt", "at+jwt"})
        void theOlderDialectTakesTheUsualTypes(String type) {
            Tokens.accepted(simple, signed(TestKeys.hmac(), ",\"typ\":\"" + type + "\""));
        }
    }

    @Nested
    class Signatures {
        @Test
        void ofSomebodyElse() {
            assertThat(Tokens.refusal(pem(TestKeys.P256), signed(TestKeys.signing(TestKeys.ec("secp256r1")), "")))
                    .isEqualTo(INVALID);
        }

        @Test
        void ofZeros() {
            for (int bytes : new int[] {0, 1, 63, 64, 65, 96, 132}) {
                String input = Tokens.base64("{\"alg\":\"ES256\"}") + "." + Tokens.base64(ALL);
                assertThat(Tokens.refusal(pem(TestKeys.P256), input + "." + Tokens.base64(new byte[bytes])))
                        .isEqualTo(INVALID);
            }
        }

        @Test
        void inDerWhereRawIsDue() throws GeneralSecurityException {
            String input = Tokens.base64("{\"alg\":\"ES256\"}") + "." + Tokens.base64(ALL);
            Signature der = Signature.getInstance("SHA256withECDSA");
            der.initSign(TestKeys.P256.getPrivate());
            der.update(input.getBytes(StandardCharsets.US_ASCII));
            assertThat(Tokens.refusal(pem(TestKeys.P256), input + "." + Tokens.base64(der.sign())))
                    .isEqualTo(INVALID);
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 32, 63, 65, 128})
        void ofAWrongLengthForEd25519(int bytes) {
            String token = signed(TestKeys.signing(TestKeys.ED25519), "");
            int dot = token.lastIndexOf('.') + 1;
            byte[] cut = Arrays.copyOf(Base64.getUrlDecoder().decode(token.substring(dot)), bytes);
            assertThat(Tokens.refusal(pem(TestKeys.ED25519), token.substring(0, dot) + Tokens.base64(cut)))
                    .isEqualTo(INVALID);
        }

        @ParameterizedTest
        @EnumSource(names = {"HS256", "RS256", "ES256", "EDDSA"})
        void afterAnyFlippedBit(Algorithm algorithm) {
            boolean hmac = algorithm == Algorithm.HS256;
            SigningKey key = hmac ? TestKeys.hmac() : TestKeys.signing(TestKeys.fitting(algorithm));
            TokenVerifier verifier = hmac ? simple : pem(TestKeys.fitting(algorithm));
            String token = signed(key, "");
            Tokens.accepted(verifier, token);
            for (int at = 0; at < token.length(); at++) {
                for (int bit = hmac ? 1 : 2; bit < 0x100; bit <<= hmac ? 1 : 3) { // all with the cheap one
                    char flipped = (char) (token.charAt(at) ^ bit);
                    String bad = token.substring(0, at) + flipped + token.substring(at + 1);
                    assertThat(Tokens.refusal(verifier, bad))
                            .as("%s at %d", bad, at)
                            .isIn(INVALID, MALFORMED);
                }
            }
        }

        @ParameterizedTest
        @EnumSource(names = {"RS256", "ES256", "EDDSA"})
        void afterAnyFlippedBitUnderTheEncoding(Algorithm algorithm) {
            TokenVerifier verifier = pem(TestKeys.fitting(algorithm));
            String token = signed(TestKeys.signing(TestKeys.fitting(algorithm)), "");
            int dot = token.lastIndexOf('.') + 1;
            byte[] signature = Base64.getUrlDecoder().decode(token.substring(dot));
            for (int bit = 0; bit < signature.length * 8; bit++) {
                byte[] bad = signature.clone();
                bad[bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(Tokens.refusal(verifier, token.substring(0, dot) + Tokens.base64(bad)))
                        .as("bit %d", bit)
                        .isEqualTo(INVALID);
            }
        }
    }

    @Nested
    class Shapes {
        @Test
        void truncatedAnywhere() {
            String token = signed(TestKeys.hmac(), "");
            for (int length = 0; length < token.length(); length++) {
                assertThat(Tokens.refusal(simple, token.substring(0, length))).isIn(INVALID, MALFORMED);
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"", ".", "..", "...", "a.b", "a.b.c.d.e", " ", "\u0000", "Bearer x", "ä.ö.ü", "{}.{}.x"})
        void noTokensAtAll(String token) {
            assertThat(Tokens.refusal(simple, token)).isEqualTo(MALFORMED);
        }

        @Test
        void aSecondSpellingOfTheSameToken() {
            String token = signed(TestKeys.hmac(), "");
            for (String other :
                    new String[] {token + "=", token + " ", " " + token, token + "\n", token.replace(".", ".=")}) {
                assertThat(Tokens.refusal(simple, other)).isEqualTo(MALFORMED);
            }
        }

        @Test
        void aMegabyteIsRefusedUnread() {
            TokenException refusal = Tokens.refused(simple, "a.".repeat(512 << 10));
            assertThat(refusal.kind()).isEqualTo(MALFORMED);
            assertThat(refusal.detail()).isEqualTo("token: 1048576 characters (expected: at most 16384)");
        }

        @Test
        void deepNesting() {
            for (String deep : new String[] {"[", "{\"a\":"}) {
                assertThat(Tokens.refusal(simple, Tokens.simple("{\"x\":" + deep.repeat(2000))))
                        .isEqualTo(MALFORMED);
            }
            Tokens.accepted(simple, Tokens.simple("{\"x\":" + "[".repeat(30) + "]".repeat(30) + "}"));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"sub\":\"ann\",\"sub\":\"root\"}",
                    "{\"sub\":\"ann\",\"s\\u0075b\":\"root\"}",
                    "{\"mercure\":{\"publish\":[],\"publish\":[\"*\"]}}",
                    "{\"x\":[{\"a\":1,\"a\":2}]}",
                    "[]",
                    "1",
                    "",
                    "{\"a\":1}{}",
                    "{\"sub\":\"\\ud800\"}",
                    "\ufeff{}"
                })
        void claimsThatTwoReadersWouldReadDifferently(String claims) {
            assertThat(Tokens.refusal(simple, Tokens.simple(claims))).isEqualTo(MALFORMED);
        }

        @Test
        void claimsThatAreNotUtf8() {
            String input = Tokens.base64("{\"alg\":\"HS256\"}") + "."
                    + Tokens.base64(new byte[] {'{', '"', 'a', '"', ':', '"', (byte) 0xc3, '"', '}'});
            String token = input + "." + TestKeys.hmac().sign(input.getBytes(StandardCharsets.US_ASCII));
            assertThat(Tokens.refusal(simple, token)).isEqualTo(MALFORMED);
        }
    }

    @Nested
    class WrongClaims {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"exp\":\"4102444800\"",
                    "\"exp\":null",
                    "\"exp\":true",
                    "\"exp\":-1",
                    "\"exp\":1e400",
                    "\"exp\":1e999999999",
                    "\"nbf\":\"0\"",
                    "\"nbf\":[0]",
                    "\"iat\":\"yesterday\"",
                    "\"iss\":1",
                    "\"sub\":[\"ann\"]",
                    "\"sub\":null",
                    "\"jti\":7",
                    "\"aud\":1",
                    "\"aud\":{}",
                    "\"aud\":[\"a\",1]",
                    "\"aud\":[[\"a\"]]",
                    "\"mercure\":[\"*\"]",
                    "\"mercure\":\"*\"",
                    "\"mercure\":null",
                    "\"mercure\":{\"publish\":\"*\"}",
                    "\"mercure\":{\"publish\":[1]}",
                    "\"mercure\":{\"publish\":[null]}",
                    "\"mercure\":{\"subscribe\":{\"a\":\"*\"}}",
                    "\"mercure\":{\"subscribe\":[[\"*\"]]}"
                })
        void ofAnotherType(String claim) {
            assertThat(Tokens.refusal(simple, Tokens.simple("{" + claim + "}"))).isEqualTo(INVALID);
        }

        @Test
        void expired() {
            assertThat(Tokens.refusal(simple, Tokens.simple("{\"exp\":" + NOW + "}")))
                    .isEqualTo(EXPIRED);
            assertThat(Tokens.refusal(simple, Tokens.simple("{\"exp\":" + (NOW - 0.5) + "}")))
                    .isEqualTo(EXPIRED);
            Tokens.accepted(simple, Tokens.simple("{\"exp\":" + (NOW + 1) + "}"));
        }

        @Test
        void expiryIsToldOnlyToWhoHadAValidToken() {
            String token = Tokens.simple("{\"exp\":1}");
            String forged = token.substring(0, token.lastIndexOf('.') + 1) + Tokens.base64(new byte[32]);
            assertThat(Tokens.refusal(simple, forged)).isEqualTo(INVALID);
        }

        @Test
        void notYetValid() {
            assertThat(Tokens.refusal(simple, Tokens.simple("{\"nbf\":" + (NOW + 61) + "}")))
                    .isEqualTo(INVALID);
            Tokens.accepted(simple, Tokens.simple("{\"nbf\":" + (NOW + 60) + "}"));
            TokenVerifier exact = Tokens.trusting(
                            TrustedIssuer.unnamed().keys(Keys.secret(TestKeys.SECRET, Algorithm.HS256)))
                    .clockSkew(Duration.ZERO)
                    .build();
            assertThat(Tokens.refusal(exact, Tokens.simple("{\"nbf\":" + (NOW + 1) + "}")))
                    .isEqualTo(INVALID);
        }

        @Test
        void withoutExpiryWhereItIsRequired() {
            TokenVerifier strict = Tokens.trusting(TrustedIssuer.unnamed()
                            .keys(Keys.secret(TestKeys.SECRET, Algorithm.HS256))
                            .expiryRequired(true))
                    .build();
            assertThat(Tokens.refusal(strict, Tokens.simple("{}"))).isEqualTo(INVALID);
            Tokens.accepted(strict, Tokens.simple("{\"exp\":" + (NOW + 1) + "}"));
        }
    }

    @Test
    void noFailureSaysMuch() {
        String token =
                signed(TestKeys.hmac(), ",\"kid\":\"line\\nbreak \\u001b[31m\"").replaceFirst("..$", "AA");
        TokenException refusal = Tokens.refused(simple, token);
        assertThat(refusal).hasMessage("invalid_token").hasNoCause();
        assertThat(refusal.kind().status()).isEqualTo(401);
        assertThat(refusal.detail()).contains("line?break").matches("[\\x20-\\x7e]+");
        for (String part : token.split("\\.")) {
            assertThat(refusal.detail()).doesNotContain(part);
        }
        assertThat(refusal.getStackTrace()).isEmpty();
    }
}
