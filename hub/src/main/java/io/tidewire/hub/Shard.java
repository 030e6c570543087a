package io.tidewire.hub;

import java.util.concurrent.CompletionStage;

/** A share of the subscribers. stub */
public final class Shard {
    Shard() {}

    /** Finds the place; call on the loop; completes on the loop (at once if the log answers at once). */
    public CompletionStage<Opening> open(SubscriptionRequest request) {
        throw new UnsupportedOperationException();
    }
}
