package io.tidewire.log.redis;

import io.tidewire.stream.StreamSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a stream was created as, as bytes: media type; time to live and end, each a byte 0, or 1 and seconds and nanoseconds; number of
 * attributes, and their names and values. Numbers and texts as {@link DataOutputStream} writes them.
 */
final class SpecCodec {
    private SpecCodec() {}

    static byte[] encode(StreamSpec spec) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(spec.contentType());
            Duration lives = spec.timeToLive();
            Instant ends = spec.expiresAt();
            writeTime(out, lives == null ? null : new Time(lives.getSeconds(), lives.getNano()));
            writeTime(out, ends == null ? null : new Time(ends.getEpochSecond(), ends.getNano()));
            out.writeShort(spec.attributes().size());
            for (Map.Entry<String, String> attribute : spec.attributes().entrySet()) {
                out.writeUTF(attribute.getKey());
                out.writeUTF(attribute.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static StreamSpec decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            String type = in.readUTF();
            Time lives = readTime(in);
            Time ends = readTime(in);
            Map<String, String> attributes = new HashMap<>();
            for (int left = in.readUnsignedShort(); left > 0; left--) {
                attributes.put(in.readUTF(), in.readUTF());
            }
            return new StreamSpec(
                    type,
                    lives == null ? null : Duration.ofSeconds(lives.seconds, lives.nanos),
                    ends == null ? null : Instant.ofEpochSecond(ends.seconds, ends.nanos),
                    attributes);
        } catch (IOException e) {
            throw new UncheckedIOException("stream: what it was created as is damaged", e);
        }
    }

    /** A duration or an instant. */
    private record Time(long seconds, int nanos) {}

    private static void writeTime(DataOutputStream out, @Nullable Time time) throws IOException {
        out.writeBoolean(time != null);
        if (time != null) {
            out.writeLong(time.seconds);
            out.writeInt(time.nanos);
        }
    }

    private static @Nullable Time readTime(DataInputStream in) throws IOException {
        return in.readBoolean() ? new Time(in.readLong(), in.readInt()) : null;
    }
}
