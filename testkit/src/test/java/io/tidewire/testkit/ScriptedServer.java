package io.tidewire.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Accepts one connection and does with it what the test says. */
final class ScriptedServer implements AutoCloseable {
    static final String STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";
    static final String CHUNKED = STREAM + "Transfer-Encoding: chunked\r\n\r\n";

    private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final CompletableFuture<String> request = new CompletableFuture<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    /** What to do once the request is there. */
    interface Script {
        void run(Socket socket) throws Exception;
    }

    ScriptedServer(Script script) throws IOException {
        Thread thread = new Thread(() -> serve(script), "scripted-server");
        thread.setDaemon(true);
        thread.start();
    }

    /** Answers with these bytes and then closes. */
    static ScriptedServer answering(String answer) throws IOException {
        return new ScriptedServer(socket -> write(socket, answer));
    }

    static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    static String chunk(String text) {
        return Integer.toHexString(text.getBytes(StandardCharsets.UTF_8).length) + "\r\n" + text + "\r\n";
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/events?topic=a%20b");
    }

    String request() throws Exception {
        return request.get(10, TimeUnit.SECONDS);
    }

    /** Waits for the script's end; throws what it threw. */
    void awaitDone() throws Exception {
        done.get(10, TimeUnit.SECONDS);
    }

    private void serve(Script script) {
        try (Socket socket = listener.accept()) {
            request.complete(readHead(socket.getInputStream()));
            script.run(socket);
            done.complete(null);
        } catch (Exception e) {
            done.completeExceptionally(e);
        }
    }

    private static String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
