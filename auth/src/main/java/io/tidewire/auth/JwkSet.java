package io.tidewire.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWK;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public signature keys of a JSON Web Key Set (RFC 7517 section 5). Keys that we cannot use are left out, as the RFC asks:
 * other types, encryption keys, weak or broken ones, and shared secrets, which have no business in a public document.
 */
final class JwkSet {
    private static final Logger log = LoggerFactory.getLogger(JwkSet.class);

    /** Issuers publish two or three. A token without {@code kid} may cost one check for each. */
    static final int MAX_KEYS = 64;

    /** What stands before the 32 bytes of an Ed25519 key in its X.509 form (RFC 8410 section 4). */
    private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private JwkSet() {}

    static List<VerificationKey> parse(byte[] body) throws JsonSyntaxException {
        if (!(JsonReader.object(body).get("keys") instanceof List<?> entries)) {
            throw new JsonSyntaxException("jwks: no list of keys");
        }
        if (entries.size() > MAX_KEYS) {
            throw new JsonSyntaxException("jwks: " + entries.size() + " keys (expected: at most " + MAX_KEYS + ")");
        }
        List<VerificationKey> keys = new ArrayList<>();
        for (Object entry : entries) {
            VerificationKey key = entry instanceof Map<?, ?> map ? key(JsonReader.members(map)) : null;
            if (key != null) {
                keys.add(key);
            }
        }
        return List.copyOf(keys);
    }

    private static @Nullable VerificationKey key(Map<String, Object> jwk) {
        String keyId = text(jwk, "kid");
        if (!mayVerify(jwk)) {
            return null;
        }
        try {
            Algorithm only = null;
            if (jwk.containsKey("alg")) {
                only = Algorithm.named(String.valueOf(text(jwk, "alg"))).orElse(null);
                if (only == null) {
                    return null;
                }
            }
            PublicKey key = publicKey(jwk);
            return key == null ? null : VerificationKey.of(key, keyId, only);
        } catch (ParseException
                | JOSEException
                | GeneralSecurityException
                | IllegalArgumentException
                | IllegalStateException e) {
            log.warn("jwks: key {} left out: {}", Quoted.of(keyId), e.getMessage());
            return null;
        }
    }

    /** RFC 7517 sections 4.2 and 4.3. */
    private static boolean mayVerify(Map<String, Object> jwk) {
        Object use = jwk.get("use");
        Object operations = jwk.get("key_ops");
        return (use == null || use.equals("sig"))
                && (operations == null || (operations instanceof List<?> list && list.contains("verify")));
    }

    private static @Nullable PublicKey publicKey(Map<String, Object> jwk)
            throws ParseException, JOSEException, GeneralSecurityException {
        String type = String.valueOf(text(jwk, "kty"));
        return switch (type) {
            case "RSA" -> JWK.parse(only(jwk, "kty", "n", "e")).toRSAKey().toRSAPublicKey();
            case "EC" -> JWK.parse(only(jwk, "kty", "crv", "x", "y")).toECKey().toECPublicKey();
            case "OKP" -> "Ed25519".equals(text(jwk, "crv")) ? ed25519(text(jwk, "x")) : null;
            default -> null;
        };
    }

    /** Only the public part, and only texts, reach the library. */
    private static Map<String, Object> only(Map<String, Object> jwk, String... names) {
        Map<String, Object> part = new HashMap<>();
        for (String name : names) {
            String value = text(jwk, name);
            if (value == null) {
                throw new IllegalArgumentException("no " + name);
            }
            part.put(name, value);
        }
        return part;
    }

    private static PublicKey ed25519(@Nullable String x) throws GeneralSecurityException {
        byte[] point = Base64.getUrlDecoder().decode(x == null ? "" : x);
        if (point.length != 32) {
            throw new IllegalArgumentException("x: " + point.length + " bytes (expected: 32)");
        }
        byte[] encoded = new byte[ED25519_PREFIX.length + point.length];
        System.arraycopy(ED25519_PREFIX, 0, encoded, 0, ED25519_PREFIX.length);
        System.arraycopy(point, 0, encoded, ED25519_PREFIX.length, point.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    }

    private static @Nullable String text(Map<String, Object> jwk, String name) {
        return jwk.get(name) instanceof String text ? text : null;
    }
}
