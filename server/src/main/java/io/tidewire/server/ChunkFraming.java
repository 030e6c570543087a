package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.unix.Buffer;
import io.tidewire.hub.Batch;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1's chunk framing (RFC 9112, section 7.1), put around a batch in place, once per batch: the size line goes into
 * its headroom, the CR LF into its tailroom. One per event loop, used by all its outlets.
 */
final class ChunkFraming {
    private static final byte[] DIGITS = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private long framedSerial = -1;
    private int framedStart;
    private long copiedSerial = -1;
    private @Nullable ByteBuf copied;
    private @Nullable ByteBuffer addressed;
    private long address;

    /** {@return the index of the size line's first byte} The frame ends {@link Batch#TAILROOM} bytes after the batch. */
    int frame(Batch batch) {
        if (batch.serial() != framedSerial) {
            ByteBuffer buffer = batch.buffer();
            int at = batch.start();
            buffer.put(--at, (byte) '\n').put(--at, (byte) '\r');
            for (int size = batch.end() - batch.start(); size > 0; size >>>= 4) {
                buffer.put(--at, DIGITS[size & 15]);
            }
            buffer.put(batch.end(), (byte) '\r').put(batch.end() + 1, (byte) '\n');
            framedStart = at;
            framedSerial = batch.serial();
        }
        return framedStart;
    }

    /** {@return where the batch's buffer is in memory} */
    @SuppressWarnings("ReferenceEquality") // the same memory, not the same content
    long address(Batch batch) {
        ByteBuffer buffer = batch.buffer();
        if (buffer != addressed) {
            addressed = buffer;
            address = Buffer.memoryAddress(buffer);
        }
        return address;
    }

    /** {@return a copy of the batch that all outlets share which cannot write it at once; the reference is the caller's} */
    ByteBuf shared(Batch batch, boolean chunked, ByteBufAllocator allocator) {
        int start = frame(batch);
        ByteBuf shared = copied;
        if (shared == null || copiedSerial != batch.serial()) {
            if (shared != null) {
                shared.release();
            }
            shared = copy(batch, start, batch.end() + Batch.TAILROOM, allocator);
            copied = shared;
            copiedSerial = batch.serial();
        }
        return chunked
                ? shared.retainedDuplicate()
                : shared.retainedSlice(batch.start() - start, batch.end() - batch.start());
    }

    /** {@return a copy of a piece of the batch's buffer} */
    ByteBuf copy(Batch batch, int from, int to, ByteBufAllocator allocator) {
        return allocator
                .directBuffer(to - from)
                .writeBytes(batch.buffer().duplicate().limit(to).position(from));
    }
}
