package io.tidewire.server;

import io.tidewire.auth.Identity;
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
}
