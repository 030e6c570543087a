package io.tidewire.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A socket, for requests that no decent client would send. */
final class RawClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    RawClient(int port) throws IOException {
        this(new Socket(), port, 0);
    }

    /** One that reads slowly: its receive buffer is as small as the kernel allows. */
    static RawClient small(int port) throws IOException {
        return new RawClient(new Socket(), port, 2048);
    }

    /** One over any socket that is not connected yet, perhaps of TLS; 0 for the usual receive buffer. */
    RawClient(Socket socket, int port, int receiveBytes) throws IOException {
        this.socket = socket;
        if (receiveBytes > 0) {
            socket.setReceiveBufferSize(receiveBytes);
        }
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Reads until the text has come; {@return all that has come since the beginning}. */
    String until(String text) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[64 << 10];
        String tail = text();
        while (!tail.contains(text)) {
            int n = in.read(buffer);
            if (n < 0) {
                throw new IOException("ended before <" + text + ">; came: " + text());
            }
            received.write(buffer, 0, n);
            String news = new String(buffer, 0, n, StandardCharsets.UTF_8);
            tail = tail.substring(Math.max(0, tail.length() - text.length())) + news;
        }
        return text();
    }

    /** Reads to the end; {@return all that has come}. */
    String toEnd() throws IOException {
        socket.getInputStream().transferTo(received);
        return text();
    }

    /** The same, if it may end by a reset. */
    String toEndOrReset() throws IOException {
        try {
            return toEnd();
        } catch (SocketException e) {
            return text();
        }
    }

    /** Says that it will send no more. */
    void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Reads at most so many bytes, if there are any. */
    void readSome(int most) throws IOException {
        byte[] buffer = new byte[Math.min(most, socket.getInputStream().available())];
        received.write(buffer, 0, Math.max(0, socket.getInputStream().read(buffer)));
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private String text() {
        return received.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
