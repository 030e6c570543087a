package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text that came over the network: UTF-8, or refused. */
final class Text {
    private Text() {}

    /** {@return the text; throws a 400 that names the field if it is not UTF-8} */
    static String utf8(String field, byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') >= 0) { // malformed, or a real U+FFFD: only then it is worth a second look
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            } catch (CharacterCodingException e) {
                throw Problem.badRequest(field + ": malformed UTF-8 (expected: UTF-8)");
            }
        }
        return text;
    }

    static byte[] bytes(ByteBuf buffer) {
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.getBytes(buffer.readerIndex(), bytes);
        return bytes;
    }
}
