package io.tidewire.sse;

import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;

/**
 * Writes blocks of an event stream into a growing array. Each field goes in as a whole or, refused, not at all; no
 * text can end its field and begin another. Lines end in LF.
 *
 * <p>Not thread safe; made to be used again after {@link #clear()}, which keeps the array.
 *
 * <pre>{@code
 * var encoder = new EventEncoder();
 * byte[] wire = encoder.id("42").data("two\nlines").end().toByteArray();
 * }</pre>
 */
public final class EventEncoder {

    private static final int FIRST_BYTES = 256;
    // Up to here a loop over the chars beats the JDK's encoder and the array it makes.
    private static final int SHORT_CHARS = 64;

    private static final Prefix ID = new Prefix("id: ");
    private static final Prefix EVENT = new Prefix("event: ");
    private static final Prefix RETRY = new Prefix("retry: ");
    // With the space: without it, every client takes the first space off data that begins with one.
    private static final Prefix DATA = new Prefix("data: ");
    private static final Prefix COMMENT = new Prefix(": ");
    private static final Prefix EMPTY_COMMENT = new Prefix(":");

    private byte[] bytes = new byte[FIRST_BYTES];
    private int size;

    /** An encoder without content. */
    public EventEncoder() {}

    /**
     * {@return the bytes of one event}
     *
     * @param event what to write, blank line included
     */
    public static byte[] encode(ServerSentEvent event) {
        return new EventEncoder().add(event).toByteArray();
    }

    /**
     * {@return this, with an id line}
     *
     * @throws IllegalArgumentException if the id contains CR, LF or NUL
     */
    public EventEncoder id(String id) {
        if (!plainLine(ID, id)) {
            FieldRules.requireId(id);
            byte[] utf8 = Utf8.encode(id);
            line(ID, utf8, 0, utf8.length);
        }
        return this;
    }

    /**
     * {@return this, with an event line}
     *
     * @throws IllegalArgumentException if the type contains CR or LF
     */
    public EventEncoder event(String type) {
        if (!plainLine(EVENT, type)) {
            FieldRules.requireType(type);
            byte[] utf8 = Utf8.encode(type);
            line(EVENT, utf8, 0, utf8.length);
        }
        return this;
    }

    /**
     * {@return this, with a retry line}
     *
     * @throws IllegalArgumentException if the time is negative
     */
    public EventEncoder retryMillis(long millis) {
        if (millis < 0) {
            throw new IllegalArgumentException("retryMillis: " + millis + " (expected: 0 or more)");
        }
        byte[] digits = Utf8.encode(Long.toString(millis));
        line(RETRY, digits, 0, digits.length);
        return this;
    }

    /** {@return this, with a data line for each line of the text; an unpaired surrogate is written as U+FFFD} */
    public EventEncoder data(String text) {
        if (!plainLine(DATA, text)) {
            byte[] utf8 = Utf8.encode(text);
            lines(DATA, utf8, 0, utf8.length);
        }
        return this;
    }

    /**
     * {@return this, with a data line for each line of the bytes}
     *
     * @param utf8 valid UTF-8, which is not checked
     * @throws IndexOutOfBoundsException if the range is not within the array
     */
    public EventEncoder data(byte[] utf8, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, utf8.length);
        lines(DATA, utf8, offset, offset + length);
        return this;
    }

    /** {@return this, with a comment line for each line of the text} */
    public EventEncoder comment(String text) {
        byte[] utf8 = Utf8.encode(text);
        lines(COMMENT, utf8, 0, utf8.length);
        return this;
    }

    /** {@return this, with the blank line that ends an event} */
    public EventEncoder end() {
        reserve(1);
        bytes[size++] = '\n';
        return this;
    }

    /** {@return this, with a whole event, blank line included} */
    public EventEncoder add(ServerSentEvent event) {
        String comment = event.comment();
        if (comment != null) {
            comment(comment);
        }
        String id = event.id();
        if (id != null) {
            id(id);
        }
        String type = event.event();
        if (type != null) {
            event(type);
        }
        Duration retry = event.retry();
        if (retry != null) {
            retryMillis(retry.toMillis());
        }
        String data = event.data();
        if (data != null) {
            data(data);
        }
        return end();
    }

    /** {@return how many bytes have been written since the last {@link #clear()}} */
    public int size() {
        return size;
    }

    /** Forgets what was written. */
    public void clear() {
        size = 0;
    }

    /** {@return a copy of what was written} */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /**
     * Copies what was written.
     *
     * @throws IndexOutOfBoundsException if the target has no room for it
     */
    public void copyTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, size);
    }

    private void lines(Prefix prefix, byte[] utf8, int from, int to) {
        int start = from;
        int end = Words.lineEnd(utf8, start, to);
        while (end < to) {
            line(prefix, utf8, start, end);
            boolean pair = utf8[end] == '\r' && end + 1 < to && utf8[end + 1] == '\n';
            start = end + (pair ? 2 : 1);
            end = Words.lineEnd(utf8, start, to);
        }
        line(prefix, utf8, start, to);
    }

    /** Writes a short text of printable ASCII in one go; {@return false, with nothing written, for any other} */
    private boolean plainLine(Prefix prefix, String text) {
        int length = text.length();
        if (length > SHORT_CHARS) {
            return false;
        }
        reserve(Long.BYTES + SHORT_CHARS + 1);
        byte[] target = bytes;
        int start = size + prefix.length;
        Words.put(target, size, prefix.word);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < ' ' || c >= 0x7F) {
                return false;
            }
            target[start + i] = (byte) c;
        }
        target[start + length] = '\n';
        size = start + length + 1;
        return true;
    }

    private void line(Prefix prefix, byte[] utf8, int from, int to) {
        int length = to - from;
        reserve((long) Long.BYTES + length + 1);
        Prefix used = length == 0 && prefix == COMMENT ? EMPTY_COMMENT : prefix;
        Words.put(bytes, size, used.word);
        int start = size + used.length;
        System.arraycopy(utf8, from, bytes, start, length);
        bytes[start + length] = '\n';
        size = start + length + 1;
    }

    private void reserve(long more) {
        if (more > bytes.length - size) {
            int needed = Math.toIntExact(size + more);
            bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(bytes.length * 2L, Integer.MAX_VALUE - 8)));
        }
    }

    /** The start of a line, written as one word; what is beyond its length is overwritten by the value. */
    private static final class Prefix {
        final long word;
        final int length;

        Prefix(String text) {
            word = Words.of(text);
            length = text.length();
        }
    }
}
