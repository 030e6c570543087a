package io.tidewire.log.sqlite;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Takes messages for as long as they fit, and one at least. */
final class PageOfStream implements Predicate<byte[]> {
    private final long maxBytes;
    private final List<byte[]> messages = new ArrayList<>();
    private long bytes;

    PageOfStream(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** {@return whether it fits, and the next one may} */
    @Override
    public boolean test(byte[] message) {
        bytes += message.length;
        if (!messages.isEmpty() && bytes > maxBytes) {
            return false;
        }
        messages.add(message);
        return true;
    }

    List<byte[]> messages() {
        return List.copyOf(messages);
    }
}
