package io.tidewire.server;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The example of docs/hooks.md, word for word. */
final class SignatureExample {
    private SignatureExample() {}

    // begin
    static boolean isAuthentic(byte[] key, String id, String timestamp, String signatures, byte[] body)
            throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
        byte[] expected =
                ("v1," + Base64.getEncoder().encodeToString(mac.doFinal(body))).getBytes(StandardCharsets.UTF_8);
        boolean fresh = Math.abs(Instant.now().getEpochSecond() - Long.parseLong(timestamp)) < 300;
        boolean signed = false;
        for (String each : signatures.split(" ")) {
            signed |= MessageDigest.isEqual(expected, each.getBytes(StandardCharsets.UTF_8));
        }
        return fresh && signed;
    }
    // end
}
