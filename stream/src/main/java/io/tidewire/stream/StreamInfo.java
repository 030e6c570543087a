package io.tidewire.stream;

import java.time.Instant;

/**
 * What is known of a stream at one moment. Immutable.
 *
 * @param name its name
 * @param spec what it was created as
 * @param created when that was
 * @param lastUse when it was last read or written, within the accuracy of its store
 * @param tail the place after its last message
 * @param bytes the length of all its messages
 * @param closed whether nothing will be added any more
 */
public record StreamInfo(
        String name, StreamSpec spec, Instant created, Instant lastUse, Offset tail, long bytes, boolean closed) {}
