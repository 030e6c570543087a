package io.tidewire.hub;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what {@link PeerWriter} wrote; throws a BufferUnderflowException if there is less. */
final class PeerReader {
    private final ByteBuffer in;

    PeerReader(byte[] bytes) {
        in = ByteBuffer.wrap(bytes);
    }

    boolean isAtEnd() {
        return !in.hasRemaining();
    }

    long number() {
        return in.getLong();
    }

    boolean flag() {
        return in.get() != 0;
    }

    String text() {
        byte[] utf8 = new byte[Math.max(0, Math.min(in.getInt(), in.remaining()))];
        in.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    @Nullable
    String textOrNone() {
        return flag() ? text() : null;
    }

    @Nullable
    Instant instantOrNone() {
        return flag() ? Instant.ofEpochMilli(number()) : null;
    }

    List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (long left = number(); left > 0; left--) {
            texts.add(text());
        }
        return texts;
    }

    ConnectionInfo connection() {
        return new ConnectionInfo(text(), textOrNone(), texts(), text(), Instant.ofEpochMilli(number()), flag());
    }
}
