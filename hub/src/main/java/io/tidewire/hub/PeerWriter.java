package io.tidewire.hub;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes what {@link PeerReader} reads. */
final class PeerWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    private interface Writing {
        void run() throws IOException;
    }

    private PeerWriter write(Writing writing) {
        try {
            writing.run();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail so
        }
    }

    PeerWriter number(long value) {
        return write(() -> out.writeLong(value));
    }

    PeerWriter flag(boolean value) {
        return write(() -> out.writeBoolean(value));
    }

    PeerWriter text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return write(() -> {
            out.writeInt(utf8.length);
            out.write(utf8);
        });
    }

    PeerWriter textOrNone(@Nullable String text) {
        flag(text != null);
        return text == null ? this : text(text);
    }

    PeerWriter instantOrNone(@Nullable Instant instant) {
        flag(instant != null);
        return instant == null ? this : number(instant.toEpochMilli());
    }

    PeerWriter texts(List<String> texts) {
        number(texts.size());
        texts.forEach(this::text);
        return this;
    }

    PeerWriter connection(ConnectionInfo info) {
        return text(info.id())
                .textOrNone(info.user())
                .texts(info.selectors())
                .text(info.remote())
                .number(info.since().toEpochMilli())
                .flag(info.live());
    }

    /** Adds what another has written. */
    PeerWriter then(PeerWriter other) {
        return write(() -> other.bytes.writeTo(out));
    }

    int size() {
        return bytes.size();
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }
}
