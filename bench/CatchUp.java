import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How long it takes until clients that come back from far behind have everything: publishes events to a hub, then opens clients that ask
 * for all of them. {@code java bench/CatchUp.java PORT [CLIENTS] [EVENTS]}
 */
public final class CatchUp {
    private static final int BATCH = 1000;
    private static final int READ_BYTES = 256 << 10;
    private static final String PADDING = "x".repeat(100);

    /** One client: the hub's first event is its greeting, so it waits for one more. */
    private static final class Client {
        private final int wanted;
        private int events;
        private boolean newline;

        Client(int wanted) {
            this.wanted = wanted + 1;
        }

        boolean take(ByteBuffer bytes) {
            while (bytes.hasRemaining()) {
                boolean isNewline = bytes.get() == '\n';
                if (isNewline && newline) {
                    events++;
                }
                newline = isNewline;
            }
            return events >= wanted;
        }
    }

    public static void main(String[] args) throws Exception {
        int port = Integer.parseInt(args[0]);
        int clients = args.length > 1 ? Integer.parseInt(args[1]) : 1000;
        int events = args.length > 2 ? Integer.parseInt(args[2]) : 100_000;
        long began = System.nanoTime();
        publish(port, events);
        double published = (System.nanoTime() - began) / 1e9;
        began = System.nanoTime();
        long bytes = read(port, clients, events);
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf(
                "published %,d events in batches of %,d, one after the other: %.1f s%n"
                        + "%,d clients, each from %,d events back: all caught up after %.1f s; %,.0f events/s, %,.0f MB/s%n",
                events, BATCH, published, clients, events, seconds, (double) clients * events / seconds, bytes / seconds / 1e6);
    }

    private static void publish(int port, int events) throws IOException, InterruptedException {
        HttpClient http = HttpClient.newHttpClient();
        for (int first = 0; first < events; first += BATCH) {
            int from = first;
            String body = IntStream.range(from, Math.min(events, from + BATCH))
                    .mapToObj(n -> "{\"topic\":\"catch-up\",\"data\":\"" + n + " " + PADDING + "\"}\n")
                    .collect(Collectors.joining());
            HttpRequest post = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/events"))
                    .header("Content-Type", "application/x-ndjson")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            HttpResponse<String> answer = http.send(post, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200 || answer.body().contains("\"status\"")) {
                throw new IOException(answer.statusCode() + " " + answer.body().lines().findFirst().orElse(""));
            }
        }
    }

    private static long read(int port, int clients, int events) throws IOException {
        ByteBuffer request = StandardCharsets.US_ASCII.encode(
                "GET /events?topic=catch-up HTTP/1.1\r\nHost: hub\r\nLast-Event-ID: earliest\r\n\r\n");
        ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
        long bytes = 0;
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < clients; i++) {
                SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
                channel.write(request.duplicate());
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ, new Client(events));
            }
            int left = clients;
            while (left > 0) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    int count = ((SocketChannel) key.channel()).read(buffer.clear());
                    if (count < 0) {
                        throw new IOException("a stream ended before its client had caught up");
                    }
                    bytes += count;
                    if (((Client) key.attachment()).take(buffer.flip())) {
                        key.channel().close();
                        left--;
                    }
                }
                selector.selectedKeys().clear();
            }
        }
        return bytes;
    }
}
