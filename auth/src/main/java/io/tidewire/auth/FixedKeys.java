package io.tidewire.auth;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Keys of the configuration. They have no ids, so a token's {@code kid} says nothing. */
final class FixedKeys extends Keys {
    private final List<VerificationKey> keys;

    FixedKeys(List<VerificationKey> keys) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("keys: none (expected: at least one)");
        }
        this.keys = List.copyOf(keys);
    }

    @Override
    CompletableFuture<List<VerificationKey>> find(Algorithm algorithm, @Nullable String keyId) {
        return CompletableFuture.completedFuture(
                keys.stream().filter(each -> each.fits(algorithm)).toList());
    }

    @Override
    boolean trusts(VerificationKey key) {
        return true;
    }

    @Override
    List<VerificationKey> fixed() {
        return keys;
    }

    @Override
    public String toString() {
        return keys.toString();
    }
}
