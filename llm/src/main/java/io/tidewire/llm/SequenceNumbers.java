package io.tidewire.llm;

import java.util.List;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/**
 * The numbers that OpenAI's responses give their events, and that a client names when it resumes:
 * {@code GET /responses/{id}?stream=true&starting_after=7} is answered by what comes after event 7. Maps them to the
 * places of recorded blocks. Holds nothing; safe from any thread.
 */
public final class SequenceNumbers {

    private SequenceNumbers() {}

    /**
     * {@return the {@code sequence_number} of the block; empty if it has none}
     *
     * @param block as {@link EventBlocks} gave it
     */
    public static OptionalLong of(byte[] block) {
        JsonNode number = BlockEvent.of(block)
                .map(event -> DialectJson.read(event.data()).path("sequence_number"))
                .orElse(DialectJson.object());
        return number.isIntegralNumber() && number.canConvertToLong()
                ? OptionalLong.of(number.longValue())
                : OptionalLong.empty();
    }

    /**
     * {@return the index at which a client that has seen this number goes on: that of the block after the last one whose
     * number is not greater; 0 if there is none, the size if nothing is left}
     *
     * @param blocks in the order of the stream; blocks without a number belong to what is before them
     * @param startingAfter the last number that the client has seen
     */
    public static int indexAfter(List<byte[]> blocks, long startingAfter) {
        int after = 0;
        int low = 0;
        int high = blocks.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            int numbered = middle;
            OptionalLong number = of(blocks.get(numbered));
            while (number.isEmpty() && numbered > low) {
                numbered--;
                number = of(blocks.get(numbered));
            }
            if (number.isEmpty()) {
                low = middle + 1;
            } else if (number.getAsLong() <= startingAfter) {
                after = numbered + 1;
                low = middle + 1;
            } else {
                high = numbered;
            }
        }
        return after;
    }

    /**
     * {@return the error event of {@link Dialect#OPENAI_RESPONSES} with a number}, as clients that resume expect it
     *
     * @param message for people; only its first line is told, up to 500 characters
     * @param code for programs
     * @param sequenceNumber one more than the last of the stream, 0 or more
     */
    public static byte[] error(String message, String code, long sequenceNumber) {
        if (sequenceNumber < 0) {
            throw new IllegalArgumentException("sequenceNumber: " + sequenceNumber + " (expected: 0 or more)");
        }
        return ErrorEvents.responses(ErrorEvents.line(message), ErrorEvents.line(code), sequenceNumber);
    }
}
