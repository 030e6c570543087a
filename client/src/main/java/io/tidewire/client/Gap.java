package io.tidewire.client;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * The server's word that events were missed and cannot be had any more. What follows comes after {@code to}; whoever keeps a
 * picture of the whole should fetch it anew. Immutable.
 *
 * @param from the last id this client had
 * @param to the id after which the stream goes on; {@code earliest} if the server does not know the one that was asked for
 * @param missed how many events lie between, if the server knows
 */
public record Gap(String from, String to, OptionalLong missed) {

    /** Checks that nothing is null. */
    public Gap {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(missed, "missed");
    }
}
