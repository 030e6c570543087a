package io.tidewire.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Base64;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTest {
    private static final String CLAIMS = "{\"mercure\":{\"publish\":[\"*\"]}}";

    /** Self-signed, for a P-256 key that nobody has any more; openssl made it and the token. */
    private static final String CERTIFICATE = """
            -----BEGIN CERTIFICATE-----
            MIIBhzCCAS2gAwIBAgIUeomWadRIUEweuFmQ/LeSFb0OMgIwCgYIKoZIzj0EAwIw
            GDEWMBQGA1UEAwwNdGlkZXdpcmUtdGVzdDAgFw0yNjExMjExNDEwMDBaGA8yMTI2
            MTAyODE0MTAwMFowGDEWMBQGA1UEAwwNdGlkZXdpcmUtdGVzdDBZMBMGByqGSM49
            AgEGCCqGSM49AwEHA0IABEuOFeHNrzvSdjRXI22GL30XuD4Xo9NrtqdzGZWg9YA2
            3sfcoX3pEu25pJ2tYXUNzYtnmZtBYhNCmALQc0xIp5ujUzBRMB0GA1UdDgQWBBQe
            kNxRNF/93d7Zd+vuf4/sHdRstTAfBgNVHSMEGDAWgBQekNxRNF/93d7Zd+vuf4/s
            HdRstTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQDqGe0UuUUw
            j54dV9c72nxn+8BjENc56MWGWGVko9Qi3QIgS3unpYYAGAJT0kdYzgs1YkcT4Sl/
            8HsITC0DNkhxvWE=
            -----END CERTIFICATE-----
            """;

    private static final String SIGNED_BY_ITS_KEY = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJjZXJ0In0.OyzFyAVKgxKuem3_YRv"
            + "Om67d-bMoHBVYMZbrolWlbzX-Y2_JQ433ygYOWSqWtGyx6e3zzeZFvxHcx0EMjgciIw";

    private static TokenVerifier verifier(Keys keys) {
        return Tokens.trusting(TrustedIssuer.unnamed().keys(keys)).build();
    }

    @ParameterizedTest
    @EnumSource(names = {"HS256", "HS384", "HS512"})
    void everyHmacMakesTheRound(Algorithm algorithm) {
        SigningKey signing = SigningKey.secret(TestKeys.SECRET, algorithm);
        String token = Tokens.signed(signing, Tokens.header(signing, ""), CLAIMS);
        assertThat(Tokens.accepted(verifier(Keys.secret(TestKeys.SECRET, algorithm)), token)
                        .publish())
                .hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"HS256", "HS384", "HS512"})
    void everySignatureMakesTheRound(Algorithm algorithm) {
        var pair = TestKeys.fitting(algorithm);
        SigningKey signing = SigningKey.pem(TestKeys.privatePem(pair), algorithm);
        String token = Tokens.signed(signing, Tokens.header(signing, ""), CLAIMS);
        assertThat(Tokens.accepted(verifier(Keys.pem(TestKeys.publicPem(pair))), token)
                        .publish())
                .hasSize(1);
    }

    @Test
    void ed25519HasASecondName() {
        SigningKey signing = TestKeys.signing(TestKeys.ED25519);
        String token = Tokens.signed(signing, "{\"alg\":\"Ed25519\"}", CLAIMS);
        Tokens.accepted(verifier(Keys.pem(TestKeys.publicPem(TestKeys.ED25519))), token);
    }

    @Test
    void severalPemKeysAreAllTried() {
        Keys keys = Keys.pem("old:\n" + TestKeys.publicPem(TestKeys.ec("secp256r1")) + "new:\n"
                + TestKeys.publicPem(TestKeys.P256) + TestKeys.publicPem(TestKeys.RSA));
        SigningKey signing = TestKeys.signing(TestKeys.P256);
        Tokens.accepted(verifier(keys), Tokens.signed(signing, Tokens.header(signing, ""), CLAIMS));
    }

    @Test
    void aCertificateIsTakenForItsKey() {
        assertThat(Tokens.accepted(verifier(Keys.pem(CERTIFICATE)), SIGNED_BY_ITS_KEY)
                        .subject())
                .isEqualTo("cert");
    }

    @Test
    void anOldSecretCountsBesideTheNew() {
        Keys keys = Keys.anyOf(
                Keys.secret("the new secret has thirty-three by", Algorithm.HS256),
                Keys.secret(TestKeys.SECRET, Algorithm.HS256));
        Tokens.accepted(verifier(keys), Tokens.simple(CLAIMS));
    }

    @Nested
    class AreRefusedAtConfiguration {
        @ParameterizedTest
        @CsvSource({"HS256,32", "HS384,48", "HS512,64"})
        void secretsThatAreTooShort(Algorithm algorithm, int least) {
            Keys.secret("x".repeat(least), algorithm);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Keys.secret("x".repeat(least - 1), algorithm))
                    .withMessageContaining(least + " or more for " + algorithm)
                    .withMessageContaining(least - 1 + " bytes");
            assertThatIllegalArgumentException().isThrownBy(() -> SigningKey.secret("x".repeat(least - 1), algorithm));
        }

        @Test
        void aPemTextAsSecret() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Keys.secret(TestKeys.publicPem(TestKeys.RSA), Algorithm.HS256))
                    .withMessageContaining("PEM");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> SigningKey.secret(TestKeys.publicPem(TestKeys.RSA), Algorithm.HS256));
        }

        @Test
        void algorithmsThatDoNotFit() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Keys.secret(TestKeys.SECRET, Algorithm.HS256, Algorithm.RS256));
            assertThatIllegalArgumentException().isThrownBy(() -> Keys.secret(TestKeys.SECRET));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> SigningKey.pem(TestKeys.privatePem(TestKeys.P256), Algorithm.ES384));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> SigningKey.pem(TestKeys.privatePem(TestKeys.RSA), Algorithm.HS256));
        }

        @Test
        void weakAndForeignKeys() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Keys.pem(TestKeys.publicPem(TestKeys.rsa(1024))))
                    .withMessageContaining("2048");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> SigningKey.pem(TestKeys.privatePem(TestKeys.rsa(1024))));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Keys.pem(TestKeys.publicPem(TestKeys.generated("Ed448"))));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Keys.pem(TestKeys.publicPem(TestKeys.generated("DSA"))));
        }

        @Test
        void theOtherHalfOfAPair() {
            String privateKey = TestKeys.privatePem(TestKeys.P256);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Keys.pem(privateKey))
                    .withMessageContaining("PUBLIC KEY")
                    .withMessageNotContaining(Base64.getEncoder()
                            .encodeToString(TestKeys.P256.getPrivate().getEncoded())
                            .substring(0, 20));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> SigningKey.pem(TestKeys.publicPem(TestKeys.P256)))
                    .withMessageContaining("PKCS#8");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "no pem",
                    "-----BEGIN ",
                    "-----BEGIN PUBLIC KEY-----",
                    "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
                    "-----BEGIN PUBLIC KEY-----\n????\n-----END PUBLIC KEY-----",
                    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
                    "-----BEGIN RSA PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----"
                })
        void brokenPem(String pem) {
            assertThatIllegalArgumentException().isThrownBy(() -> Keys.pem(pem));
            assertThatIllegalArgumentException().isThrownBy(() -> SigningKey.pem(pem));
        }

        @Test
        void tooManyBlocks() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Keys.pem(TestKeys.publicPem(TestKeys.P256).repeat(17)))
                    .withMessageContaining("16");
        }
    }

    @Test
    void nothingPrintsAKey() {
        assertThat(Keys.secret(TestKeys.SECRET, Algorithm.HS256).toString()).doesNotContain("sixty-four");
        assertThat(TestKeys.hmac().toString()).isEqualTo("SigningKey[HS256]");
    }
}
