package io.tidewire.server;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the other side of a hook answered.
 *
 * @param status the HTTP status
 * @param retryAfter after what time it wants to be asked again; null if it does not say
 * @param body as much of the body as was let in
 * @param truncated whether there was more of it
 */
record HookAnswer(int status, @Nullable Duration retryAfter, byte[] body, boolean truncated) {
    /** Some thirty years; more digits are no time. */
    private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** {@return whether the same request may succeed later} */
    boolean isPassing() {
        return status >= 500 || status == 429 || status == 408;
    }

    /** {@return what {@code Retry-After} says, as seconds or as a date; null if it is not there or makes no sense} */
    static @Nullable Duration retryAfter(HttpHeaders headers, Instant now) {
        String value = headers.firstValue("Retry-After").orElse("").strip();
        if (SECONDS.matcher(value).matches()) {
            return Duration.ofSeconds(Long.parseLong(value));
        }
        try {
            Duration left = Duration.between(
                    now,
                    ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
            return left.isNegative() ? null : left;
        } catch (DateTimeException e) {
            return null;
        }
    }
}
