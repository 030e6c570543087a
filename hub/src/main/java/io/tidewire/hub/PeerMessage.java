package io.tidewire.hub;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What hubs say to each other on their bus.
 *
 * @param type what it is
 * @param from the sender's id
 * @param to the hub that it answers; 0 if it is for all
 * @param number the question's number, its asker's own; the sender's connections, of a hello
 * @param kind what is asked
 * @param payload the question, or the answer
 */
record PeerMessage(Type type, long from, long to, long number, String kind, byte[] payload) {
    private static final byte VERSION = 1;
    private static final byte[] NOTHING = {};

    enum Type {
        /** I am alive, and have so many connections. */
        HELLO,
        /** I am leaving. */
        BYE,
        ASK,
        ANSWER
    }

    static PeerMessage hello(long from, int connections) {
        return new PeerMessage(Type.HELLO, from, 0, connections, "", NOTHING);
    }

    static PeerMessage bye(long from) {
        return new PeerMessage(Type.BYE, from, 0, 0, "", NOTHING);
    }

    byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + payload.length);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeUTF(type.name());
            out.writeLong(from);
            out.writeLong(to);
            out.writeLong(number);
            out.writeUTF(kind);
            out.writeInt(payload.length);
            out.write(payload);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail so
        }
        return bytes.toByteArray();
    }

    /** Reads one; throws an IllegalArgumentException if it is none, or of another version. */
    static PeerMessage of(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            byte version = in.readByte();
            if (version != VERSION) {
                throw new IllegalArgumentException("message: version " + version + " (expected: " + VERSION
                        + "; hubs of another version share this bus)");
            }
            Type type = Type.valueOf(in.readUTF());
            long from = in.readLong();
            long to = in.readLong();
            long number = in.readLong();
            String kind = in.readUTF();
            int length = in.readInt();
            if (length != in.available()) {
                throw new IllegalArgumentException(
                        "message: payload of " + length + " bytes (expected: " + in.available() + ")");
            }
            return new PeerMessage(type, from, to, number, kind, in.readAllBytes());
        } catch (IOException e) {
            throw new IllegalArgumentException("message: " + bytes.length + " bytes (expected: a whole message)", e);
        }
    }
}
