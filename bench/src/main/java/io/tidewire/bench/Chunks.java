package io.tidewire.bench;

import okio.Buffer;
import okio.Source;
import okio.Timeout;

/** A stream as OkHttp reads it from a socket. */
final class Chunks implements Source {

    /** 16 KiB, the most that a TLS record, and so a read, brings. */
    static final int BYTES = 1 << 14;

    private final byte[] stream;
    private int at;

    Chunks(byte[] stream) {
        this.stream = stream;
    }

    @Override
    public long read(Buffer sink, long byteCount) {
        int length = (int) Math.min(Math.min(BYTES, byteCount), stream.length - at);
        if (length == 0) {
            return -1;
        }
        sink.write(stream, at, length);
        at += length;
        return length;
    }

    @Override
    public Timeout timeout() {
        return Timeout.NONE;
    }

    @Override
    public void close() {}
}
