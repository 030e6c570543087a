package io.tidewire.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.util.Set;

/** What makes signatures: a shared secret or a private key, and one algorithm. Immutable, thread-safe; never prints the key. */
public final class SigningKey {
    private final Algorithm algorithm;
    private final JWSSigner signer;

    private SigningKey(Algorithm algorithm, JWSSigner signer) {
        this.algorithm = algorithm;
        this.signer = signer;
    }

    /**
     * {@return a shared secret, as the UTF-8 bytes of a text}
     *
     * @throws IllegalArgumentException as {@link Keys#secret(byte[], Algorithm...)} does
     */
    public static SigningKey secret(String secret, Algorithm algorithm) {
        return secret(secret.getBytes(StandardCharsets.UTF_8), algorithm);
    }

    /**
     * {@return a shared secret}
     *
     * @throws IllegalArgumentException as {@link Keys#secret(byte[], Algorithm...)} does
     */
    public static SigningKey secret(byte[] secret, Algorithm algorithm) {
        try {
            return new SigningKey(algorithm, new MACSigner(Secret.checked(secret, algorithm)));
        } catch (JOSEException e) {
            throw new IllegalArgumentException("secret: not usable (expected: 32 bytes or more)", e);
        }
    }

    /**
     * {@return a private key in PEM, with the first algorithm that fits: RS256, ES256, ES384, ES512 or EdDSA}
     *
     * @throws IllegalArgumentException if the text is not one unencrypted {@code PRIVATE KEY} (PKCS#8) of a type and size that
     *     {@link Keys#pem} takes
     */
    public static SigningKey pem(String pem) {
        PrivateKey key = Pem.privateKey(pem);
        return of(key, Algorithm.fitting(KeyTypes.of(key)).iterator().next());
    }

    /**
     * {@return a private key in PEM}
     *
     * @throws IllegalArgumentException as {@link #pem(String)} does, or if the algorithm does not fit the key
     */
    public static SigningKey pem(String pem, Algorithm algorithm) {
        return of(Pem.privateKey(pem), algorithm);
    }

    private static SigningKey of(PrivateKey key, Algorithm algorithm) {
        Set<Algorithm> fitting = Algorithm.fitting(KeyTypes.of(key));
        if (!fitting.contains(algorithm)) {
            throw new IllegalArgumentException(
                    "algorithm: " + algorithm.joseName() + " (expected: one of " + fitting + ")");
        }
        try {
            JWSSigner signer = switch (algorithm.kind()) {
                case RSA -> new RSASSASigner(key);
                case P256, P384, P521 -> new ECDSASigner((ECPrivateKey) key);
                case ED25519 -> new EdDsaSigner(key);
                case SECRET -> throw new IllegalStateException("a private key does not fit an HMAC");
            };
            return new SigningKey(algorithm, signer);
        } catch (JOSEException e) {
            throw new IllegalArgumentException("key: not usable (expected: P-256, P-384 or P-521)", e);
        }
    }

    /** {@return the algorithm of its signatures} */
    public Algorithm algorithm() {
        return algorithm;
    }

    /** {@return the signature of these bytes, in base64url} */
    String sign(byte[] bytes) {
        try {
            return signer.sign(new JWSHeader(algorithm.jose()), bytes).toString();
        } catch (JOSEException e) {
            throw new IllegalStateException(algorithm.joseName() + ": signing failed", e);
        }
    }

    @Override
    public String toString() {
        return "SigningKey[" + algorithm.joseName() + "]";
    }
}
