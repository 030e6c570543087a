package io.tidewire.auth;

import java.nio.charset.StandardCharsets;

/** The rules for a shared secret. */
final class Secret {
    private Secret() {}

    /** {@return a copy} */
    static byte[] checked(byte[] secret, Algorithm algorithm) {
        if (algorithm.kind() != Algorithm.KeyKind.SECRET) {
            throw new IllegalArgumentException(
                    "algorithm: " + algorithm.joseName() + " (expected: HS256, HS384 or HS512 with a shared secret)");
        }
        // A public key in PEM is known to everybody; as an HMAC secret it would let everybody sign.
        if (new String(secret, StandardCharsets.ISO_8859_1).contains("-----BEGIN")) {
            throw new IllegalArgumentException(
                    "secret: a PEM text (expected: a shared secret; configure it as a PEM key)");
        }
        if (secret.length < algorithm.minSecretBytes()) {
            throw new IllegalArgumentException("secret: " + secret.length + " bytes (expected: "
                    + algorithm.minSecretBytes() + " or more for " + algorithm.joseName() + ")");
        }
        return secret.clone();
    }
}
