package io.tidewire.auth;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** The blocks of a PEM text (RFC 7468), by the JDK alone. Messages hold no key. */
final class Pem {
    private static final String BEGIN = "-----BEGIN ";
    private static final String DASHES = "-----";

    /** The old key and the new one, and room. */
    private static final int MAX_BLOCKS = 16;

    private record Block(String label, byte[] der) {}

    private Pem() {}

    /** {@return every public key and certificate's key; text around the blocks is ignored} */
    static List<PublicKey> publicKeys(String pem) {
        List<PublicKey> keys = new ArrayList<>();
        for (Block block : blocks(pem)) {
            keys.add(publicKey(block));
        }
        return keys;
    }

    static PrivateKey privateKey(String pem) {
        List<Block> blocks = blocks(pem);
        Block block = blocks.get(0);
        if (blocks.size() > 1 || !block.label().equals("PRIVATE KEY")) {
            throw unexpected(
                    block, "a single PRIVATE KEY in PKCS#8, unencrypted; openssl pkcs8 -topk8 -nocrypt makes one");
        }
        return (PrivateKey) key(block, factory -> factory.generatePrivate(new PKCS8EncodedKeySpec(block.der())));
    }

    private static PublicKey publicKey(Block block) {
        switch (block.label()) {
            case "PUBLIC KEY":
                return (PublicKey) key(block, factory -> factory.generatePublic(new X509EncodedKeySpec(block.der())));
            case "CERTIFICATE":
                try {
                    return CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(block.der()))
                            .getPublicKey();
                } catch (GeneralSecurityException e) {
                    throw unexpected(block, "an X.509 certificate", e);
                }
            default:
                throw unexpected(block, "PUBLIC KEY or CERTIFICATE; openssl pkey -pubout makes one");
        }
    }

    /** How one kind of key is decoded. */
    private interface Decoding {
        Key by(KeyFactory factory) throws GeneralSecurityException;
    }

    private static Key key(Block block, Decoding decoding) {
        for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
            try {
                return decoding.by(KeyFactory.getInstance(algorithm));
            } catch (InvalidKeySpecException e) {
                // another kind, perhaps the next
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(algorithm + ": not available from this JDK", e);
            }
        }
        throw unexpected(block, "RSA, EC or Ed25519");
    }

    private static List<Block> blocks(String pem) {
        List<Block> blocks = new ArrayList<>();
        int begin = pem.indexOf(BEGIN);
        while (begin >= 0) {
            int labelEnd = pem.indexOf(DASHES, begin + BEGIN.length());
            String label = labelEnd < 0 ? "" : pem.substring(begin + BEGIN.length(), labelEnd);
            int end = labelEnd < 0 ? -1 : pem.indexOf("-----END " + label + DASHES, labelEnd);
            if (end < 0) {
                throw new IllegalArgumentException("pem: no END (expected: whole blocks)");
            }
            blocks.add(new Block(label, der(label, pem.substring(labelEnd + DASHES.length(), end))));
            if (blocks.size() > MAX_BLOCKS) {
                throw new IllegalArgumentException("pem: too many blocks (expected: at most " + MAX_BLOCKS + ")");
            }
            begin = pem.indexOf(BEGIN, end);
        }
        if (blocks.isEmpty()) {
            throw new IllegalArgumentException("pem: no block (expected: -----BEGIN ...)");
        }
        return blocks;
    }

    private static byte[] der(String label, String base64) {
        try {
            return Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            // no cause: its message would hold a part of the key
            throw new IllegalArgumentException(
                    "pem: " + Quoted.of(label) + " is not base64 (expected: an unencrypted key)");
        }
    }

    private static IllegalArgumentException unexpected(Block block, String expected) {
        return new IllegalArgumentException("pem: " + Quoted.of(block.label()) + " (expected: " + expected + ")");
    }

    private static IllegalArgumentException unexpected(Block block, String expected, Exception cause) {
        return new IllegalArgumentException(
                "pem: " + Quoted.of(block.label()) + " (expected: " + expected + ")", cause);
    }
}
