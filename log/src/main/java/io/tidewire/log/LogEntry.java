package io.tidewire.log;

/**
 * An update that the log has.
 *
 * @param position where
 * @param update what
 * @param timeMillis when the log took it, in milliseconds since the epoch
 */
public record LogEntry(Position position, Update update, long timeMillis) {

    /** {@return the event's id as subscribers see it: the publisher's own, or the position's token} */
    public String id() {
        String own = update.id();
        return own != null ? own : position.token();
    }
}
