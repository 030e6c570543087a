package io.tidewire.log;

import org.jspecify.annotations.Nullable;

/**
 * An update to append, and what its publisher asks of the log.
 *
 * @param update the update
 * @param idempotencyKey a repeat with the same key appends nothing and is answered with the first one's position; or
 *     null
 * @param expectedLast the id that the update's first topic must have as its last event, {@link #NOTHING} if it must
 *     have none; or null for no check. An event that history no longer holds does not count
 */
public record Append(
        Update update,
        @Nullable String idempotencyKey,
        @Nullable String expectedLast) {

    /** The {@code expectedLast} of a topic that has no event yet. */
    public static final String NOTHING = "none";

    /** Longest idempotency key, in UTF-16 units. */
    public static final int MAX_KEY_LENGTH = 256;

    /** Checks the key's length. */
    public Append {
        if (idempotencyKey != null && (idempotencyKey.isEmpty() || idempotencyKey.length() > MAX_KEY_LENGTH)) {
            throw new IllegalArgumentException("idempotency-key: " + idempotencyKey.length()
                    + " characters (expected: 1 to " + MAX_KEY_LENGTH + ")");
        }
    }

    /** {@return the append that asks for nothing but the update} */
    public static Append of(Update update) {
        return new Append(update, null, null);
    }
}
