package io.tidewire.stream;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Specs as bytes, for stores that keep them elsewhere. What one version wrote, every later one reads.
 *
 * <p>Stateless; safe for any thread.
 */
public final class StreamSpecCodec {
    /*
     * version, flags, content type, time to live and end if their flags are set, number of attributes, names and values. Times are
     * seconds (8 bytes) and nanoseconds (4), numbers big-endian, texts as DataOutput.writeUTF has them: every char comes back.
     */
    private static final int VERSION = 1;

    private static final int TIME_TO_LIVE = 1;
    private static final int EXPIRES_AT = 2;

    /** {@return the spec as bytes} */
    public byte[] encode(StreamSpec spec) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            Duration timeToLive = spec.timeToLive();
            Instant expiresAt = spec.expiresAt();
            out.writeByte(VERSION);
            out.writeByte((timeToLive == null ? 0 : TIME_TO_LIVE) | (expiresAt == null ? 0 : EXPIRES_AT));
            out.writeUTF(spec.contentType());
            if (timeToLive != null) {
                out.writeLong(timeToLive.getSeconds());
                out.writeInt(timeToLive.getNano());
            }
            if (expiresAt != null) {
                out.writeLong(expiresAt.getEpochSecond());
                out.writeInt(expiresAt.getNano());
            }
            out.writeShort(spec.attributes().size());
            for (Map.Entry<String, String> attribute : spec.attributes().entrySet()) {
                out.writeUTF(attribute.getKey());
                out.writeUTF(attribute.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // never, in memory
        }
        return bytes.toByteArray();
    }

    /**
     * {@return the spec that was encoded}
     *
     * @throws IllegalArgumentException if it is not one
     */
    public StreamSpec decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readByte();
            if (version != VERSION) {
                throw new IllegalArgumentException(
                        "stream spec: version " + version + " (expected: " + VERSION + "; a later Tidewire wrote it)");
            }
            int flags = in.readByte();
            String contentType = in.readUTF();
            Duration timeToLive = (flags & TIME_TO_LIVE) == 0 ? null : Duration.ofSeconds(in.readLong(), in.readInt());
            Instant expiresAt = (flags & EXPIRES_AT) == 0 ? null : Instant.ofEpochSecond(in.readLong(), in.readInt());
            return new StreamSpec(contentType, timeToLive, expiresAt, attributes(in));
        } catch (IOException | ArithmeticException | DateTimeException e) {
            throw new IllegalArgumentException("stream spec: damaged (expected: what encode made)", e);
        }
    }

    private static Map<String, String> attributes(DataInputStream in) throws IOException {
        Map<String, String> attributes = new HashMap<>();
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            String name = in.readUTF();
            attributes.put(name, in.readUTF());
        }
        return attributes;
    }
}
