package io.tidewire.sse;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An event as it came off the wire: a view on the decoder's bytes that makes Strings only when asked. Valid during
 * {@link EventSink#event} only, as the decoder uses it again for the next event; what its methods returned as a String
 * may be kept. Not thread safe.
 */
public final class DecodedEvent {

    private static final byte[] NO_BYTES = {};

    private final LastEventId lastEventId;
    private String type = "";
    private byte[] bytes = NO_BYTES;
    private int offset;
    private int length;
    private @Nullable String data;

    DecodedEvent(LastEventId lastEventId) {
        this.lastEventId = lastEventId;
    }

    void show(String newType, byte[] newBytes, int from, int to) {
        type = newType;
        bytes = newBytes;
        offset = from;
        length = to - from;
        data = null;
    }

    void hide() {
        bytes = NO_BYTES;
        offset = 0;
        length = 0;
        data = null;
    }

    /** {@return the name of the event; {@code message} if the stream gave none} */
    public String type() {
        return type;
    }

    /** {@return the data lines joined by LF, with U+FFFD in place of what is not UTF-8} */
    public String data() {
        String text = data;
        if (text == null) {
            text = Utf8.decode(bytes, offset, length);
            data = text;
        }
        return text;
    }

    /** {@return the id of this event or of the last one before it that had any; empty if none had} */
    public String lastEventId() {
        return lastEventId.text();
    }

    /** {@return how many bytes the data has on the wire, counting one for each line end within} */
    public int dataLength() {
        return length;
    }

    /** {@return the data as it came, read-only and unchecked UTF-8; its content changes after the sink returns} */
    public ByteBuffer dataBytes() {
        return ByteBuffer.wrap(bytes, offset, length).slice().asReadOnlyBuffer();
    }

    /** {@return the type and the size; never the data, for logs} */
    @Override
    public String toString() {
        return "DecodedEvent[type=" + type + ", data=" + length + " bytes]";
    }
}
