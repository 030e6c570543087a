package io.tidewire.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Raw sockets that answer as told: one script for each request, the last one again and again. */
final class FaultServer implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final ServerSocket acceptor;
    private final Deque<Script> scripts = new ArrayDeque<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Seen> requests = new LinkedBlockingQueue<>();
    final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

    /** What to do with a request. */
    interface Script {
        void answer(Peer peer) throws IOException, InterruptedException;
    }

    FaultServer(Script... inOrder) throws IOException {
        scripts.addAll(List.of(inOrder));
        acceptor = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    static void daemon(Runnable task) {
        Thread thread = new Thread(task, "fault-server");
        thread.setDaemon(true);
        thread.start();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + acceptor.getLocalPort() + path);
    }

    URI uri() {
        return uri("/events");
    }

    /** {@return the next request; waits for it} */
    Seen request() throws InterruptedException {
        Seen seen = requests.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (seen == null) {
            throw new AssertionError("no request came");
        }
        return seen;
    }

    int waitingRequests() {
        return requests.size();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = acceptor.accept();
                sockets.add(socket);
                daemon(() -> serve(socket));
            }
        } catch (IOException e) {
            ends.add("acceptor closed");
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            Peer peer = new Peer(socket);
            for (Seen seen = peer.request(); seen != null; seen = peer.request()) {
                requests.add(seen);
                next().answer(peer);
            }
            ends.add("eof");
        } catch (IOException e) {
            ends.add("reset");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Script next() {
        synchronized (scripts) {
            return scripts.size() > 1 ? scripts.remove() : scripts.element();
        }
    }

    @Override
    public void close() throws IOException {
        acceptor.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** A request as it came. */
    record Seen(String head, String body) {
        String line() {
            return head.substring(0, head.indexOf("\r\n"));
        }

        /** {@return the header's value, its bytes read as Latin-1; empty if it is not there} */
        String header(String name) {
            for (String line : head.split("\r\n", -1)) {
                if (line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":")) {
                    return line.substring(name.length() + 1).strip();
                }
            }
            return "";
        }
    }

    /** One connection, from the server's side. */
    static final class Peer {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;
        private Seen last = new Seen("", "");

        Peer(Socket socket) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
            this.out = socket.getOutputStream();
            socket.setTcpNoDelay(true);
        }

        @org.jspecify.annotations.Nullable
        Seen request() throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
                int b = in.read();
                if (b < 0) {
                    return null;
                }
                head.write(b);
            }
            Seen seen = new Seen(head.toString(ISO_8859_1), "");
            String length = seen.header("content-length");
            int bytes = length.isEmpty() ? 0 : Integer.parseInt(length);
            last = new Seen(seen.head(), new String(in.readNBytes(bytes), UTF_8));
            return last;
        }

        Seen lastRequest() {
            return last;
        }

        /** An event stream begins. */
        Peer open(String... headers) throws IOException {
            return raw("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
                    + lines(headers) + "\r\n");
        }

        Peer status(int status, String... headers) throws IOException {
            return raw("HTTP/1.1 " + status + " Whatever\r\n" + (status == 204 ? "" : "Content-Length: 0\r\n")
                    + lines(headers) + "\r\n");
        }

        private static String lines(String... headers) {
            return headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        }

        Peer raw(String text) throws IOException {
            out.write(text.getBytes(UTF_8));
            out.flush();
            return this;
        }

        /** A piece of the stream. */
        Peer send(String text) throws IOException {
            return send(text.getBytes(UTF_8));
        }

        Peer send(byte[] bytes) throws IOException {
            if (bytes.length > 0) {
                out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(UTF_8));
                out.write(bytes);
                out.write("\r\n".getBytes(UTF_8));
                out.flush();
            }
            return this;
        }

        /** The stream ends in good order; the connection stays. */
        void end() throws IOException {
            raw("0\r\n\r\n");
        }

        /** The connection is gone in the middle of things; what was sent still arrives. */
        void cut() throws IOException {
            socket.close();
        }

        /** The connection is gone, and with it what has not been read yet. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Says nothing more until the client has gone. */
        void stall() throws IOException {
            while (in.read() >= 0) {
                // bytes of the client do not matter
            }
        }
    }
}
