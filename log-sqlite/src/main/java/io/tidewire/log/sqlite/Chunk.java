package io.tidewire.log.sqlite;

import java.util.List;
import java.util.function.Predicate;

/** Messages as one value: each its length, in groups of seven bits with the lowest first, and its bytes. */
final class Chunk {
    /** Beyond it the rest goes into another one: a reader reads whole ones. */
    private static final int MAX_BYTES = 64 << 10;

    private static final int MAX_LENGTH_BYTES = 5;

    private Chunk() {}

    /** {@return how many messages from this one on make a chunk; one at least} */
    static int count(List<byte[]> messages, int from) {
        long bytes = 0;
        int to = from;
        while (to < messages.size() && (to == from || bytes + messages.get(to).length <= MAX_BYTES)) {
            bytes += messages.get(to).length + 1;
            to++;
        }
        return to - from;
    }

    static byte[] encode(List<byte[]> messages) {
        int bytes = 0;
        for (byte[] message : messages) {
            bytes += lengthBytes(message.length) + message.length;
        }
        byte[] chunk = new byte[bytes];
        int at = 0;
        for (byte[] message : messages) {
            int length = message.length;
            while (length > 0x7f) {
                chunk[at++] = (byte) (length | 0x80);
                length >>>= 7;
            }
            chunk[at++] = (byte) length;
            System.arraycopy(message, 0, chunk, at, message.length);
            at += message.length;
        }
        return chunk;
    }

    private static int lengthBytes(int length) {
        int bytes = 1;
        for (int rest = length >>> 7; rest > 0; rest >>>= 7) {
            bytes++;
        }
        return bytes;
    }

    /**
     * Hands over the messages, but so many at the beginning, until no more are wanted.
     *
     * @return whether more are wanted
     * @throws IllegalStateException if it was not encoded here
     */
    static boolean decode(byte[] chunk, long skip, Predicate<byte[]> taker) {
        int at = 0;
        for (long number = 0; at < chunk.length; number++) {
            int length = 0;
            int shift = 0;
            byte group;
            do {
                if (at == chunk.length || shift == 7 * MAX_LENGTH_BYTES) {
                    throw damaged();
                }
                group = chunk[at++];
                length |= (group & 0x7f) << shift;
                shift += 7;
            } while (group < 0);
            if (length < 0 || length > chunk.length - at) {
                throw damaged();
            }
            if (number >= skip) {
                byte[] message = new byte[length];
                System.arraycopy(chunk, at, message, 0, length);
                if (!taker.test(message)) {
                    return false;
                }
            }
            at += length;
        }
        return true;
    }

    private static IllegalStateException damaged() {
        return new IllegalStateException(
                "chunk: lengths that do not fit (expected: a sound database; restore a backup)");
    }
}
