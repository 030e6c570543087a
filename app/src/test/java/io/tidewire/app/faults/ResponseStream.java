package io.tidewire.app.faults;

import io.tidewire.sse.DecoderLimits;
import io.tidewire.sse.EventDecoder;
import io.tidewire.sse.EventSink;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The bytes of one HTTP/1.1 answer, off the socket and into a decoder: head and chunk framing by hand, so that one thread does thousands. */
final class ResponseStream {
    private enum Part {
        HEAD,
        SIZE,
        DATA,
        END_OF_CHUNK,
        ENDED
    }

    private static final int MAX_HEAD = 16 * 1024;

    private final EventDecoder decoder;
    private final StringBuilder head = new StringBuilder();
    private Part part = Part.HEAD;
    private int chunkLeft;

    ResponseStream(EventSink sink) {
        this.decoder = new EventDecoder(DecoderLimits.defaults(), sink);
    }

    /** {@return whether the answer goes on} */
    boolean feed(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining() && part != Part.ENDED) {
            switch (part) {
                case HEAD -> head(bytes.get());
                case SIZE -> size(bytes.get());
                case DATA -> data(bytes);
                default -> part = bytes.get() == '\n' ? Part.SIZE : part;
            }
        }
        return part != Part.ENDED;
    }

    private void head(byte b) throws IOException {
        head.append((char) b);
        int length = head.length();
        if (length > MAX_HEAD) {
            throw new IOException("answer: a head of more than " + MAX_HEAD + " bytes");
        }
        if (b == '\n' && length > 3 && head.charAt(length - 3) == '\n') {
            int status = Integer.parseInt(head.substring(9, 12));
            if (status != 200) {
                throw new IOException("status " + status);
            }
            part = Part.SIZE;
            head.setLength(0);
            head.trimToSize();
        }
    }

    private void size(byte b) {
        if (b == '\n') {
            part = chunkLeft == 0 ? Part.ENDED : Part.DATA;
        } else if (b != '\r') {
            chunkLeft = chunkLeft * 16 + Character.digit(b, 16);
        }
    }

    private void data(ByteBuffer bytes) {
        int take = Math.min(chunkLeft, bytes.remaining());
        decoder.feed(bytes.array(), bytes.arrayOffset() + bytes.position(), take);
        bytes.position(bytes.position() + take);
        chunkLeft -= take;
        if (chunkLeft == 0) {
            part = Part.END_OF_CHUNK;
        }
    }
}
