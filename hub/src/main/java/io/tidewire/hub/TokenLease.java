package io.tidewire.hub;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What ties a connection to the token that it was opened with.
 *
 * @param tokenId what the token is called, for ending all its connections; not the token
 * @param expiry when the connection ends at the latest, with {@link CloseReason#TOKEN_EXPIRED}; null for never
 */
public record TokenLease(String tokenId, @Nullable Instant expiry) {}
