package io.tidewire.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The examples of RFC 7515 and RFC 8037. */
class RfcVectorsTest {
    private static final String CLAIMS =
            "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    private static final Instant EXPIRY = Instant.ofEpochSecond(1_300_819_380);

    private static Keys jwk(String jwk) throws JsonSyntaxException {
        return new FixedKeys(JwkSet.parse(("{\"keys\":[" + jwk + "]}").getBytes(StandardCharsets.UTF_8)));
    }

    private static void check(Keys keys, String token) {
        TrustedIssuer issuer = TrustedIssuer.named("joe")
                .keys(keys)
                .dialects(Dialect.MERCURE_0X)
                .build();
        TokenVerifier before = TokenVerifier.builder()
                .trust(issuer)
                .clock(InstantSource.fixed(EXPIRY.minusSeconds(1)))
                .build();
        assertThat(Tokens.accepted(before, token).issuer()).isEqualTo("joe");
        assertThat(Tokens.accepted(before, token).expiry()).isEqualTo(EXPIRY);
        TokenVerifier after = TokenVerifier.builder()
                .trust(issuer)
                .clock(InstantSource.fixed(EXPIRY))
                .build();
        assertThat(Tokens.refusal(after, token)).isEqualTo(TokenException.Kind.EXPIRED);
    }

    @Test
    void hs256OfRfc7515A1() {
        byte[] secret = Base64.getUrlDecoder()
                .decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
        check(
                Keys.secret(secret, Algorithm.HS256),
                "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + CLAIMS + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    }

    @Test
    void rs256OfRfc7515A2() throws JsonSyntaxException {
        String jwk = "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\""
                + "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yR"
                + "T-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXB"
                + "dQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9ia"
                + "GNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\"}";
        check(
                jwk(jwk),
                "eyJhbGciOiJSUzI1NiJ9." + CLAIMS + "."
                        + "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
                        + "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb"
                        + "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO"
                        + "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw");
    }

    @Test
    void es256OfRfc7515A3() throws JsonSyntaxException {
        String jwk = "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                + "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}";
        check(
                jwk(jwk),
                "eyJhbGciOiJFUzI1NiJ9." + CLAIMS
                        + ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
    }

    /** Its payload is no JSON, so only the signature is checked. */
    @Test
    void edDsaOfRfc8037A4() throws JsonSyntaxException {
        String jwk = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";
        byte[] signature = Base64.getUrlDecoder()
                .decode("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
        byte[] input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc".getBytes(StandardCharsets.US_ASCII);
        VerificationKey key = jwk(jwk).fixed().get(0);
        assertThat(key.verifies(new CompactToken(Algorithm.EDDSA, null, null, Map.of(), input, signature)))
                .isTrue();
        input[30] ^= 1;
        assertThat(key.verifies(new CompactToken(Algorithm.EDDSA, null, null, Map.of(), input, signature)))
                .isFalse();
    }
}
