import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/**
 * What the LLM gateway costs.
 *
 * <pre>
 * java bench/LlmGateway.java latency GATEWAY_PORT OWN_PORT [ANSWERS] [TOKENS]
 *     The gateway forwards "timed" to OWN_PORT, where this program is the model: each event carries the time at which it was sent. As many answers are
 *     read directly as through the gateway, at the same time, at 50 tokens/s.
 * java bench/LlmGateway.java load GATEWAY_PORT MODEL_PORT [ANSWERS] [TOKENS]
 *     The gateway forwards "model" to the stand-in at MODEL_PORT. Counts what arrives of so many answers at once.
 * </pre>
 */
public final class LlmGateway {
    private static final double PERIOD_NANOS = 1e9 / 50;
    private static final int READ_BYTES = 64 << 10;
    private static final long PATIENCE_NANOS = 120_000_000_000L;

    private LlmGateway() {}

    /** One answer that is being read: counts blank lines, and in latency runs takes the times out of the events. */
    private static final class Answer {
        final SocketChannel socket;
        final boolean timed;
        final Samples samples;
        final StringBuilder line = new StringBuilder();
        long events;
        boolean headRead;
        boolean good;
        boolean done;

        Answer(SocketChannel socket, boolean timed, Samples samples) {
            this.socket = socket;
            this.timed = timed;
            this.samples = samples;
        }

        void take(ByteBuffer bytes, long nowNanos) {
            while (bytes.hasRemaining()) {
                char c = (char) (bytes.get() & 0xff);
                if (c == '\n') {
                    line(line.toString(), nowNanos);
                    line.setLength(0);
                } else if (c != '\r') {
                    line.append(c);
                }
            }
        }

        private void line(String text, long nowNanos) {
            if (!headRead) {
                good |= text.startsWith("HTTP/1.1 200");
                headRead = text.isEmpty();
            } else if (text.startsWith("data: ")) {
                events++;
                if (timed) {
                    samples.add(nowNanos - Long.parseLong(text.substring(6)));
                }
                done |= text.equals("data: [DONE]");
            }
        }
    }

    /** Times between sending and arrival. */
    private static final class Samples {
        private long[] nanos = new long[1 << 16];
        private int count;

        void add(long value) {
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * count);
            }
            nanos[count++] = value;
        }

        String percentiles() {
            long[] sorted = Arrays.copyOf(nanos, count);
            Arrays.sort(sorted);
            return String.format(
                    "%,9d events   p50 %8.3f ms   p99 %8.3f ms   max %8.3f ms",
                    count, at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
        }

        private static double at(long[] sorted, double part) {
            return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, part * sorted.length)] / 1e6;
        }
    }

    public static void main(String[] args) throws IOException {
        int gateway = Integer.parseInt(args[1]);
        int model = Integer.parseInt(args[2]);
        boolean latency = args[0].equals("latency");
        int answers = args.length > 3 ? Integer.parseInt(args[3]) : latency ? 20 : 2000;
        int tokens = args.length > 4 ? Integer.parseInt(args[4]) : 500;
        if (latency) {
            latency(gateway, model, answers, tokens);
        } else {
            load("warm-up ", gateway, answers, tokens);
            System.exit(load("measured", gateway, answers, tokens) ? 0 : 1);
        }
    }

    private static void latency(int gateway, int own, int answers, int tokens) throws IOException {
        HttpServer model = HttpServer.create(new InetSocketAddress("127.0.0.1", own), 1024);
        model.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        }));
        model.createContext("/", exchange -> speak(exchange, tokens));
        model.start();
        for (String phase : new String[] {"warm-up ", "measured"}) {
            Samples direct = new Samples();
            Samples through = new Samples();
            List<Answer> all = new ArrayList<>();
            for (int i = 0; i < answers; i++) { // by turns, so that both meet the same machine
                all.add(open(own, "/v1/timed", "", true, direct));
                all.add(open(gateway, "/llm/timed/v1/timed", "", true, through));
            }
            read(all);
            System.out.println(phase + " direct   " + direct.percentiles());
            System.out.println(phase + " gateway  " + through.percentiles());
        }
        System.exit(0);
    }

    private static void speak(HttpExchange exchange, int tokens) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            long start = System.nanoTime();
            for (int i = 0; i < tokens; i++) {
                long due = start + (long) (i * PERIOD_NANOS);
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                out.write(("data: " + System.nanoTime() + "\n\n").getBytes(StandardCharsets.US_ASCII));
                out.flush();
            }
        }
    }

    /** {@return whether nothing was missing} */
    private static boolean load(String run, int gateway, int answers, int tokens) throws IOException {
        String body = "{\"model\":\"m\",\"stream\":true,\"max_tokens\":" + tokens
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
        Samples none = new Samples();
        List<Answer> all = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < answers; i++) {
            all.add(open(gateway, "/llm/model/v1/chat/completions", body, false, none));
        }
        double opened = (System.nanoTime() - start) / 1e9;
        read(all);
        long events = all.stream().mapToLong(answer -> answer.events).sum();
        long most = all.stream().mapToLong(answer -> answer.events).max().orElse(0);
        long complete = all.stream().filter(answer -> answer.good && answer.done && answer.events == most).count();
        System.out.printf(
                "%s %,d answers of %,d events: %,d complete, %,d events in all, opened in %.1f s, done after %.1f s (ideal %.1f s)%n",
                run, answers, most, complete, events, opened, (System.nanoTime() - start) / 1e9, tokens * PERIOD_NANOS / 1e9);
        return complete == answers && most > tokens;
    }

    private static Answer open(int port, String path, String body, boolean timed, Samples samples) throws IOException {
        SocketChannel socket = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        String head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
        ByteBuffer bytes = ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            socket.write(bytes);
        }
        socket.configureBlocking(false);
        return new Answer(socket, timed, samples);
    }

    /** Reads all to their ends: of their connections, or of their bodies. */
    private static void read(List<Answer> all) throws IOException {
        try (Selector selector = Selector.open()) {
            for (Answer answer : all) {
                answer.socket.register(selector, SelectionKey.OP_READ, answer);
            }
            ByteBuffer bytes = ByteBuffer.allocateDirect(READ_BYTES);
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            int open = all.size();
            while (open > 0 && System.nanoTime() < deadline) {
                selector.select(1000);
                for (SelectionKey key : selector.selectedKeys()) {
                    Answer answer = (Answer) key.attachment();
                    bytes.clear();
                    int n = answer.socket.read(bytes);
                    long now = System.nanoTime();
                    answer.take(bytes.flip(), now);
                    boolean ended = n < 0 || answer.line.length() == 0 && bytes.limit() >= 5 && endsWithLastChunk(bytes);
                    if (ended) {
                        key.cancel();
                        answer.socket.close();
                        open--;
                    }
                }
                selector.selectedKeys().clear();
            }
        }
    }

    /** The last chunk of HTTP/1.1: 0 CR LF CR LF. */
    private static boolean endsWithLastChunk(ByteBuffer bytes) {
        int end = bytes.limit();
        return bytes.get(end - 5) == '0' && bytes.get(end - 4) == '\r' && bytes.get(end - 2) == '\r';
    }
}
