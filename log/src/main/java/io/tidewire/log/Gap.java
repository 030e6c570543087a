package io.tidewire.log;

/**
 * A piece of history that a cursor wanted and the log no longer has.
 *
 * @param from the id after which events are missing, as the subscriber gave it
 * @param to the token from which it goes on: everything after it is there
 * @param missed how many events of any topic were cut, or {@link #UNKNOWN}
 */
public record Gap(String from, String to, long missed) {

    /** The count when the log cannot tell, for example because the id is from before a restart. */
    public static final long UNKNOWN = -1;
}
