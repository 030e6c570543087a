package io.tidewire.server;

import java.util.Arrays;
import java.util.function.Consumer;

/** Hands text on as it arrives, but for the first bytes of a character (UTF-8) whose last ones are still to come. */
final class DurableText implements DurableSplitter {
    private static final byte[] NOTHING = {};
    private static final int LONGEST_CHARACTER = 4;

    private byte[] rest = NOTHING;

    @Override
    public void feed(byte[] piece, Consumer<byte[]> messages) {
        byte[] all = Arrays.copyOf(rest, rest.length + piece.length);
        System.arraycopy(piece, 0, all, rest.length, piece.length);
        int end = all.length - unfinished(all);
        rest = Arrays.copyOfRange(all, end, all.length);
        if (end > 0) {
            messages.accept(end == all.length ? all : Arrays.copyOf(all, end));
        }
    }

    /** {@return how many bytes at the end are the beginning of a character} */
    private static int unfinished(byte[] bytes) {
        for (int back = 1; back < LONGEST_CHARACTER && back <= bytes.length; back++) {
            int b = bytes[bytes.length - back] & 0xFF;
            if (b < 0x80) {
                return 0;
            }
            if (b >= 0xC0) {
                int length = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
                return back < length ? back : 0;
            }
        }
        return 0;
    }

    @Override
    public void end(Consumer<byte[]> messages) {
        if (rest.length > 0) {
            messages.accept(rest);
            rest = NOTHING;
        }
    }
}
