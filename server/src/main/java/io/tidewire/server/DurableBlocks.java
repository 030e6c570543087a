package io.tidewire.server;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/**
 * Cuts server-sent events: each block of lines with the blank line after it (WHATWG HTML, section 9.2.5) is a message, byte for byte. Lines end
 * with LF, CR LF or CR.
 */
final class DurableBlocks implements DurableSplitter {
    private final int maxBytes;
    private final ByteArrayOutputStream block = new ByteArrayOutputStream(256);
    private boolean lineIsEmpty = true;
    private boolean hasLines;
    private boolean afterCr;

    DurableBlocks(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    @Override
    public void feed(byte[] piece, Consumer<byte[]> messages) {
        int from = 0;
        boolean complete = false;
        for (int i = 0; i < piece.length; i++) {
            byte b = piece[i];
            boolean secondOfCrLf = b == '\n' && afterCr;
            if (complete && !secondOfCrLf) {
                from = hand(piece, from, i, messages);
                complete = false;
            }
            afterCr = b == '\r';
            if (secondOfCrLf) {
                continue;
            }
            if (b == '\n' || b == '\r') {
                complete = lineIsEmpty && hasLines;
                lineIsEmpty = true;
            } else {
                lineIsEmpty = false;
                hasLines = true;
            }
        }
        // A LF that follows in the next piece would be the first byte of the next block: no harm there, while to wait
        // for it would be.
        if (complete) {
            from = hand(piece, from, piece.length, messages);
        }
        take(piece, from, piece.length);
    }

    private int hand(byte[] piece, int from, int to, Consumer<byte[]> messages) {
        take(piece, from, to);
        end(messages);
        return to;
    }

    private void take(byte[] piece, int from, int to) {
        if (to - from > maxBytes - block.size()) {
            throw WholeBody.tooLarge(maxBytes);
        }
        block.write(piece, from, to - from);
    }

    @Override
    public void end(Consumer<byte[]> messages) {
        hasLines = false;
        if (block.size() > 0) {
            messages.accept(block.toByteArray());
            block.reset();
        }
    }
}
