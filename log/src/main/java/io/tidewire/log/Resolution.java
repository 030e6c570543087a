package io.tidewire.log;

import org.jspecify.annotations.Nullable;

/**
 * Where a {@link Cursor} leads.
 *
 * @param position the place to go on from
 * @param gap what is missing before it, or null if nothing is
 */
public record Resolution(Position position, @Nullable Gap gap) {}
