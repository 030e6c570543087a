package io.tidewire.testkit;

import java.io.IOException;

/** Takes the HTTP/1.1 framing off a response's body, as it comes. */
final class BodyFraming {
    /*
     *   SIZE ──CRLF──▶ DATA (size bytes) ──▶ DATA_END ──CRLF──▶ SIZE      size 0: ──▶ TRAILER ──empty line──▶ complete
     *
     * A body of a known length is one chunk without an end; one that lasts until the connection ends, an endless one.
     */
    private enum State {
        SIZE,
        DATA,
        DATA_END,
        TRAILER,
        COMPLETE
    }

    /** Where the bytes of the body go. */
    @FunctionalInterface
    interface Sink {
        void accept(byte[] bytes, int offset, int length);
    }

    private static final long UNTIL_THE_END = Long.MAX_VALUE;

    private final boolean chunked;
    private final boolean endless;
    private final Sink sink;
    private final StringBuilder line = new StringBuilder();
    private State state;
    private long left;

    BodyFraming(ResponseHead head, Sink sink) {
        this.sink = sink;
        String length = head.headers().get("content-length");
        chunked = head.headers().getOrDefault("transfer-encoding", "").endsWith("chunked");
        endless = !chunked && length == null;
        left = chunked ? 0 : length == null ? UNTIL_THE_END : Long.parseLong(length);
        boolean empty = head.status() == 204 || head.status() == 304 || (!chunked && left == 0);
        state = empty ? State.COMPLETE : chunked ? State.SIZE : State.DATA;
    }

    /** {@return whether the body ended where its framing says} */
    boolean isComplete() {
        return state == State.COMPLETE;
    }

    /** {@return whether the end of the connection is the end of the body} */
    boolean endsWithTheConnection() {
        return endless;
    }

    void feed(byte[] bytes, int length) throws IOException {
        int at = 0;
        while (at < length && state != State.COMPLETE) {
            if (state == State.DATA) {
                int taken = (int) Math.min(left, length - at);
                sink.accept(bytes, at, taken);
                at += taken;
                left -= endless ? 0 : taken;
                if (left == 0) {
                    state = chunked ? State.DATA_END : State.COMPLETE;
                }
            } else {
                framing((char) (bytes[at++] & 0xFF));
            }
        }
    }

    private void framing(char next) throws IOException {
        if (next != '\n') {
            line.append(next);
            return;
        }
        if (line.length() == 0 || line.charAt(line.length() - 1) != '\r') {
            throw new IOException("chunk: LF without CR (expected: CRLF)");
        }
        String text = line.substring(0, line.length() - 1);
        line.setLength(0);
        state = afterLine(text);
    }

    private State afterLine(String text) throws IOException {
        if (state == State.TRAILER) {
            return text.isEmpty() ? State.COMPLETE : State.TRAILER;
        }
        if (state == State.DATA_END) {
            if (!text.isEmpty()) {
                throw new IOException("chunk: longer than its size said");
            }
            return State.SIZE;
        }
        int semicolon = text.indexOf(';');
        String size = (semicolon < 0 ? text : text.substring(0, semicolon)).strip();
        if (!size.matches("[0-9a-fA-F]{1,15}")) {
            throw new IOException("chunk size: " + size + " (expected: a hexadecimal number)");
        }
        left = Long.parseLong(size, 16);
        return left == 0 ? State.TRAILER : State.DATA;
    }
}
