package io.tidewire.auth;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one issuer. Thread-safe.
 *
 * <pre>{@code
 * Keys shared = Keys.secret(System.getenv("SECRET"), Algorithm.HS256);
 * Keys fixed = Keys.pem(Files.readString(path));
 * Keys remote = Keys.jwks(URI.create("https://auth.example.com/jwks")).build();
 * }</pre>
 *
 * <p>A key is only ever used with algorithms of its own type, and a secret only with those named here; which key signed a token
 * is never taken from the token (A.6 V2, V3).
 */
public abstract sealed class Keys permits FixedKeys, RemoteKeys {
    Keys() {}

    /**
     * {@return a shared secret, as the UTF-8 bytes of a text}
     *
     * @param algorithms one or more of HS256 (32 bytes or more), HS384 (48), HS512 (64)
     * @throws IllegalArgumentException if the secret is too short for one of them, or is a PEM text
     */
    public static Keys secret(String secret, Algorithm... algorithms) {
        return secret(secret.getBytes(StandardCharsets.UTF_8), algorithms);
    }

    /**
     * {@return a shared secret}
     *
     * @param algorithms one or more of HS256 (32 bytes or more), HS384 (48), HS512 (64)
     * @throws IllegalArgumentException if the secret is too short for one of them, or is a PEM text
     */
    public static Keys secret(byte[] secret, Algorithm... algorithms) {
        if (algorithms.length == 0) {
            throw new IllegalArgumentException("algorithms: none (expected: HS256, HS384 or HS512)");
        }
        Set<Algorithm> allowed = EnumSet.copyOf(Arrays.asList(algorithms));
        return new FixedKeys(List.of(VerificationKey.secret(secret, allowed)));
    }

    /**
     * {@return the keys in a PEM text: {@code PUBLIC KEY} and {@code CERTIFICATE} blocks, at most 16} A certificate is only a
     * wrapping here: neither its dates nor its chain are looked at.
     *
     * @throws IllegalArgumentException if a block is something else, or a key is not RSA of 2048 bits or more, EC on P-256,
     *     P-384 or P-521, or Ed25519
     */
    public static Keys pem(String pem) {
        return new FixedKeys(Pem.publicKeys(pem).stream().map(key -> key(key)).toList());
    }

    private static VerificationKey key(PublicKey key) {
        return VerificationKey.of(key, null, null);
    }

    /**
     * {@return all of them at once, as while a secret is being replaced}
     *
     * @throws IllegalArgumentException if there are none, or one is remote: a key set rotates by itself
     */
    public static Keys anyOf(Keys... fixed) {
        return new FixedKeys(
                Arrays.stream(fixed).flatMap(each -> each.fixed().stream()).toList());
    }

    /** {@return what will fetch a JSON Web Key Set (RFC 7517)} */
    public static RemoteKeys.Builder jwks(URI uri) {
        return new RemoteKeys.Builder(uri);
    }

    /**
     * {@return the keys to try, perhaps none} Fails with a {@link TokenException} KEYS_UNAVAILABLE only. Never blocks.
     */
    abstract CompletableFuture<List<VerificationKey>> find(Algorithm algorithm, @Nullable String keyId);

    /** {@return whether a signature that this key verified before still counts} */
    abstract boolean trusts(VerificationKey key);

    /** {@return the keys, if they never change} */
    abstract List<VerificationKey> fixed();
}
