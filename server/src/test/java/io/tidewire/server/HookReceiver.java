package io.tidewire.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An application that is called by hooks: keeps what comes, answers as it is told to. */
final class HookReceiver implements AutoCloseable {
    static final String SECRET = "a secret of 24 bytes or more";

    /** What came. */
    record Received(String id, String timestamp, String signature, String body) {
        JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }

        List<JsonNode> events() {
            List<JsonNode> events = new ArrayList<>();
            json().path("events").forEach(events::add);
            return events;
        }
    }

    /** What is answered. */
    record Reply(int status, Map<String, String> headers, String body) {
        static Reply of(int status) {
            return new Reply(status, Map.of(), "");
        }

        static Reply json(String body) {
            return new Reply(200, Map.of("Content-Type", "application/json"), body.replace('\'', '"'));
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger atOnce = new AtomicInteger();
    private final CountDownLatch stalled = new CountDownLatch(1);
    private volatile Function<Received, Reply> script = request -> Reply.of(204);

    HookReceiver() {
        this(0);
    }

    HookReceiver(int port) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    /** Answers with these in turn, and with the last one from then on. */
    void reply(Reply... replies) {
        AtomicInteger next = new AtomicInteger();
        script = request -> replies[Math.min(next.getAndIncrement(), replies.length - 1)];
    }

    void reply(Function<Received, Reply> replies) {
        script = replies;
    }

    /** {@return never, until this is closed} */
    Reply stall() {
        try {
            stalled.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Reply.of(503);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            atOnce.accumulateAndGet(now.incrementAndGet(), Math::max);
            Received request = new Received(
                    header(exchange, "webhook-id"),
                    header(exchange, "webhook-timestamp"),
                    header(exchange, "webhook-signature"),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            received.add(request);
            Reply reply = script.apply(request);
            now.decrementAndGet();
            reply.headers()
                    .forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private static String header(HttpExchange exchange, String name) {
        return Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst(name), "");
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port() + "/hook?secret=do-not-log");
    }

    int port() {
        return server.getAddress().getPort();
    }

    List<Received> received() {
        return received;
    }

    /** {@return the most requests there ever were at once} */
    int atOnce() {
        return atOnce.get();
    }

    /** {@return every event that came, by type and topics, repeated ones too} */
    List<String> told() {
        List<String> all = new ArrayList<>();
        for (Received request : received) {
            for (JsonNode event : request.events()) {
                all.add(event.path("type").stringValue() + " " + topics(event));
            }
        }
        return all;
    }

    static String topics(JsonNode event) {
        List<String> topics = new ArrayList<>();
        event.path("topics").forEach(each -> topics.add(each.stringValue()));
        return String.join(",", topics);
    }

    @Override
    public void close() {
        stalled.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
