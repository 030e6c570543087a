package io.tidewire.client;

import java.time.Duration;
import java.util.Objects;

/**
 * What a Tidewire server says first on a stream. Immutable.
 *
 * @param connection the connection's id, by which the server's API reaches it
 * @param resume what this connection gets of the past
 * @param from the id after which everything follows
 * @param keepAlive after how long a silence the server sends something; the watchdog sets itself from it
 */
public record Connected(String connection, Resume resume, String from, Duration keepAlive) {

    /** Checks that nothing is null. */
    public Connected {
        Objects.requireNonNull(connection, "connection");
        Objects.requireNonNull(resume, "resume");
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(keepAlive, "keepAlive");
    }

    /** The three verdicts on a resume. */
    public enum Resume {
        /** Nothing of the past was asked for. */
        NEW,
        /** Everything after the last event follows. */
        FULL,
        /** Some of what was missed is gone; {@link EventSourceListener#gap} tells how much. */
        GAP
    }
}
