package io.tidewire.hub;

import java.nio.ByteBuffer;

/**
 * Encoded events, composed once and written to many outlets. Valid only during {@link Outlet#write}: the shard uses the memory
 * again for the next batch, so an outlet that could not write all of it keeps a copy of the rest.
 *
 * <p>Before {@link #start} and after {@link #end} there is room for a transport's own framing ({@value #HEADROOM} and
 * {@value #TAILROOM} bytes), so that it can frame in place, once per batch: {@link #serial} tells batches apart.
 */
public final class Batch {

    /** Bytes free before the events: a chunk-size line of HTTP/1.1 with some to spare. */
    public static final int HEADROOM = 16;

    /** Bytes free after the events: a CR LF. */
    public static final int TAILROOM = 2;

    private final ByteBuffer buffer;
    private final int end;
    private final long serial;
    private final int events;

    Batch(ByteBuffer buffer, int end, long serial, int events) {
        this.buffer = buffer;
        this.end = end;
        this.serial = serial;
        this.events = events;
    }

    /** {@return the direct buffer that holds the batch; its position and limit mean nothing and must not be changed} */
    public ByteBuffer buffer() {
        return buffer;
    }

    /** {@return the index of the first byte} */
    public int start() {
        return HEADROOM;
    }

    /** {@return the index after the last byte} */
    public int end() {
        return end;
    }

    /** {@return a number that no other batch of the same shard has} */
    public long serial() {
        return serial;
    }

    /** {@return how many events it holds; 0 for a keep-alive} */
    public int events() {
        return events;
    }
}
