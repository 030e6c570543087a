package io.tidewire.server;

import io.tidewire.auth.Identity;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Finds out whom a token stands for. Must not block; called on event loops, any number at a time. */
@FunctionalInterface
public interface Authenticator {

    /**
     * {@return who that is; fails with a {@link io.tidewire.auth.TokenException} if the token is not good, or it cannot be told now}
     *
     * @param token the token, without {@code Bearer}
     * @param head the request that it came with
     */
    CompletionStage<Identity> authenticate(String token, RequestHead head);

    /**
     * {@return names of header fields, in lower case, that stand for somebody without a token} A request that has one of them and no
     * token is authenticated with an empty one.
     */
    default Set<String> credentials() {
        return Set.of();
    }

    /** {@return one that asks the first, and for what is malformed to it, as an opaque token is to a verifier of JWTs, the second} */
    static Authenticator firstOf(Authenticator first, Authenticator second) {
        return new FirstOf(first, second);
    }
}
