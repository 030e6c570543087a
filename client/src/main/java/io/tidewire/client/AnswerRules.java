package io.tidewire.client;

import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an answer means. Immutable. */
final class AnswerRules {

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Set<Integer> RETRIED = Set.of(408, 425, 429);
    // The server says that it did nothing: even a POST may be sent again.
    private static final Set<Integer> REFUSALS = Set.of(401, 408, 425, 429);
    // 9 digits of seconds are 30 years; longer numbers are cut to that rather than taken for a date.
    private static final int MAX_DIGITS = 9;

    private final InstantSource clock;

    AnswerRules(InstantSource clock) {
        this.clock = clock;
    }

    static boolean isRedirect(int status) {
        return REDIRECTS.contains(status);
    }

    /** {@return why the answer is not an event stream; empty if it is one} */
    Optional<EventSourceException> objection(Transport.Answer answer) {
        if (answer.status() == 204) {
            return Optional.of(new EventSourceException(
                    EventSourceException.Reason.COMPLETED,
                    "answer: 204 (expected: 200; the server wants no reconnect)"));
        }
        if (answer.status() != 200) {
            return Optional.of(new EventSourceException(
                    answer.status(), retryAfter(answer), "answer: " + answer.status() + " (expected: 200)"));
        }
        String type = answer.header("content-type").orElse("none");
        int semicolon = type.indexOf(';');
        String essence = (semicolon < 0 ? type : type.substring(0, semicolon)).strip();
        return essence.equalsIgnoreCase("text/event-stream")
                ? Optional.empty()
                : Optional.of(new EventSourceException(
                        EventSourceException.Reason.CONTENT_TYPE,
                        "Content-Type: " + essence + " (expected: text/event-stream)"));
    }

    /** {@return whether a failure is one after which to try again} */
    static boolean isRetried(EventSourceException failure) {
        return switch (failure.reason()) {
            case CONNECT, CUT, ENDED, SILENT, HEADERS -> true;
            case STATUS -> {
                int status = failure.status().orElseThrow();
                yield status >= 500 || RETRIED.contains(status);
            }
            case CLOSED,
                    COMPLETED,
                    CONTENT_TYPE,
                    REDIRECT,
                    TOO_LARGE,
                    NOT_REPEATABLE,
                    ATTEMPTS_EXHAUSTED,
                    REQUEST,
                    CURSOR_STORE,
                    LISTENER -> false;
        };
    }

    /** {@return whether the server cannot have acted upon the request} */
    static boolean wasNotActedUpon(EventSourceException failure) {
        return switch (failure.reason()) {
            case CONNECT, HEADERS -> true;
            case STATUS -> REFUSALS.contains(failure.status().orElseThrow());
            default -> false;
        };
    }

    private Duration retryAfter(Transport.Answer answer) {
        String value = answer.header("retry-after").orElse("");
        if (!value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Duration.ofSeconds(
                    value.length() > MAX_DIGITS ? Backoff.MAX_WAIT.toSeconds() : Long.parseLong(value));
        }
        try {
            Instant date = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(value));
            Duration left = Duration.between(clock.instant(), date);
            return left.isNegative() ? Duration.ZERO : shorter(left, Backoff.MAX_WAIT);
        } catch (DateTimeException e) {
            return Duration.ZERO; // none, or not one
        }
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /**
     * {@return the next hop, as the Fetch standard has it: 303, and 301 or 302 to a POST, make a GET of it}
     *
     * @throws EventSourceException if there is no target, or none to go to
     */
    static RequestPlan.Hop redirect(RequestPlan.Hop from, Transport.Answer answer) {
        URI target = target(from.uri(), answer.header("location").orElse(""));
        boolean seeOther = answer.status() == 303 && !from.method().equals("HEAD");
        boolean oldHabit = answer.status() <= 302 && from.method().equals("POST");
        return seeOther || oldHabit
                ? new RequestPlan.Hop(target, "GET", false)
                : new RequestPlan.Hop(target, from.method(), from.keepsBody());
    }

    private static URI target(URI from, String location) {
        URI target;
        try {
            target = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw redirectFailure("not an address", e);
        }
        String scheme = String.valueOf(target.getScheme()).toLowerCase(Locale.ROOT);
        if (location.isEmpty() || target.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
            throw redirectFailure("no usable address", null);
        }
        if (scheme.equals("http") && from.getScheme().equalsIgnoreCase("https")) {
            throw redirectFailure("from https to http", null);
        }
        return target;
    }

    private static EventSourceException redirectFailure(String what, @Nullable Throwable cause) {
        return new EventSourceException(
                EventSourceException.Reason.REDIRECT,
                "Location: " + what + " (expected: http or https, and no way down)",
                cause);
    }
}
