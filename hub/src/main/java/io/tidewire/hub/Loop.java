package io.tidewire.hub;

/**
 * The one thread that owns a {@link Shard}, and its clock. A transport gives one for each of its event loops; a test
 * gives one that it steps by hand.
 */
public interface Loop {

    /** Runs a task on the loop's thread, after what that thread is doing now. Any thread may call. */
    void execute(Runnable task);

    /** Runs a task on the loop's thread once the delay is over. Any thread may call. */
    void schedule(Runnable task, long delayMillis);

    /** {@return whether the caller is on the loop's thread} */
    boolean isCurrent();

    /** {@return a monotonic clock in milliseconds, of arbitrary origin} */
    long nowMillis();
}
