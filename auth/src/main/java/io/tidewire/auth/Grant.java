package io.tidewire.auth;

import static java.util.Objects.requireNonNull;

/**
 * Topics that a token opens. Immutable.
 *
 * @param match the topic, pattern, or {@code *} for every topic whatever the type
 * @param matchType how {@code match} is meant
 */
public record Grant(String match, MatchType matchType) {

    /** How a grant's text is compared with a topic. */
    public enum MatchType {
        /** Byte for byte ({@code exact} of draft-08). */
        EXACT,
        /** A URL Pattern ({@code urlpattern} of draft-08). Whoever compiles it refuses the token if it is malformed. */
        URLPATTERN,
        /** Equal, or a matching URI Template (topic selector of 0.x). */
        SELECTOR
    }

    /** Requires both. */
    public Grant {
        requireNonNull(match, "match");
        requireNonNull(matchType, "matchType");
    }

    /** {@return whether this opens every topic} */
    public boolean isWildcard() {
        return match.equals("*");
    }
}
