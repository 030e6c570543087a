package io.tidewire.server;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/** Cuts newline-delimited JSON: each line that is not blank is a message. */
final class DurableLines implements DurableSplitter {
    static final String TYPE = "application/x-ndjson";

    private final int maxBytes;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    private long number = 1;

    DurableLines(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    @Override
    public void feed(byte[] piece, Consumer<byte[]> messages) {
        int from = 0;
        for (int i = 0; i < piece.length; i++) {
            if (piece[i] == '\n') {
                take(piece, from, i);
                from = i + 1;
                finish(messages);
            }
        }
        take(piece, from, piece.length);
    }

    private void take(byte[] piece, int from, int to) {
        if (to - from > maxBytes - line.size()) {
            throw WholeBody.tooLarge(maxBytes);
        }
        line.write(piece, from, to - from);
    }

    private void finish(Consumer<byte[]> messages) {
        byte[] bytes = line.toByteArray();
        line.reset();
        if (!isBlank(bytes)) {
            messages.accept(DurableJson.value("line " + number, bytes));
        }
        number++;
    }

    private static boolean isBlank(byte[] bytes) {
        for (byte b : bytes) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    @Override
    public void end(Consumer<byte[]> messages) {
        finish(messages);
    }
}
