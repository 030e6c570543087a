package io.tidewire.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Subscribers that share a connection of HTTP/2 (RFC 9113). It speaks just so much of it as this needs: no header is decoded but the
 * status, which every server sends first (section 8.3), and 200 has one byte for it (RFC 7541, appendix A).
 */
final class Http2Subscribers implements LoadConnection {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    private static final int FRAME_HEAD = 9;
    private static final int MAX_FRAME = 16 << 10;
    private static final int SETTING_INITIAL_WINDOW = 4;
    private static final int STATUS_200 = 0x88;
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** 1 GiB: a window is opened again seldom. The connection begins with 64 KiB of it. */
    private static final int WINDOW = 1 << 30;

    private static final int REOPEN = WINDOW / 2;

    private final LoadSocket socket;
    private final boolean secure;
    private final List<LoadSubscriber> subscribers = new ArrayList<>();
    private final ByteBuffer head = ByteBuffer.allocate(FRAME_HEAD);
    private final ByteArrayOutputStream payload = new ByteArrayOutputStream(64);
    private int type;
    private int flags;
    private int stream;
    private int left = -1;
    private int taken;

    Http2Subscribers(LoadSocket socket, boolean secure) {
        this.socket = socket;
        this.secure = secure;
    }

    @Override
    public LoadSocket socket() {
        return socket;
    }

    /** Opens a stream for each. */
    void ask(String host, List<LoadSubscriber> asking) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(PREFACE);
        byte[] window = ByteBuffer.allocate(6)
                .putShort((short) SETTING_INITIAL_WINDOW)
                .putInt(WINDOW)
                .array();
        out.writeBytes(frame(SETTINGS, 0, 0, window));
        out.writeBytes(frame(WINDOW_UPDATE, 0, 0, number(WINDOW)));
        for (LoadSubscriber subscriber : asking) {
            subscribers.add(subscriber);
            out.writeBytes(frame(
                    HEADERS, END_STREAM | END_HEADERS, 2 * subscribers.size() - 1, request(host, subscriber.path())));
        }
        socket.write(ByteBuffer.wrap(out.toByteArray()));
    }

    /** {@return a header block (RFC 7541): indexed fields, and literals with an indexed name} */
    private byte[] request(String host, String path) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x82); // :method GET
        block.write(secure ? 0x87 : 0x86); // :scheme
        literal(block, 1, host); // :authority
        literal(block, 4, path); // :path
        return block.toByteArray();
    }

    private static void literal(ByteArrayOutputStream block, int name, String value) {
        if (value.length() > 126) {
            throw new UsageException("--url: the host has " + value.length() + " characters (expected: at most 126)");
        }
        block.write(name);
        block.write(value.length());
        block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] frame(int type, int flags, int stream, byte... payload) {
        return ByteBuffer.allocate(FRAME_HEAD + payload.length)
                .putInt(payload.length << 8 | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    private void send(byte[] frame) {
        try {
            socket.write(ByteBuffer.wrap(frame));
        } catch (IOException e) {
            throw new CommandFailure("a connection broke: " + e.getMessage(), e);
        }
    }

    @Override
    public void feed(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            if (left < 0) {
                begin(bytes);
            } else {
                int take = Math.min(left, bytes.remaining());
                take(bytes, take);
                left -= take;
            }
            if (left == 0) {
                left = -1;
                end();
            }
        }
    }

    private void begin(ByteBuffer bytes) {
        while (head.hasRemaining() && bytes.hasRemaining()) {
            head.put(bytes.get());
        }
        if (head.hasRemaining()) {
            return;
        }
        head.flip();
        int lengthAndType = head.getInt();
        left = lengthAndType >>> 8;
        type = lengthAndType & 0xff;
        flags = head.get();
        stream = head.getInt();
        head.clear();
        payload.reset();
        if (left > MAX_FRAME) {
            throw new CommandFailure(
                    "the hub sent a frame of " + left + " bytes (expected: at most " + MAX_FRAME + ")");
        }
        if (type == DATA && left > 0) {
            credit(subscriber(), left);
        }
    }

    private void take(ByteBuffer bytes, int count) {
        if (type == DATA) {
            subscriber().feed(bytes, count);
        } else {
            payload.write(bytes.array(), bytes.arrayOffset() + bytes.position(), count);
            bytes.position(bytes.position() + count);
        }
    }

    private LoadSubscriber subscriber() {
        int index = stream / 2;
        if (stream % 2 == 0 || index >= subscribers.size()) {
            throw new CommandFailure("the hub answered on stream " + stream + ", which nobody opened");
        }
        return subscribers.get(index);
    }

    private void credit(LoadSubscriber subscriber, int bytes) {
        taken += bytes;
        if (taken >= REOPEN) {
            send(frame(WINDOW_UPDATE, 0, 0, number(taken)));
            taken = 0;
        }
        int owed = subscriber.take(bytes);
        if (owed >= REOPEN) {
            send(frame(WINDOW_UPDATE, 0, stream, number(owed)));
            subscriber.take(-owed);
        }
    }

    private void end() {
        if (type == SETTINGS && (flags & ACK) == 0) {
            send(frame(SETTINGS, ACK, 0));
        } else if (type == PING && (flags & ACK) == 0) {
            send(frame(PING, ACK, 0, payload.toByteArray()));
        } else if (type == HEADERS && (payload.size() == 0 || (payload.toByteArray()[0] & 0xff) != STATUS_200)) {
            throw new CommandFailure("the hub refused a subscriber; look at its limits");
        } else if (type == RST_STREAM || type == GOAWAY || (type <= HEADERS && (flags & END_STREAM) != 0)) {
            throw new CommandFailure("the hub ended a " + (type == GOAWAY ? "connection" : "stream")
                    + "; look at its log, and at limits.streams-per-connection");
        }
    }
}
