package io.tidewire.log;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Updates as bytes, for logs that keep them elsewhere. What one version wrote, every later one reads.
 *
 * <p>Stateless; safe for any thread.
 */
public final class UpdateCodec {
    /*
     * version, flags, kind of audience, names, data, then the fields whose flag is set.
     * Numbers are in groups of seven bits, the lowest first; a text is its length in bytes of UTF-8 and these.
     */
    private static final byte VERSION = 1;

    private static final int EVENT = 1;
    private static final int ID = 2;
    private static final int KEY = 4;
    private static final int RETRY = 8;
    private static final int PRIVATE = 16;

    private static final int TOPICS = 0;
    private static final int EVERYONE = 1;
    private static final int USER = 2;
    private static final int CONNECTION = 3;

    private static final int FIXED_BYTES = 64;

    /** {@return the update as bytes} */
    public byte[] encode(Update update) {
        Writer out = new Writer(FIXED_BYTES + update.data().length());
        out.put(VERSION);
        out.put((byte) flags(update));
        writeAudience(out, update.audience());
        out.text(update.data());
        writeIfGiven(out, update.event());
        writeIfGiven(out, update.id());
        writeIfGiven(out, update.key());
        Duration retry = update.retry();
        if (retry != null) {
            out.number(retry.toMillis());
        }
        return out.bytes();
    }

    private static int flags(Update update) {
        return (update.event() == null ? 0 : EVENT)
                | (update.id() == null ? 0 : ID)
                | (update.key() == null ? 0 : KEY)
                | (update.retry() == null ? 0 : RETRY)
                | (update.isPrivate() ? PRIVATE : 0);
    }

    private static void writeIfGiven(Writer out, @Nullable String text) {
        if (text != null) {
            out.text(text);
        }
    }

    private static void writeAudience(Writer out, Audience audience) {
        if (audience instanceof Audience.Topics topics) {
            out.put((byte) TOPICS);
            out.number(topics.names().size());
            topics.names().forEach(out::text);
        } else if (audience instanceof Audience.User user) {
            out.put((byte) USER);
            out.text(user.name());
        } else if (audience instanceof Audience.Connection connection) {
            out.put((byte) CONNECTION);
            out.text(connection.id());
        } else {
            out.put((byte) EVERYONE);
        }
    }

    /**
     * {@return the update that these bytes are}
     *
     * @throws IllegalArgumentException if they are none, or of a later version than this one
     */
    public Update decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            byte version = in.get();
            if (version != VERSION) {
                throw new IllegalArgumentException("update: version " + version + " (expected: " + VERSION
                        + "; a later Tidewire wrote it, or it is none of ours)");
            }
            return decode(in);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException(
                    "update: ends after " + bytes.length + " bytes (expected: more; it was cut or is none of ours)", e);
        }
    }

    private static Update decode(ByteBuffer in) {
        int flags = in.get();
        Audience audience = readAudience(in);
        String data = text(in);
        String event = (flags & EVENT) == 0 ? null : text(in);
        String id = (flags & ID) == 0 ? null : text(in);
        String key = (flags & KEY) == 0 ? null : text(in);
        Duration retry = (flags & RETRY) == 0 ? null : Duration.ofMillis(number(in));
        return new Update(audience, event, data, id, key, retry, (flags & PRIVATE) != 0);
    }

    private static Audience readAudience(ByteBuffer in) {
        int kind = in.get();
        return switch (kind) {
            case TOPICS -> {
                long count = number(in);
                if (count < 1 || count > Audience.MAX_TOPICS) {
                    throw new IllegalArgumentException(
                            "update: " + count + " topics (expected: 1 to " + Audience.MAX_TOPICS + ")");
                }
                List<String> names = new ArrayList<>((int) count);
                for (long i = 0; i < count; i++) {
                    names.add(text(in));
                }
                yield new Audience.Topics(names);
            }
            case EVERYONE -> new Audience.Everyone();
            case USER -> new Audience.User(text(in));
            case CONNECTION -> new Audience.Connection(text(in));
            default -> throw new IllegalArgumentException("update: audience " + kind + " (expected: 0 to 3)");
        };
    }

    private static String text(ByteBuffer in) {
        long length = number(in);
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] utf8 = new byte[(int) length];
        in.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private static long number(ByteBuffer in) {
        long number = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte group = in.get();
            number |= (long) (group & 0x7f) << shift;
            if (group >= 0) {
                return number;
            }
        }
        throw new IllegalArgumentException("update: a number without an end (expected: at most 10 bytes)");
    }

    /** Bytes that grow. */
    private static final class Writer {
        private byte[] bytes;
        private int size;

        Writer(int capacity) {
            bytes = new byte[capacity];
        }

        void put(byte value) {
            reserve(1);
            bytes[size++] = value;
        }

        void number(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                put((byte) ((rest & 0x7f) | 0x80));
                rest >>>= 7;
            }
            put((byte) rest);
        }

        void text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            number(utf8.length);
            reserve(utf8.length);
            System.arraycopy(utf8, 0, bytes, size, utf8.length);
            size += utf8.length;
        }

        byte[] bytes() {
            return Arrays.copyOf(bytes, size);
        }

        private void reserve(int more) {
            if (size + more > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
            }
        }
    }
}
