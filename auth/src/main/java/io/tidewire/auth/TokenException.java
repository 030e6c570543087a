package io.tidewire.auth;

import org.jspecify.annotations.Nullable;

/**
 * A token that was not accepted. {@link #getMessage} is for the client and does not say why (A.8); {@link #detail} is for the
 * server's debug log. Neither holds the token or its signature. Cheap: it has no stack trace, as strangers cause it at will.
 */
public final class TokenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Why, in four words. */
    public enum Kind {
        /** Not a signed token at all: shape, size, encoding, JSON. */
        MALFORMED(401, "invalid_token"),
        /** A signed token that is not valid here. */
        INVALID(401, "invalid_token"),
        /** Was valid here once. Said only of tokens whose signature was right. */
        EXPIRED(401, "invalid_token"),
        /** The issuer's keys cannot be had at the moment; the token may be fine. */
        KEYS_UNAVAILABLE(503, "temporarily_unavailable");

        private final int status;
        private final String error;

        Kind(int status, String error) {
            this.status = status;
            this.error = error;
        }

        /** {@return the HTTP status to answer with} */
        public int status() {
            return status;
        }

        /** {@return the OAuth error code (RFC 6750 section 3.1), all that a client is told} */
        public String error() {
            return error;
        }
    }

    private final Kind kind;
    private final String detail;

    TokenException(Kind kind, String detail) {
        this(kind, detail, null);
    }

    TokenException(Kind kind, String detail, @Nullable Throwable cause) {
        super(kind.error(), cause, false, false);
        this.kind = kind;
        this.detail = detail.replaceAll("[^ -~]", "?"); // a line of a log stays one line
    }

    static TokenException malformed(String detail) {
        return new TokenException(Kind.MALFORMED, detail);
    }

    /** {@return the failure of a token that somebody who knows does not accept; for authenticators of other kinds} */
    public static TokenException invalid(String detail) {
        return new TokenException(Kind.INVALID, detail);
    }

    /** {@return the failure of a token of which nobody can tell now; for authenticators of other kinds} */
    public static TokenException unavailable(String detail, @Nullable Throwable cause) {
        return new TokenException(Kind.KEYS_UNAVAILABLE, detail, cause);
    }

    /** {@return what kind of failure it is} */
    public Kind kind() {
        return kind;
    }

    /** {@return the reason, one line of printable ASCII, for a debug log only} */
    public String detail() {
        return detail;
    }
}
