package io.tidewire.stream;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of an answer that nobody reads any more, or has not come to read yet.
 *
 * @param cancelAfter after how long without a reader it is cancelled; null if it goes on to its end
 */
public record Abandonment(@Nullable Duration cancelAfter) {
    /** It goes on to its end. */
    public static final Abandonment GO_ON = new Abandonment(null);

    /**
     * Checks the time.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Abandonment {
        if (cancelAfter != null && cancelAfter.isNegative()) {
            throw new IllegalArgumentException("cancel after: " + cancelAfter + " (expected: zero or more)");
        }
    }

    /** {@return that it is cancelled after so long without a reader} */
    public static Abandonment cancelAfter(Duration grace) {
        return new Abandonment(grace);
    }
}
