package io.tidewire.auth;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JWS in compact form (RFC 7515 section 7.1), taken apart but not yet believed.
 *
 * <p>The base64url is canonical: no padding, no other alphabet, no stray bits in the last character. So one signature has one
 * spelling, and a token cannot be varied to look like another one.
 *
 * @param algorithm what {@code alg} says, to be held against the allowlist
 * @param type {@code typ}, or null
 * @param keyId {@code kid}, a hint only, or null
 * @param signedPart the ASCII bytes under the signature
 */
record CompactToken(
        Algorithm algorithm,
        @Nullable String type,
        @Nullable String keyId,
        Map<String, Object> claims,
        byte[] signedPart,
        byte[] signature) {

    /**
     * @throws TokenException MALFORMED for what is no JWS, INVALID for a header that we do not support
     */
    static CompactToken parse(String token) {
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (first < 0 || second < 0 || token.indexOf('.', second + 1) >= 0) {
            throw TokenException.malformed("token: not three parts");
        }
        Map<String, Object> header = object("header", token.substring(0, first));
        Algorithm algorithm = algorithm(header);
        // RFC 7515 4.1.11: we understand no extension. b64 (RFC 7797) would change what is signed, so not even without
        // crit.
        for (String extension : new String[] {"crit", "b64"}) {
            if (header.containsKey(extension)) {
                throw TokenException.invalid("header: " + extension + " (expected: none)");
            }
        }
        // jwk, jku, x5u, x5c and x5t are never looked at: keys come from the configuration (A.6 V3).
        return new CompactToken(
                algorithm,
                string(header, "typ"),
                string(header, "kid"),
                object("claims", token.substring(first + 1, second)),
                token.substring(0, second).getBytes(StandardCharsets.US_ASCII),
                base64("signature", token.substring(second + 1)));
    }

    private static Algorithm algorithm(Map<String, Object> header) {
        String name = string(header, "alg");
        if (name == null) {
            throw TokenException.malformed("header: no alg");
        }
        return Algorithm.named(name)
                .orElseThrow(() -> TokenException.invalid("alg: " + Quoted.of(name) + " (expected: one we support)"));
    }

    private static @Nullable String string(Map<String, Object> header, String name) {
        Object value = header.get(name);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw TokenException.malformed("header: " + name + " (expected: a string)");
    }

    private static Map<String, Object> object(String part, String base64) {
        try {
            return JsonReader.object(base64(part, base64));
        } catch (JsonSyntaxException e) {
            throw TokenException.malformed(part + ": " + e.getMessage());
        }
    }

    private static byte[] base64(String part, String base64) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(base64);
            if (Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(base64)) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            // said below: its message would hold a part of the token
        }
        throw TokenException.malformed(part + ": not base64url");
    }

    /** {@return an id for a token that has none} Not over the signature: one can make several for the same claims. */
    String hash() {
        return "sha256:" + Base64.getUrlEncoder().withoutPadding().encodeToString(Sha256.of(signedPart));
    }
}
