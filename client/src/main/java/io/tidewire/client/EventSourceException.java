package io.tidewire.client;

import java.time.Duration;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Why a connection, or the whole source, ended. Unchecked; thrown by readers of a source that ended by a failure, otherwise
 * handed to callbacks as a value. Its message names addresses without their query and never shows payload or tokens.
 */
public final class EventSourceException extends RuntimeException {

    private static final long serialVersionUID = 1;
    private static final int NO_STATUS = -1;

    /** What happened. */
    public enum Reason {
        /** This program called {@link EventSource#close()}. Final. */
        CLOSED,
        /**
         * The server said that there is no more: status 204, a {@code closing} event with a reason to stop for, or an event that
         * {@link EventSourceBuilder#endBefore} or {@link EventSourceBuilder#endAfter} was waiting for. Final.
         */
        COMPLETED,
        /** No connection came about: refused, unknown host, time-out, TLS. Retried. */
        CONNECT,
        /** The connection broke, before the answer or within the stream. Retried. */
        CUT,
        /** The stream ended in good order. Retried. */
        ENDED,
        /** Nothing came for longer than the watchdog allows: no answer, no event, no comment. Retried. */
        SILENT,
        /** A status other than 200; {@link EventSourceException#status()} has it. 408, 425, 429 and 5xx are retried, others final. */
        STATUS,
        /** 200, but not {@code text/event-stream}. Final. */
        CONTENT_TYPE,
        /** A redirect without a usable target, from https to http, or one too many. Final. */
        REDIRECT,
        /** A line or an event beyond {@link EventSourceBuilder#limits}. Final, since it would come again. */
        TOO_LARGE,
        /** A request that must not be sent twice would have to be; the cause says what happened to it. Final. */
        NOT_REPEATABLE,
        /** As many failures in a row as {@link RetryPolicy#maxAttempts()} allows; the cause is the last. Final. */
        ATTEMPTS_EXHAUSTED,
        /** The function given to {@link EventSourceBuilder#headers} threw. Retried. */
        HEADERS,
        /** The transport cannot send such a request; the cause says why. Final. */
        REQUEST,
        /** The {@link CursorStore} could not be read (final) or written (reported to {@link EventSourceListener#failed}). */
        CURSOR_STORE,
        /** A listener, codec or subscriber threw; only ever reported to {@link EventSourceListener#failed}. */
        LISTENER
    }

    private final Reason reason;
    private final int status;
    // Part of a Throwable, hence not an object that may be missing.
    private final long retryAfterNanos;

    EventSourceException(Reason reason, String message) {
        this(reason, message, null);
    }

    EventSourceException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.status = NO_STATUS;
        this.retryAfterNanos = 0;
    }

    EventSourceException(int status, Duration retryAfter, String message) {
        super(message);
        this.reason = Reason.STATUS;
        this.status = status;
        this.retryAfterNanos = retryAfter.toNanos();
    }

    /** {@return what happened} */
    public Reason reason() {
        return reason;
    }

    /** {@return the status of the answer, for {@link Reason#STATUS}} */
    public OptionalInt status() {
        return status == NO_STATUS ? OptionalInt.empty() : OptionalInt.of(status);
    }

    /** {@return how long the server asked to be left alone with {@code Retry-After}; zero if it did not} */
    public Duration retryAfter() {
        return Duration.ofNanos(retryAfterNanos);
    }

    /** {@return whether this end is no failure: the program or the server wanted it} */
    public boolean isOrderly() {
        return reason == Reason.CLOSED || reason == Reason.COMPLETED;
    }
}
