package io.tidewire.auth;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Keys, and what a token that they signed may grant at all (A.6 V7). */
record KeyRole(Keys keys, boolean publish, boolean subscribe) {

    /** That one of our keys made a signature. Holds for as long as the key is trusted. */
    record Proof(KeyRole role, VerificationKey key) {
        boolean stands() {
            return role.keys.trusts(key);
        }
    }

    CompletableFuture<Optional<Proof>> prove(CompactToken token) {
        return keys.find(token.algorithm(), token.keyId())
                .thenApply(found -> found.stream()
                        .filter(key -> key.verifies(token))
                        .findFirst()
                        .map(key -> new Proof(this, key)));
    }

    /** {@return every proof there is, perhaps none} Fails if any of the keys cannot be had, so nobody is given half. */
    static CompletableFuture<List<Proof>> prove(List<KeyRole> roles, CompactToken token) {
        List<CompletableFuture<Optional<Proof>>> attempts =
                roles.stream().map(role -> role.prove(token)).toList();
        return CompletableFuture.allOf(attempts.toArray(CompletableFuture[]::new))
                .thenApply(done -> attempts.stream()
                        .flatMap(attempt -> attempt.join().stream())
                        .toList());
    }
}
