package io.tidewire.auth;

import com.nimbusds.jose.JWSAlgorithm;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The signature algorithms that exist for us (RFC 7518 section 3, RFC 8037); {@code none} is not one of them.
 *
 * <p>Each fits one kind of key, so a public key can never be taken for a shared secret.
 */
public enum Algorithm {
    /** HMAC with SHA-256; a secret of 32 bytes or more. */
    HS256(KeyKind.SECRET, 32),
    /** HMAC with SHA-384; a secret of 48 bytes or more. */
    HS384(KeyKind.SECRET, 48),
    /** HMAC with SHA-512; a secret of 64 bytes or more. */
    HS512(KeyKind.SECRET, 64),
    /** RSA PKCS#1 v1.5 with SHA-256. */
    RS256(KeyKind.RSA, 0),
    /** RSA PKCS#1 v1.5 with SHA-384. */
    RS384(KeyKind.RSA, 0),
    /** RSA PKCS#1 v1.5 with SHA-512. */
    RS512(KeyKind.RSA, 0),
    /** RSA PSS with SHA-256. */
    PS256(KeyKind.RSA, 0),
    /** RSA PSS with SHA-384. */
    PS384(KeyKind.RSA, 0),
    /** RSA PSS with SHA-512. */
    PS512(KeyKind.RSA, 0),
    /** ECDSA on P-256. */
    ES256(KeyKind.P256, 0),
    /** ECDSA on P-384. */
    ES384(KeyKind.P384, 0),
    /** ECDSA on P-521. */
    ES512(KeyKind.P521, 0),
    /** Ed25519, under the names {@code EdDSA} (RFC 8037) and {@code Ed25519} (RFC 9864). */
    EDDSA(KeyKind.ED25519, 0);

    /** What a key must be. */
    enum KeyKind {
        SECRET,
        RSA,
        P256,
        P384,
        P521,
        ED25519
    }

    private final KeyKind kind;
    private final int minSecretBytes;

    Algorithm(KeyKind kind, int minSecretBytes) {
        this.kind = kind;
        this.minSecretBytes = minSecretBytes;
    }

    /** {@return the algorithm of this JOSE name (case-sensitive), or empty: unknown, or {@code none}} */
    public static Optional<Algorithm> named(String joseName) {
        if (joseName.equals("Ed25519")) {
            return Optional.of(EDDSA);
        }
        return Arrays.stream(values())
                .filter(each -> each.joseName().equals(joseName))
                .findFirst();
    }

    /** {@return the name in a token's {@code alg}} */
    public String joseName() {
        return this == EDDSA ? "EdDSA" : name();
    }

    /** {@return the least length of a shared secret; 0 where there is none (RFC 7518 section 3.2)} */
    public int minSecretBytes() {
        return minSecretBytes;
    }

    KeyKind kind() {
        return kind;
    }

    JWSAlgorithm jose() {
        return JWSAlgorithm.parse(joseName());
    }

    static Set<Algorithm> fitting(KeyKind kind) {
        EnumSet<Algorithm> fitting = EnumSet.allOf(Algorithm.class);
        fitting.removeIf(each -> each.kind != kind);
        return fitting;
    }
}
