package io.tidewire.auth;

import com.nimbusds.jose.jwk.Curve;
import io.tidewire.auth.Algorithm.KeyKind;
import java.security.Key;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.ECParameterSpec;

/** Which kind a key is of, and whether it is strong enough. */
final class KeyTypes {
    /** RFC 7518 section 3.3. */
    static final int MIN_RSA_BITS = 2048;

    private KeyTypes() {}

    /**
     * @throws IllegalArgumentException if it is none that we take
     */
    static KeyKind of(Key key) {
        if (key instanceof RSAKey rsa) {
            int bits = rsa.getModulus().bitLength();
            if (bits < MIN_RSA_BITS) {
                throw new IllegalArgumentException(
                        "key: RSA of " + bits + " bits (expected: " + MIN_RSA_BITS + " or more)");
            }
            return KeyKind.RSA;
        }
        if (key instanceof ECKey ec) {
            return curve(ec.getParams());
        }
        if (key instanceof EdECKey ed && ed.getParams().getName().equals("Ed25519")) {
            return KeyKind.ED25519;
        }
        throw new IllegalArgumentException("key: " + key.getAlgorithm() + " (expected: RSA, EC or Ed25519)");
    }

    private static KeyKind curve(ECParameterSpec params) {
        Curve curve = Curve.forECParameterSpec(params);
        if (Curve.P_256.equals(curve)) {
            return KeyKind.P256;
        }
        if (Curve.P_384.equals(curve)) {
            return KeyKind.P384;
        }
        if (Curve.P_521.equals(curve)) {
            return KeyKind.P521;
        }
        throw new IllegalArgumentException("key: another curve (expected: P-256, P-384 or P-521)");
    }
}
