package io.tidewire.stream;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Keeps streams: append-only sequences of messages, each with a name.
 *
 * <p>Safe for use by any thread. No method blocks; what takes long completes its stage later, on a thread of the store's choosing.
 * What cannot be done fails the stage with a {@link io.tidewire.log.LogException}; what is not allowed is an outcome. An expired stream
 * is as one that was deleted.
 *
 * <p>Every store passes {@code StreamStoreContract} of the test kit.
 */
public interface StreamStore extends AutoCloseable {

    /** Longest name, in UTF-8 bytes. */
    int MAX_NAME_BYTES = 512;

    /**
     * Creates a stream with its first messages, if there is none of that name. One that is there is left as it is; asking for it so is
     * no use of it.
     *
     * @param first what it begins with; its producer and sequence text count as in any append
     * @throws IllegalArgumentException at once, if the name is none ({@link #requireName}) or a stream cannot begin so
     *     ({@link #requireFirst})
     */
    CompletionStage<Creation> create(String name, StreamSpec spec, StreamAppend first);

    /**
     * Appends, all or nothing, judged and stored as one step. When the stage completes, the stream has it as durably as the store has
     * anything, and every later read sees it; before, nobody does. Appends of one caller are taken in the order of the calls. Counts as a use, whatever its outcome is.
     *
     * <p>Fails with {@link io.tidewire.log.LogException.Full} if the stream would become longer than {@link StreamLimits} allow; what is
     * refused or known for another reason is an outcome even then.
     */
    CompletionStage<AppendOutcome> append(String name, StreamAppend append);

    /** {@return what is known of a stream; nothing if there is none} Does not count as a use. */
    CompletionStage<Optional<StreamInfo>> info(String name);

    /**
     * Reads what comes after a place: as many messages as fit into so many bytes, and at least one if there is one. A place after the
     * tail is taken for the tail. Counts as a use.
     *
     * @return nothing if there is no such stream
     */
    CompletionStage<Optional<StreamPage>> read(String name, Offset after, int maxBytes);

    /** Deletes a stream; {@return whether there was one}. */
    CompletionStage<Boolean> delete(String name);

    /**
     * {@return the streams whose names begin so, in the order of their names (by UTF-16 code unit), at most so many}
     *
     * @param after the last name of the page before; empty for the first
     * @param limit 1 or more
     */
    CompletionStage<List<StreamInfo>> list(String prefix, String after, int limit);

    /**
     * Tells the listener of changes: of each stream's in their order, after they can be read, one call at a time for a stream, on a
     * thread of the store or of who made the change. What changes nothing (a repeat, a refusal) is not told, nor need be the creation
     * of a stream that is empty and open. That a stream has expired may be told late: when the store notices. Changes by other processes may come late or, when the connection to the store was lost, not at all; whoever
     * waits must look again from time to time. Called once, before anything else.
     *
     * @param listener must be quick and must not throw
     */
    void listen(Consumer<StreamChange> listener);

    /** Refuses what comes after. What was acknowledged stays, if the store keeps it at all. */
    @Override
    void close();

    /**
     * Checks a name, as every method that takes one does.
     *
     * @throws IllegalArgumentException if it is empty, longer than {@link #MAX_NAME_BYTES}, or has half of a surrogate pair, which no
     *     UTF-8 can say
     */
    static void requireName(String name) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            throw new IllegalArgumentException("stream: a name with an unpaired surrogate (expected: Unicode text)");
        }
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "stream: a name of " + bytes + " bytes (expected: 1 to " + MAX_NAME_BYTES + ")");
        }
    }

    /**
     * Checks what a stream is to begin with, as {@link #create} does.
     *
     * @throws IllegalArgumentException if its producer does not begin with 0: nothing can be missing yet
     */
    static void requireFirst(StreamAppend first) {
        Producer by = first.producer();
        if (by != null && by.seq() != 0) {
            throw new IllegalArgumentException("producer-seq: " + by.seq() + " (expected: 0, as a stream begins)");
        }
    }

    /**
     * Checks how much of a list is asked for, as {@link #list} does.
     *
     * @throws IllegalArgumentException if it is nothing
     */
    static void requireLimit(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: 1 or more)");
        }
    }
}
