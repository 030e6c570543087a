package io.tidewire.log.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisNoScriptException;
import io.tidewire.log.LogException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * What went wrong with Redis, by what is to be done about it.
 *
 * @param kind what
 * @param text what Redis or the network said
 * @param cause as it came
 */
record Fault(Kind kind, String text, Throwable cause) {

    /** What is to be done. */
    enum Kind {
        /** The connection is of no use any more; another may be. */
        LOST,
        /** Redis has no memory left. */
        FULL,
        /** Redis was restarted or told to forget scripts. */
        NO_SCRIPT,
        /** Redis works and says no; a person must look. */
        REFUSED
    }

    /** What Redis says when it is the wrong node or not ready; scripts of old versions put their own words before it. */
    private static final List<String> NOT_HERE = List.of(
            "READONLY",
            "read only replica",
            "MOVED ",
            "ASK ",
            "CLUSTERDOWN",
            "TRYAGAIN",
            "LOADING",
            "MASTERDOWN",
            "UNBLOCKED");

    /** What Lettuce says of a login that was refused, if the end of the connection overtakes the reason. */
    private static final String CLOSED_EARLY = "closed prematurely";

    static Fault of(Throwable failure) {
        Throwable cause = failure;
        // Lettuce's says "unable to connect"; what Redis or TLS had against it is the cause of that.
        while ((cause instanceof CompletionException
                        || cause instanceof ExecutionException
                        || cause instanceof RedisConnectionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        String text = message == null ? cause.getClass().getSimpleName() : message;
        if (text.contains(CLOSED_EARLY)) {
            text = "closed while logging in; are user, password and TLS right?";
        }
        if (cause instanceof RedisNoScriptException) {
            return new Fault(Kind.NO_SCRIPT, text, cause);
        }
        if (cause instanceof RedisCommandExecutionException) {
            return new Fault(kindOf(text), text, cause);
        }
        if (cause instanceof IllegalStateException) {
            return new Fault(Kind.REFUSED, text, cause);
        }
        if (cause instanceof TimeoutException) {
            return new Fault(Kind.LOST, "no answer in time", cause);
        }
        return new Fault(Kind.LOST, text, cause);
    }

    private static Kind kindOf(String text) {
        if (text.contains("OOM command not allowed")) {
            return Kind.FULL;
        }
        return NOT_HERE.stream().anyMatch(text::contains) ? Kind.LOST : Kind.REFUSED;
    }

    /** {@return what everybody gets from a log that was closed} */
    static LogException closed() {
        return new LogException.Unavailable("The log is closed: the hub is shutting down; try another or later");
    }

    static Fault disconnected() {
        return new Fault(Kind.LOST, "connection closed", new IllegalStateException("connection closed"));
    }

    /** {@return what the caller of the log gets} */
    LogException exception(String node) {
        return switch (kind) {
            case LOST ->
                new LogException.Unavailable(
                        "Redis at " + node + " cannot be reached or does not answer (" + text + "); try again later",
                        cause);
            case FULL ->
                new LogException.Full(
                        "Redis at " + node + " is full: raise its maxmemory or narrow the history's bounds (" + text
                                + ")",
                        cause);
            case NO_SCRIPT, REFUSED ->
                new LogException.Unavailable(
                        "Redis at " + node + " refuses: " + text + " (expected: a writable Redis and a user who may)",
                        cause);
        };
    }
}
