package io.tidewire.hub;

import io.tidewire.log.Gap;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a new connection gets of the past (B1).
 *
 * @param kind fully resumed, resumed with a gap, or a new start
 * @param from the token it goes on from: everything after it will be delivered
 * @param gap what is missing, for {@link Kind#GAP}; null otherwise
 */
public record ResumeVerdict(
        Kind kind, String from, @Nullable Gap gap) {

    /** The three verdicts. */
    public enum Kind {
        /** The client asked for nothing of the past. */
        NEW,
        /** Everything after its last event follows. */
        FULL,
        /** Some of what it missed is gone; the rest follows. */
        GAP;

        /** {@return the name on the wire} */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
