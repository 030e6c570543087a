package io.tidewire.server;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Cuts a body into messages as it arrives. What it throws is the answer. */
interface DurableSplitter {

    /** Takes a piece of the body, and hands on the messages that are complete. */
    void feed(byte[] piece, Consumer<byte[]> messages);

    /** The body is complete: hands on what is left. */
    void end(Consumer<byte[]> messages);

    /**
     * {@return what cuts a body of that media type; null if it is taken as a whole}
     *
     * @param maxBytes the longest message
     */
    static @Nullable DurableSplitter of(String type, int maxBytes) {
        String essence = NativeEvents.essence(type);
        return switch (essence) {
            case DurableFields.SERVER_SENT_EVENTS -> new DurableBlocks(maxBytes);
            case DurableLines.TYPE -> new DurableLines(maxBytes);
            default -> essence.startsWith("text/") ? new DurableText() : null;
        };
    }

    /** {@return the messages of a body that is all there, for a stream of that media type} */
    static List<byte[]> messages(String streamType, String bodyType, byte[] body) {
        if (body.length == 0) {
            return List.of();
        }
        boolean lines = !DurableFields.sameType(streamType, bodyType);
        if (DurableFields.isJson(streamType) && !lines) {
            return DurableJson.messages(body);
        }
        if (!lines && !NativeEvents.essence(streamType).equals(DurableFields.SERVER_SENT_EVENTS)) {
            return List.of(body);
        }
        DurableSplitter cut = lines ? new DurableLines(body.length) : new DurableBlocks(body.length);
        List<byte[]> found = new ArrayList<>();
        cut.feed(body, found::add);
        cut.end(found::add);
        return found;
    }

    /** {@return whether a body of that media type may be appended to a stream of that one} */
    static boolean fits(String streamType, String bodyType) {
        boolean lines = NativeEvents.essence(bodyType).equals(DurableLines.TYPE);
        return DurableFields.sameType(streamType, bodyType) || (lines && DurableFields.isJson(streamType));
    }
}
