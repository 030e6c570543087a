package io.tidewire.log;

import java.util.List;

/** Who follows a log: handed every entry in order, one call at a time. Must be quick, must not call back into the log and must not throw. */
@FunctionalInterface
public interface Follower {

    /** Takes the next entries; what it did not take is not handed to it again. */
    void entries(List<LogEntry> entries);

    /**
     * Learns that history was cut before it had all of it: its log was away for too long. The next entries are those after {@code from};
     * a {@link EventLog#read} from a place before tells the gap, as ever.
     */
    default void cutOff(Position from) {}
}
