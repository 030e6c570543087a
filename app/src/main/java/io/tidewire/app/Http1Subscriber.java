package io.tidewire.app;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A subscriber with an HTTP/1.1 connection of its own. Chunk framing is taken off by hand: the JDK's client would need threads for as many. */
final class Http1Subscriber implements LoadConnection {
    private enum Part {
        HEAD,
        SIZE,
        DATA,
        END_OF_CHUNK
    }

    private static final int END_OF_HEAD = 0x0d0a0d0a;

    private final LoadSocket socket;
    private final LoadSubscriber subscriber;
    private Part part = Part.HEAD;
    private int lastFour;
    private int chunkLeft;

    Http1Subscriber(LoadSocket socket, LoadSubscriber subscriber) {
        this.socket = socket;
        this.subscriber = subscriber;
    }

    void ask(String host) throws IOException {
        String request =
                "GET " + subscriber.path() + " HTTP/1.1\r\nHost: " + host + "\r\nAccept: text/event-stream\r\n\r\n";
        socket.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
    }

    @Override
    public LoadSocket socket() {
        return socket;
    }

    @Override
    public void feed(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            switch (part) {
                case HEAD -> {
                    lastFour = (lastFour << 8) | (bytes.get() & 0xff);
                    if (lastFour == END_OF_HEAD) {
                        part = Part.SIZE;
                    }
                }
                case SIZE -> size(bytes.get());
                case DATA -> data(bytes);
                case END_OF_CHUNK -> {
                    if (bytes.get() == '\n') {
                        part = Part.SIZE;
                    }
                }
            }
        }
    }

    private void size(byte b) {
        if (b == '\n') {
            part = Part.DATA;
        } else if (b != '\r') {
            chunkLeft = chunkLeft * 16 + Character.digit(b, 16);
        }
    }

    private void data(ByteBuffer bytes) {
        int take = Math.min(chunkLeft, bytes.remaining());
        subscriber.feed(bytes, take);
        chunkLeft -= take;
        if (chunkLeft == 0) {
            part = Part.END_OF_CHUNK;
        }
    }
}
