package io.tidewire.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The registered claims of RFC 7519 section 4.1, each of its right type or absent. */
record Claims(
        @Nullable String issuer,
        @Nullable String subject,
        @Nullable String tokenId,
        List<String> audience,
        @Nullable Instant expiry,
        @Nullable Instant notBefore) {
    /** The end of the year 9999: what Instant can print in the usual form. */
    private static final double MAX_EPOCH_SECOND = 253_402_300_799.0;

    static Claims of(Map<String, Object> claims) {
        date(claims, "iat");
        return new Claims(
                text(claims, "iss"),
                text(claims, "sub"),
                text(claims, "jti"),
                audience(claims.get("aud")),
                date(claims, "exp"),
                date(claims, "nbf"));
    }

    /**
     * The skew is for {@code nbf} alone: a clock of ours that is late must not refuse a new token. One that is early ends a
     * token early, which is harmless, while a stream must never outlast {@code exp} (A.2 S11).
     */
    void checkTime(Instant now, Duration skew, boolean expiryRequired) {
        if (expiry == null && expiryRequired) {
            throw TokenException.invalid("exp: none (expected: one)");
        }
        if (expiry != null && !now.isBefore(expiry)) {
            throw new TokenException(TokenException.Kind.EXPIRED, "exp: " + expiry + " (expected: after " + now + ")");
        }
        if (notBefore != null && notBefore.isAfter(now.plus(skew))) {
            throw TokenException.invalid(
                    "nbf: " + notBefore + " (expected: not after " + now + ", or by " + skew + ")");
        }
    }

    /**
     * @param expected one of these must be in {@code aud}; none to take any
     */
    void checkAudience(Set<String> expected) {
        if (!expected.isEmpty() && audience.stream().noneMatch(expected::contains)) {
            throw TokenException.invalid("aud: not for this hub (expected: one of "
                    + expected.stream().map(Quoted::of).toList() + ")");
        }
    }

    private static @Nullable String text(Map<String, Object> claims, String name) {
        Object value = claims.get(name);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw TokenException.invalid(name + ": not a string");
    }

    private static List<String> audience(@Nullable Object value) {
        if (value == null) {
            return List.of();
        }
        List<String> audience = new ArrayList<>();
        for (Object each : value instanceof List<?> list ? list : List.of(value)) {
            if (!(each instanceof String text)) {
                throw TokenException.invalid("aud: not a string, or a list of strings");
            }
            audience.add(text);
        }
        return audience;
    }

    /** A NumericDate, cut to the second before. */
    private static @Nullable Instant date(Map<String, Object> claims, String name) {
        Object value = claims.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof JsonNumber number) {
            double seconds = number.toDouble();
            if (seconds >= 0 && seconds <= MAX_EPOCH_SECOND) {
                return Instant.ofEpochSecond((long) seconds);
            }
        }
        throw TokenException.invalid(name + ": not a date (expected: seconds since 1970)");
    }
}
