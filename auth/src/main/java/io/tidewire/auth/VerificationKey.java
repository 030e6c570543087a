package io.tidewire.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.util.Base64URL;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One key and the algorithms it may be used with. Immutable, thread-safe; equal if the key, its id and its use are. */
final class VerificationKey {
    private final @Nullable String keyId;
    private final Set<Algorithm> algorithms;
    private final byte[] material;
    private final JWSVerifier verifier;

    private VerificationKey(@Nullable String keyId, Set<Algorithm> algorithms, byte[] material, JWSVerifier verifier) {
        this.keyId = keyId;
        this.algorithms = algorithms;
        this.material = material;
        this.verifier = verifier;
    }

    static VerificationKey secret(byte[] secret, Set<Algorithm> algorithms) {
        byte[] copy = secret.clone();
        algorithms.forEach(each -> Secret.checked(copy, each));
        try {
            return new VerificationKey(null, EnumSet.copyOf(algorithms), copy, new MACVerifier(copy));
        } catch (JOSEException e) {
            throw new IllegalArgumentException("secret: not usable (expected: 32 bytes or more)", e);
        }
    }

    /**
     * @param only the one algorithm that the key's publisher allows, or null for all that fit
     * @throws IllegalArgumentException if the key is of another type, too small, or does not fit {@code only}
     */
    static VerificationKey of(PublicKey key, @Nullable String keyId, @Nullable Algorithm only) {
        Set<Algorithm> fitting = Algorithm.fitting(KeyTypes.of(key));
        if (only != null) {
            if (!fitting.contains(only)) {
                throw new IllegalArgumentException("alg: " + only.joseName() + " (expected: one of " + fitting + ")");
            }
            fitting = EnumSet.of(only);
        }
        return new VerificationKey(keyId, fitting, key.getEncoded(), verifier(key));
    }

    private static JWSVerifier verifier(PublicKey key) {
        try {
            if (key instanceof RSAPublicKey rsa) {
                return new RSASSAVerifier(rsa);
            }
            return key instanceof ECPublicKey ec ? new ECDSAVerifier(ec) : new EdDsaVerifier(key);
        } catch (JOSEException e) {
            throw new IllegalArgumentException("key: not usable (expected: P-256, P-384 or P-521)", e);
        }
    }

    @Nullable
    String keyId() {
        return keyId;
    }

    boolean fits(Algorithm algorithm) {
        return algorithms.contains(algorithm);
    }

    /** {@return whether this key made the signature} The header that decides is made here, not taken from the token. */
    boolean verifies(CompactToken token) {
        if (!fits(token.algorithm())) {
            return false;
        }
        try {
            JWSHeader header = new JWSHeader(token.algorithm().jose());
            return verifier.verify(header, token.signedPart(), Base64URL.encode(token.signature()));
        } catch (JOSEException e) {
            return false; // a signature of a shape that cannot be right
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof VerificationKey that
                && Objects.equals(keyId, that.keyId)
                && algorithms.equals(that.algorithms)
                && Arrays.equals(material, that.material);
    }

    @Override
    public int hashCode() {
        return 31 * algorithms.hashCode() + Arrays.hashCode(material);
    }

    @Override
    public String toString() {
        return "VerificationKey[kid=" + Quoted.of(keyId) + ", algorithms=" + algorithms + "]";
    }
}
