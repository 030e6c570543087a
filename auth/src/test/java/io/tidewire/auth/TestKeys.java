package io.tidewire.auth;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/** Keys made for this run. */
final class TestKeys {
    static final KeyPair RSA = rsa(2048);
    static final KeyPair P256 = ec("secp256r1");
    static final KeyPair ED25519 = ed25519();
    static final String SECRET = "a secret of sixty-four bytes, which is enough for every HMAC ....";

    private TestKeys() {}

    static KeyPair rsa(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static KeyPair ec(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static KeyPair ed25519() {
        return generated("Ed25519");
    }

    static KeyPair generated(String algorithm) {
        try {
            return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static KeyPair fitting(Algorithm algorithm) {
        return switch (algorithm.kind()) {
            case RSA -> RSA;
            case P256 -> P256;
            case P384 -> ec("secp384r1");
            case P521 -> ec("secp521r1");
            case ED25519 -> ED25519;
            case SECRET -> throw new AssertionError(algorithm);
        };
    }

    static String publicPem(KeyPair pair) {
        return pem("PUBLIC KEY", pair.getPublic().getEncoded());
    }

    static String privatePem(KeyPair pair) {
        return pem("PRIVATE KEY", pair.getPrivate().getEncoded());
    }

    static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(der) + "\n-----END "
                + label + "-----\n";
    }

    static SigningKey signing(KeyPair pair) {
        return SigningKey.pem(privatePem(pair));
    }

    static SigningKey hmac() {
        return SigningKey.secret(SECRET, Algorithm.HS256);
    }

    static JWK jwk(KeyPair pair, String keyId) {
        PublicKey key = pair.getPublic();
        if (key instanceof RSAPublicKey rsa) {
            return new RSAKey.Builder(rsa).keyID(keyId).build();
        }
        if (key instanceof ECPublicKey ec) {
            return new ECKey.Builder(Curve.forECParameterSpec(ec.getParams()), ec)
                    .keyID(keyId)
                    .build();
        }
        byte[] encoded = key.getEncoded();
        byte[] x = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        return new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(x))
                .keyID(keyId)
                .build();
    }

    static String jwks(JWK... keys) {
        return jwks(Arrays.stream(keys).map(JWK::toJSONString).toList());
    }

    static String jwks(List<String> keys) {
        return keys.stream().collect(Collectors.joining(",", "{\"keys\":[", "]}"));
    }
}
