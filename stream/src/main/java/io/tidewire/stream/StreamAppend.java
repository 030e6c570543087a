package io.tidewire.stream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be added to a stream: all of it or nothing.
 *
 * @param messages what is added, in order; may be empty if it closes. Neither the list nor the arrays are changed by anybody from now
 *     on
 * @param seq the writer's own sequence text, greater byte by byte than the one before; or null
 * @param producer who appends, if repeating it must do no harm; or null
 * @param close whether nothing may follow
 */
public record StreamAppend(
        List<byte[]> messages,
        @Nullable String seq,
        @Nullable Producer producer,
        boolean close) {
    /** Nothing. */
    public static final StreamAppend NOTHING = new StreamAppend(List.of(), null, null, false);

    /** Closes, and adds nothing. */
    public static final StreamAppend CLOSE = new StreamAppend(List.of(), null, null, true);

    /** Copies the list. */
    public StreamAppend {
        messages = List.copyOf(messages);
    }

    /** {@return what adds these messages} */
    public static StreamAppend of(List<byte[]> messages) {
        return new StreamAppend(messages, null, null, false);
    }

    /** {@return what adds one message} */
    public static StreamAppend of(byte[] message) {
        return of(List.of(message));
    }

    /** {@return the same, and nothing may follow} */
    public StreamAppend closing() {
        return new StreamAppend(messages, seq, producer, true);
    }

    /** {@return the same, by that producer} */
    public StreamAppend by(Producer who) {
        return new StreamAppend(messages, seq, who, close);
    }

    /** {@return the same, with the writer's own sequence text} */
    public StreamAppend inSequence(String text) {
        return new StreamAppend(messages, text, producer, close);
    }

    /** {@return the length of all messages} */
    public long bytes() {
        long sum = 0;
        for (byte[] message : messages) {
            sum += message.length;
        }
        return sum;
    }
}
