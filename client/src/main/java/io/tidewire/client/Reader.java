package io.tidewire.client;

/** Who pulls events, at its own pace. */
interface Reader {

    /** Hands over an event, on the source's thread; waits until there is room or {@link #abort} was called. */
    void put(long number, StreamEvent event) throws InterruptedException;

    /** The source ended; the last call of the source's thread. */
    void end(EventSourceException why);

    /** The source was closed: nobody may go on waiting. Any thread. */
    void abort();

    /** {@return the number of the last event that is handled, with all before it; the greatest long if all there were are} */
    long handledUpTo();
}
