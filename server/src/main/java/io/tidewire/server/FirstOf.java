package io.tidewire.server;

import io.tidewire.auth.Identity;
import io.tidewire.auth.TokenException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Two ways to authenticate. Only what the first cannot even read goes to the second: a token that the first knows and refuses must not get
 * another chance.
 */
record FirstOf(Authenticator first, Authenticator second) implements Authenticator {

    @Override
    public CompletionStage<Identity> authenticate(String token, RequestHead head) {
        return first.authenticate(token, head)
                .handle((identity, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedStage(identity);
                    }
                    return isForeign(failure)
                            ? second.authenticate(token, head)
                            : CompletableFuture.<Identity>failedStage(failure);
                })
                .thenCompose(Function.identity());
    }

    private static boolean isForeign(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof TokenException refused && refused.kind() == TokenException.Kind.MALFORMED;
    }

    @Override
    public Set<String> credentials() {
        Set<String> names = new HashSet<>(first.credentials());
        names.addAll(second.credentials());
        return Set.copyOf(names);
    }
}
