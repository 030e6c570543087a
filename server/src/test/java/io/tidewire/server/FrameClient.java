package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * HTTP/2 frame by frame, over a socket, with or without TLS: for what no decent client would send. It opens the connection's window
 * whatever comes, and a stream's unless it is told not to.
 */
final class FrameClient implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private static final int ACK = 1;
    private static final int SETTING_INITIAL_WINDOW = 4;
    private static final int USUAL_WINDOW = 65_535;
    private static final int CONNECTION_WINDOW = 64 << 20;
    private static final long PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final int window;
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
    private int nextStream = 1;

    // Guarded by this; written by the reader thread.
    private final Map<Integer, Answer> answers = new HashMap<>();
    private int pings;
    private int goAway = -1;
    private boolean over;
    private boolean deaf;

    /** What has come on one stream. */
    static final class Answer {
        private Map<String, String> headers = Map.of();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private boolean ended;
        private long reset = -1;

        Map<String, String> headers() {
            return headers;
        }

        String status() {
            return headers.getOrDefault(":status", "none");
        }

        String body() {
            return body.toString(StandardCharsets.UTF_8);
        }

        boolean isEnded() {
            return ended;
        }

        /** {@return the code of its RST_STREAM, or -1} */
        long reset() {
            return reset;
        }
    }

    private FrameClient(Socket socket, int window, int prefaceBytesAtOnce) throws IOException {
        this.socket = socket;
        this.window = window;
        byte[] preface = PREFACE.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < preface.length; i += prefaceBytesAtOnce) {
            send(Arrays.copyOfRange(preface, i, i + prefaceBytesAtOnce));
        }
        frame(SETTINGS, 0, 0, settings(SETTING_INITIAL_WINDOW, window));
        frame(WINDOW_UPDATE, 0, 0, number(CONNECTION_WINDOW));
        Thread reader = new Thread(this::read, "frame-client");
        reader.setDaemon(true);
        reader.start();
    }

    static FrameClient to(Tidewire server) throws IOException {
        return to(server, USUAL_WINDOW);
    }

    /** One whose streams may be sent that much before they open their window; 0 and they never do by themselves. */
    static FrameClient to(Tidewire server, int window) throws IOException {
        return new FrameClient(socket(server), window, PREFACE.length());
    }

    /** One that sends its first bytes one by one. */
    static FrameClient byteByByte(Tidewire server) throws IOException {
        return new FrameClient(socket(server), USUAL_WINDOW, 1);
    }

    private static Socket socket(Tidewire server) throws IOException {
        if (server.uri().getScheme().equals("http")) {
            Socket socket = new Socket();
            socket.connect(new InetSocketAddress("127.0.0.1", server.port()));
            socket.setTcpNoDelay(true);
            return socket;
        }
        SSLSocket socket = (SSLSocket) TrustAll.context().getSocketFactory().createSocket("127.0.0.1", server.port());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        if (!socket.getApplicationProtocol().equals("h2")) {
            throw new IOException("ALPN chose <" + socket.getApplicationProtocol() + ">");
        }
        return socket;
    }

    // --- sending

    private void send(byte[] bytes) throws IOException {
        synchronized (encoder) {
            socket.getOutputStream().write(bytes);
        }
    }

    void frame(int type, int flags, int stream, byte... payload) throws IOException {
        ByteBuf frame = Unpooled.buffer(9 + payload.length);
        frame.writeMedium(payload.length)
                .writeByte(type)
                .writeByte(flags)
                .writeInt(stream)
                .writeBytes(payload);
        send(ByteBufUtil.getBytes(frame));
    }

    static byte[] number(long value) {
        return new byte[] {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value};
    }

    private static byte[] settings(int id, long value) {
        return ByteBufUtil.getBytes(Unpooled.buffer(6).writeShort(id).writeInt((int) value));
    }

    /** {@return a header block} */
    byte[] block(String method, String path, String... more) throws IOException {
        Http2Headers headers = new DefaultHttp2Headers(false)
                .method(method)
                .path(path)
                .scheme("http")
                .authority("x");
        for (int i = 0; i < more.length; i += 2) {
            headers.add(more[i], more[i + 1]);
        }
        ByteBuf out = Unpooled.buffer();
        try {
            encoder.encodeHeaders(nextStream, headers, out);
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
        return ByteBufUtil.getBytes(out);
    }

    /** Sends a request's head with a body to follow; {@return its stream}. */
    int begin(String method, String path, String... headers) throws IOException {
        return open(END_HEADERS, method, path, headers);
    }

    /** Sends a request without a body; {@return its stream}. */
    int request(String method, String path, String... headers) throws IOException {
        return open(END_HEADERS | END_STREAM, method, path, headers);
    }

    /** Sends a request with a body of JSON; {@return its stream}. */
    int post(String path, String json) throws IOException {
        int stream = begin("POST", path, "content-type", "application/json");
        data(stream, json, true);
        return stream;
    }

    private int open(int flags, String method, String path, String... headers) throws IOException {
        int stream = nextStream();
        frame(HEADERS, flags, stream, block(method, path, headers));
        return stream;
    }

    /** {@return the number of a stream that is not opened yet} */
    int nextStream() {
        int stream = nextStream;
        nextStream += 2;
        synchronized (this) {
            answers.put(stream, new Answer());
        }
        return stream;
    }

    void data(int stream, String text, boolean end) throws IOException {
        frame(DATA, end ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.UTF_8));
    }

    void reset(int stream, int code) throws IOException {
        frame(RST_STREAM, 0, stream, number(code));
    }

    void openWindow(int stream, int bytes) throws IOException {
        frame(WINDOW_UPDATE, 0, stream, number(bytes));
    }

    /** Answers no more pings. */
    synchronized void goDeaf() {
        deaf = true;
    }

    /** Leaves without a word. */
    void drop() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    // --- waiting for what comes

    private synchronized void await(String what, BooleanSupplier done) {
        long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        while (!done.getAsBoolean()) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (over || left <= 0) {
                throw new AssertionError((over ? "ended" : "waited in vain") + " for " + what + "; GOAWAY " + goAway
                        + "; answers: " + describe());
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    private String describe() {
        StringBuilder text = new StringBuilder();
        answers.forEach((stream, answer) -> text.append('\n')
                .append(stream)
                .append(answer.headers)
                .append(answer.ended ? " ended " : " ")
                .append(answer.reset)
                .append(' ')
                .append(answer.body().substring(0, Math.min(500, answer.body().length()))));
        return text.substring(0, Math.min(5000, text.length()));
    }

    private Answer of(int stream) {
        Answer answer = answers.get(stream);
        if (answer == null) {
            throw new IllegalArgumentException("stream: " + stream + " (expected: one that was opened)");
        }
        return answer;
    }

    /** Waits until the text has come on a stream; {@return all its body so far}. */
    synchronized String until(int stream, String text) {
        Answer answer = of(stream);
        await("<" + text + "> on " + stream, () -> answer.body().contains(text));
        return answer.body();
    }

    /** Waits for a stream's head. */
    synchronized Answer head(int stream) {
        Answer answer = of(stream);
        await("the head of " + stream, () -> !answer.headers.isEmpty());
        return answer;
    }

    /** Waits until a stream is at its end, or reset. */
    synchronized Answer toEnd(int stream) {
        Answer answer = of(stream);
        await("the end of " + stream, () -> answer.ended || answer.reset >= 0);
        return answer;
    }

    /** {@return how much of a stream's body has come} */
    synchronized int received(int stream) {
        return of(stream).body.size();
    }

    /** Waits for a GOAWAY; {@return its code}. */
    synchronized int goAway() {
        await("GOAWAY", () -> goAway >= 0);
        return goAway;
    }

    /** Waits until the connection is at its end. */
    synchronized void untilOver() {
        await("the end of the connection", () -> over);
    }

    /** Waits for pings of the server's. */
    synchronized void untilPinged() {
        int before = pings;
        await("a ping", () -> pings > before);
    }

    // --- the reader thread

    private void read() {
        try (DataInputStream in = new DataInputStream(socket.getInputStream())) {
            while (true) {
                int lengthAndType = in.readInt();
                int flags = in.readUnsignedByte();
                int stream = in.readInt();
                take(lengthAndType & 0xff, flags, stream, in.readNBytes(lengthAndType >>> 8));
            }
        } catch (IOException | Http2Exception e) {
            // the end
        }
        synchronized (this) {
            over = true;
            notifyAll();
        }
    }

    private void take(int type, int flags, int stream, byte[] payload) throws IOException, Http2Exception {
        if (type == DATA && payload.length > 0) {
            frame(WINDOW_UPDATE, 0, 0, number(payload.length));
            if (window > 0 && (flags & END_STREAM) == 0) {
                openWindow(stream, payload.length);
            }
        } else if (type == SETTINGS && (flags & ACK) == 0) {
            frame(SETTINGS, ACK, 0);
        } else if (type == PING && (flags & ACK) == 0 && !isDeaf()) {
            frame(PING, ACK, 0, payload);
        }
        synchronized (this) {
            note(type, flags, stream, payload);
            notifyAll();
        }
    }

    private synchronized boolean isDeaf() {
        return deaf;
    }

    private void note(int type, int flags, int stream, byte[] payload) throws Http2Exception {
        Answer answer = answers.get(stream);
        if (type == HEADERS) {
            Http2Headers decoded = decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(payload));
            if (answer != null) {
                Map<String, String> headers = new HashMap<>();
                decoded.forEach(
                        e -> headers.merge(e.getKey().toString(), e.getValue().toString(), (a, b) -> a + ", " + b));
                answer.headers = headers;
            }
        } else if (type == DATA && answer != null) {
            answer.body.writeBytes(payload);
        } else if (type == RST_STREAM && answer != null) {
            answer.reset = Unpooled.wrappedBuffer(payload).readUnsignedInt();
        } else if (type == GOAWAY) {
            goAway = Unpooled.wrappedBuffer(payload).getInt(4);
        } else if (type == PING && (flags & ACK) == 0) {
            pings++;
        }
        if (answer != null && (type == HEADERS || type == DATA) && (flags & END_STREAM) != 0) {
            answer.ended = true;
        }
    }
}
