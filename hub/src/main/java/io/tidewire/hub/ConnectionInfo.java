package io.tidewire.hub;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection as listings and callbacks show it: a snapshot.
 *
 * @param id the connection's id, unguessable
 * @param user whose it is, or null if nobody was identified
 * @param selectors what it is subscribed to, as it was asked for
 * @param remote the client's address as the transport tells it
 * @param since when it was opened
 * @param live whether it was up to date, rather than catching up
 */
public record ConnectionInfo(
        String id, @Nullable String user, List<String> selectors, String remote, Instant since, boolean live) {}
