package io.tidewire.log;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * An ordered, resumable log of updates: the one thing that publishing, live delivery, resume and replay all stand on.
 *
 * <p>Safe for use by any thread. No method blocks; what takes long completes its stage later, on a thread of the log's
 * choosing. What cannot be done fails the stage with a {@link LogException}.
 *
 * <pre>{@code
 * EventLog log = new MemoryLog(Retention.defaults(), InstantSource.system());
 * log.append(List.of(Append.of(Update.to("news").data("hello").build())));
 * }</pre>
 */
public interface EventLog extends AutoCloseable {

    /**
     * Appends a batch, in order, all or nothing as far as failures go. When the stage completes, the log has them, and
     * followers have seen or will see them; before, nobody has been told that they exist.
     *
     * @return one result for each, in the same order
     */
    CompletionStage<List<AppendResult>> append(List<Append> batch);

    /**
     * Reads one page after a cursor. A page that found nothing and is not {@link Page#atHead} only means "go on from
     * {@link Page#end}".
     */
    CompletionStage<Page> read(Read request);

    /**
     * Hands every entry after the head, as it is now, to the follower: in order, one call at a time, each entry once,
     * until the log is closed.
     *
     * @return the head from which it follows
     */
    Position follow(Follower follower);

    /**
     * Finds the place that a cursor means. An id that the log never gave, no longer has or gave in an earlier life leads to the
     * oldest entry, with the gap said. What was cut by the bounds of a topic that is not of interest is no gap; a log may take a
     * topic to be of interest if {@link Interest#anyTopic} is.
     */
    CompletionStage<Resolution> resolve(Cursor cursor, Interest interest);

    /** Ends following and refuses what comes after. Entries already acknowledged stay, if the log keeps them at all. */
    @Override
    void close();
}
