package io.tidewire.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/**
 * Refuses a certificate with another one's key: not every TLS library notices before the first handshake, and a renewal that is caught
 * between its two files would put a good certificate out of use.
 */
final class KeyPairCheck {
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";
    private static final byte[] PROBE = "tidewire".getBytes(StandardCharsets.US_ASCII);

    private KeyPairCheck() {}

    /** Throws an IllegalArgumentException if the key is no PKCS #8 in PEM, or not the first certificate's. */
    static void require(TlsFiles files) {
        try (InputStream chain = Files.newInputStream(files.certificateChain())) {
            PublicKey certified = CertificateFactory.getInstance("X.509")
                    .generateCertificate(chain)
                    .getPublicKey();
            PrivateKey key = KeyFactory.getInstance(certified.getAlgorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(der(Files.readString(files.privateKey()))));
            Signature signature = Signature.getInstance(signatureOf(certified.getAlgorithm()));
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(PROBE);
            if (!signature.verify(signed)) {
                throw new IllegalArgumentException("the key is not the certificate's");
            }
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String signatureOf(String algorithm) {
        return switch (algorithm) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> algorithm; // Ed25519 and its like have no other digest
        };
    }

    private static byte[] der(String pem) {
        int begin = pem.indexOf(BEGIN);
        int end = pem.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalArgumentException("no \"" + BEGIN + "\" in the key's file");
        }
        return Base64.getMimeDecoder().decode(pem.substring(begin + BEGIN.length(), end));
    }
}
