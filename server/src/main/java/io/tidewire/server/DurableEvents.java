package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidewire.stream.StreamPage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * A stream as the protocol's own events (Durable Streams, section 5.7): {@code data} with what is there, and {@code control} with where it ends.
 * Beyond the protocol, both carry the offset as their id, so that a plain EventSource resumes too.
 */
final class DurableEvents implements FeedEncoder {
    /** After this, a response ends and its client comes back: so caches between may join many readers (section 8.2). */
    private static final long MAX_MILLIS = 60_000;

    private static final byte[] DATA = "data:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEEP_ALIVE = ":\n\n".getBytes(StandardCharsets.US_ASCII);

    private final DurableCursor cursors;
    private final boolean json;
    private final boolean binary;
    private String cursor;

    DurableEvents(String contentType, DurableCursor cursors, String clientsCursor) {
        this.json = DurableFields.isJson(contentType);
        this.binary = NativeEvents.Form.of(contentType) == NativeEvents.Form.BINARY;
        this.cursors = cursors;
        this.cursor = clientsCursor;
    }

    Responses.Head head() {
        return new Responses.Head(
                HttpResponseStatus.OK,
                DurableFields.SERVER_SENT_EVENTS,
                "Cache-Control: no-cache, no-transform\r\nX-Accel-Buffering: no\r\n"
                        + (binary ? NativeEvents.ENCODING : ""));
    }

    @Override
    public boolean page(StreamPage page, ByteBuf out) {
        String id = "id: " + page.next().token() + "\n";
        if (!page.messages().isEmpty()) {
            ascii("event: data\n", out);
            data(page.messages(), out);
            ascii(id + "\n", out);
        }
        ascii("event: control\ndata:" + control(page) + "\n" + id + "\n", out);
        return page.isEnd();
    }

    private String control(StreamPage page) {
        StringBuilder data = new StringBuilder(96)
                .append("{\"streamNextOffset\":\"")
                .append(page.next().token())
                .append('"');
        if (!page.isEnd()) {
            cursor = Long.toString(cursors.next(cursor));
            data.append(",\"streamCursor\":\"").append(cursor).append('"');
        }
        if (page.isUpToDate()) {
            data.append(",\"upToDate\":true");
        }
        if (page.isEnd()) {
            data.append(",\"streamClosed\":true");
        }
        return data.append('}').toString();
    }

    private void data(List<byte[]> messages, ByteBuf out) {
        byte[] all = json ? DurableJson.array(messages) : joined(messages);
        if (binary) {
            out.writeBytes(DATA).writeBytes(Base64.getEncoder().encode(all)).writeByte('\n');
        } else {
            lines(all, out);
        }
    }

    static byte[] joined(List<byte[]> messages) {
        if (messages.size() == 1) {
            return messages.get(0);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        messages.forEach(all::writeBytes);
        return all.toByteArray();
    }

    /** A blank at a line's start is doubled: clients take one away. */
    private static void lines(byte[] text, ByteBuf out) {
        boolean atStart = true;
        for (int i = 0; i < text.length; i++) {
            byte b = text[i];
            if (atStart) {
                begin(b, out);
            }
            atStart = b == '\n' || b == '\r';
            if (b == '\r' && i + 1 < text.length && text[i + 1] == '\n') {
                i++;
            }
            out.writeByte(atStart ? '\n' : b);
        }
        if (atStart) {
            out.writeBytes(DATA);
        }
        out.writeByte('\n');
    }

    private static void begin(byte first, ByteBuf out) {
        out.writeBytes(DATA);
        if (first == ' ') {
            out.writeByte(' ');
        }
    }

    @Override
    public void shutDown(long retryMillis, ByteBuf out) {
        ascii("retry: " + retryMillis + "\n\n", out);
    }

    @Override
    public void keepAlive(ByteBuf out) {
        out.writeBytes(KEEP_ALIVE);
    }

    @Override
    public long maxMillis() {
        return MAX_MILLIS;
    }

    private static void ascii(String text, ByteBuf out) {
        out.writeCharSequence(text, StandardCharsets.US_ASCII);
    }
}
