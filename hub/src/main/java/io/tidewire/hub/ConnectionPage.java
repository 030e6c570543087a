package io.tidewire.hub;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Connections of all hubs of a cluster, in the order of their ids.
 *
 * @param connections a part of them
 * @param total how many there are in all
 * @param next the id after which the next part begins; null if this is the last
 * @param scope which hubs it covers
 */
public record ConnectionPage(
        List<ConnectionInfo> connections,
        long total,
        @Nullable String next,
        Scope scope) {

    /** Copies the list. */
    public ConnectionPage {
        connections = List.copyOf(connections);
    }
}
