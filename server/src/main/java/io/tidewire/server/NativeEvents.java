package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamPage;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/**
 * A stream as a browser's own {@code EventSource} reads it: each message is one event (WHATWG HTML, section 9.2), with the offset after it
 * as its id.
 *
 * <ul>
 *   <li>A message of a {@code text/event-stream} is an event as it is. Our {@code id} line is its last line: of several ids of an event the
 *       last one counts, so ours wins over one that the block has of its own. A byte order mark at the beginning of the stream is left out,
 *       as it would not be at the beginning of a response that resumes. A block that was cut off gets its blank line.
 *   <li>A message of another text or of JSON is the event's data, line by line.
 *   <li>Anything else is the event's data in base64; the head says so ({@link #ENCODING}).
 * </ul>
 */
final class NativeEvents implements FeedEncoder {
    /** The header line that tells base64 (Durable Streams, section 5.7). */
    static final String ENCODING = "Stream-SSE-Data-Encoding: base64\r\n";

    private static final byte[] ID = bytes("id: ");
    private static final byte[] DATA = bytes("data: ");
    private static final byte[] KEEP_ALIVE = bytes(":\n\n");
    private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final Form form;

    /** What messages are. */
    enum Form {
        /** Events. */
        EVENTS,
        /** Text. */
        TEXT,
        /** Bytes. */
        BINARY;

        /** {@return the form of messages of that media type} */
        static Form of(String contentType) {
            String type = essence(contentType);
            if (type.equals("text/event-stream")) {
                return EVENTS;
            }
            boolean text = type.startsWith("text/") || type.equals("application/json") || type.endsWith("+json");
            return text ? TEXT : BINARY;
        }
    }

    /** Creates one for a stream of that media type. */
    NativeEvents(String contentType) {
        this.form = Form.of(contentType);
    }

    /** {@return the media type without its parameters, in lower case} */
    static String essence(String contentType) {
        int end = contentType.indexOf(';');
        return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    /**
     * {@return what stands before the events}
     *
     * @param more whole header lines to add
     */
    Responses.Head head(String more) {
        return new Responses.Head(
                HttpResponseStatus.OK,
                "text/event-stream",
                "Cache-Control: no-cache, no-transform\r\nX-Accel-Buffering: no\r\n"
                        + (form == Form.BINARY ? ENCODING : "") + more);
    }

    @Override
    public boolean page(StreamPage page, ByteBuf out) {
        long number = page.start().number();
        for (byte[] message : page.messages()) {
            number++;
            switch (form) {
                case EVENTS -> event(message, number, out);
                case TEXT -> text(message, number, out);
                case BINARY -> binary(message, number, out);
            }
        }
        return page.isEnd();
    }

    static void event(byte[] message, long number, ByteBuf out) {
        int from = number == 1 && startsWithBom(message) ? BOM.length : 0;
        int end = beforeLineEnd(message, message.length, from);
        if (end < message.length && isLineEnd(message, end, from)) {
            out.writeBytes(message, from, end - from); // all but its blank line
        } else {
            out.writeBytes(message, from, message.length - from);
            if (end == message.length) {
                out.writeByte('\n');
            }
        }
        id(number, out);
        out.writeByte('\n');
    }

    private static boolean startsWithBom(byte[] message) {
        return message.length >= BOM.length && message[0] == BOM[0] && message[1] == BOM[1] && message[2] == BOM[2];
    }

    /** {@return where the line end that ends there begins; there, if none does} */
    private static int beforeLineEnd(byte[] message, int end, int from) {
        if (end > from && message[end - 1] == '\n') {
            return end - 1 > from && message[end - 2] == '\r' ? end - 2 : end - 1;
        }
        return end > from && message[end - 1] == '\r' ? end - 1 : end;
    }

    /** {@return whether a line begins there} */
    private static boolean isLineEnd(byte[] message, int at, int from) {
        return at == from || message[at - 1] == '\n' || message[at - 1] == '\r';
    }

    private static void text(byte[] message, long number, ByteBuf out) {
        out.writeBytes(DATA);
        for (int i = 0; i < message.length; i++) {
            byte b = message[i];
            if (b == '\n' || b == '\r') {
                if (b == '\r' && i + 1 < message.length && message[i + 1] == '\n') {
                    i++;
                }
                out.writeByte('\n').writeBytes(DATA);
            } else {
                out.writeByte(b);
            }
        }
        out.writeByte('\n');
        id(number, out);
        out.writeByte('\n');
    }

    private static void binary(byte[] message, long number, ByteBuf out) {
        out.writeBytes(DATA).writeBytes(Base64.getEncoder().encode(message)).writeByte('\n');
        id(number, out);
        out.writeByte('\n');
    }

    private static void id(long number, ByteBuf out) {
        out.writeBytes(ID);
        out.writeCharSequence(new Offset(number).token(), StandardCharsets.US_ASCII);
        out.writeByte('\n');
    }

    @Override
    public void shutDown(long retryMillis, ByteBuf out) {
        out.writeCharSequence("retry: " + retryMillis + "\n\n", StandardCharsets.US_ASCII);
    }

    @Override
    public void keepAlive(ByteBuf out) {
        out.writeBytes(KEEP_ALIVE);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
