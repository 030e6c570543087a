package io.tidewire.auth;

/** How a token says what it grants. Both may be in use at once; an issuer is trusted for those it is configured for. */
public enum Dialect {
    /**
     * Any signed JWT with a claim {@code mercure}, or {@code https://mercure.rocks/}: lists {@code publish} and {@code
     * subscribe}, and a {@code payload}. Mercure 0.x, and Tidewire's own.
     */
    MERCURE_0X,
    /** An access token of RFC 9068 with {@code authorization_details}: Mercure 1.0 (draft-08). */
    MERCURE_1
}
