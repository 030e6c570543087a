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
     * Creates a stream with its first messages, if there is none of that name.
     *
     * @param first what it begins with; its producer and sequence text count as in any append
     */
    CompletionStage<Creation> create(String name, StreamSpec spec, StreamAppend first);

    /**
     * Appends, all or nothing, judged and stored as one step. When the stage completes, the stream has it as durably as the store has
     * anything, and every later read sees it; before, nobody does. Appends of one caller are taken in the order of the calls.
     */
    CompletionStage<AppendOutcome> append(String name, StreamAppend append);

    /** {@return what is known of a stream; nothing if there is none} Does not count as a use. */
    CompletionStage<Optional<StreamInfo>> info(String name);

    /**
     * Reads what comes after a place: as many messages as fit into so many bytes, and at least one if there is one. A place after the
     * tail is taken for the tail.
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
     */
    CompletionStage<List<StreamInfo>> list(String prefix, String after, int limit);

    /**
     * Tells the listener of changes: of each stream's in their order, after they can be read, one call at a time for a stream, on a
     * thread of the store. Changes by other processes may come late or, when the connection to the store was lost, not at all; whoever
     * waits must look again from time to time. Called once, before anything else.
     *
     * @param listener must be quick and must not throw
     */
    void listen(Consumer<StreamChange> listener);

    /** Refuses what comes after. What was acknowledged stays, if the store keeps it at all. */
    @Override
    void close();

    /**
     * Checks a name's length, as every method that takes a name does.
     *
     * @throws IllegalArgumentException if it is empty or longer than {@link #MAX_NAME_BYTES}
     */
    static void requireName(String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "stream: a name of " + bytes + " bytes (expected: 1 to " + MAX_NAME_BYTES + ")");
        }
    }
}
