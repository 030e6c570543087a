package io.tidewire.server;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests as "Standard Webhooks" says: {@code v1,} and the HMAC-SHA256 of id, timestamp and body, once for each secret, so that
 * a secret can be changed while the receiver still knows the old one. Immutable.
 */
final class WebhookSignature {
    /** The specification's least, 192 bits. */
    private static final int MIN_SECRET_BYTES = 24;

    private static final String PREFIX = "whsec_";
    private static final String ALGORITHM = "HmacSHA256";

    private final List<SecretKeySpec> keys = new ArrayList<>();

    /**
     * @param setting what a wrong secret is called in the message, which does not show it
     * @param secrets {@code whsec_} and base64, or any other text as it is
     */
    WebhookSignature(String setting, List<String> secrets) {
        for (String secret : secrets) {
            byte[] bytes = bytes(setting, secret);
            if (bytes.length < MIN_SECRET_BYTES) {
                throw new IllegalArgumentException(setting + ": " + bytes.length + " bytes (expected: "
                        + MIN_SECRET_BYTES + " or more, as whsec_ and base64, or as they are)");
            }
            keys.add(new SecretKeySpec(bytes, ALGORITHM));
        }
    }

    private static byte[] bytes(String setting, String secret) {
        if (!secret.startsWith(PREFIX)) {
            return secret.getBytes(StandardCharsets.UTF_8);
        }
        try {
            return Base64.getDecoder().decode(secret.substring(PREFIX.length()));
        } catch (IllegalArgumentException e) { // not the cause: its message shows a character of the secret
            throw new IllegalArgumentException(setting + ": begins with whsec_ (expected: base64 after that)");
        }
    }

    /** {@return the header's value} */
    String of(String id, long timestampSeconds, byte[] body) {
        byte[] head = String.format(Locale.ROOT, "%s.%d.", id, timestampSeconds).getBytes(StandardCharsets.UTF_8);
        List<String> signatures = new ArrayList<>();
        for (SecretKeySpec key : keys) {
            Mac mac = mac(key);
            mac.update(head);
            signatures.add("v1," + Base64.getEncoder().encodeToString(mac.doFinal(body)));
        }
        return String.join(" ", signatures);
    }

    private static Mac mac(SecretKeySpec key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException(ALGORITHM + ": not available from this JDK", e);
        }
    }
}
