package io.tidewire.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * Opens subscribers, publishes to them and checks what they get; one thread, the caller's. Without a rate, the next event goes out as
 * soon as the deliveries of the ones before leave less than a window under way: so the hub is loaded, and not its queues.
 */
final class LoadGenerator {
    private static final String HTTP1 = "http/1.1";
    private static final String HTTP2 = "h2";
    private static final int WINDOW = 16;
    private static final int READ_BYTES = 256 << 10;
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final long MAX_LATENCY_MICROS = 60_000_000L;
    /** How long to wait for connections, and for the last deliveries, when nothing moves any more. */
    private static final long PATIENCE_NANOS = 10 * SECOND_NANOS;

    private static final int CONNECTING_AT_ONCE = 256;

    private final LoadPlan plan;
    private final LoadTarget target;
    private final PrintWriter progress;
    private final Histogram latency = new Histogram(MAX_LATENCY_MICROS, 3);
    private final List<LoadSubscriber> subscribers = new ArrayList<>();
    private final List<LoadSocket> sockets = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
    private final long[] publishedByTopic;
    private final int[] subscribersByTopic;
    private final String padding;
    private int connected;
    private boolean measuring;
    private long published;
    private long acknowledged;
    private long due;
    private long delivered;
    private long measured;

    LoadGenerator(LoadPlan plan, LoadTarget target, PrintWriter progress) {
        this.plan = plan;
        this.target = target;
        this.progress = progress;
        this.publishedByTopic = new long[plan.topics()];
        this.subscribersByTopic = new int[plan.topics()];
        this.padding = " " + "x".repeat(plan.payloadBytes() - LoadPlan.LEAST_PAYLOAD);
    }

    LoadResult run() throws IOException {
        try (Selector selector = Selector.open()) {
            connectAll(selector);
            // Not before: a connection that asks nothing while thousands connect is let go.
            try (LoadSocket publisher = LoadSocket.open(target, HTTP1)) {
                publisher.register(selector, new Acknowledgements(publisher));
                return load(selector, publisher);
            }
        } finally {
            for (LoadSocket socket : sockets) {
                socket.close();
            }
        }
    }

    private LoadResult load(Selector selector, LoadSocket publisher) throws IOException {
        publishFor(selector, publisher, plan.warmup().toNanos());
        measuring = true;
        long begin = System.nanoTime();
        publishFor(selector, publisher, plan.duration().toNanos());
        double seconds = (System.nanoTime() - begin) / 1e9;
        long counted = measured;
        settle(selector);
        return result(counted, seconds);
    }

    private void connectAll(Selector selector) throws IOException {
        long quietSince = System.nanoTime();
        int before = 0;
        while (connected < plan.subscribers()) {
            while (subscribers.size() < plan.subscribers() && subscribers.size() - connected < CONNECTING_AT_ONCE) {
                connect(selector);
            }
            poll(selector, 100);
            if (connected > before) {
                before = connected;
                quietSince = System.nanoTime();
            } else if (System.nanoTime() - quietSince > PATIENCE_NANOS) {
                throw new CommandFailure("only " + connected + " of " + plan.subscribers()
                        + " subscribers could connect; look at ulimit -n and at the hub's limits");
            }
        }
        say(String.format(Locale.ROOT, "%,d subscribers connected%n", connected));
    }

    private void connect(Selector selector) throws IOException {
        LoadSocket socket = open();
        sockets.add(socket);
        if (target.isHttp2()) {
            Http2Subscribers shared = new Http2Subscribers(socket, target.tls() != null);
            List<LoadSubscriber> asking = new ArrayList<>();
            while (asking.size() < target.streamsPerConnection() && subscribers.size() < plan.subscribers()) {
                asking.add(subscriber());
            }
            shared.ask(target.host(), asking);
            socket.register(selector, shared);
        } else {
            Http1Subscriber alone = new Http1Subscriber(socket, subscriber());
            alone.ask(target.host());
            socket.register(selector, alone);
        }
    }

    private LoadSocket open() {
        try {
            return LoadSocket.open(target, target.isHttp2() ? HTTP2 : HTTP1);
        } catch (IOException e) {
            throw new CommandFailure(
                    "subscriber " + (subscribers.size() + 1) + " cannot connect to " + target.address() + ": "
                            + e.getMessage() + "; is the hub running, and is ulimit -n high enough?",
                    e);
        }
    }

    private LoadSubscriber subscriber() {
        int topic = subscribers.size() % plan.topics();
        LoadSubscriber subscriber = new LoadSubscriber(topic, this);
        subscribers.add(subscriber);
        subscribersByTopic[topic]++;
        return subscriber;
    }

    private void publishFor(Selector selector, LoadSocket publisher, long nanos) throws IOException {
        long begin = System.nanoTime();
        long sent = 0;
        long nextProgress = begin + SECOND_NANOS;
        long deliveredBefore = delivered;
        for (long now = begin; now - begin < nanos; now = System.nanoTime()) {
            long allowed = plan.rate() == 0 ? Long.MAX_VALUE : (now - begin) * plan.rate() / SECOND_NANOS;
            while (sent < allowed && published - acknowledged < WINDOW && isNextWanted()) {
                publish(publisher);
                sent++;
            }
            poll(selector, 1);
            if (now >= nextProgress) {
                say(String.format(
                        Locale.ROOT,
                        "%,d deliveries/s, p99 %.1f ms%n",
                        delivered - deliveredBefore,
                        latency.getValueAtPercentile(99) / 1000.0));
                deliveredBefore = delivered;
                nextProgress += SECOND_NANOS;
            }
        }
    }

    private boolean isNextWanted() {
        return plan.rate() > 0 || due - delivered < (long) WINDOW * Math.max(1, plan.subscribers() / plan.topics());
    }

    private void publish(LoadSocket publisher) throws IOException {
        int topic = (int) (published % plan.topics());
        String payload = hex(++publishedByTopic[topic]) + " " + hex(System.nanoTime()) + padding;
        String request = "POST /events?topic=bench/" + topic + " HTTP/1.1\r\nHost: " + target.host()
                + "\r\nContent-Type: text/plain\r\nContent-Length: " + payload.length() + "\r\n\r\n" + payload;
        publisher.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        published++;
        due += subscribersByTopic[topic];
    }

    private void poll(Selector selector, long waitMillis) throws IOException {
        selector.select(waitMillis);
        for (SelectionKey key : selector.selectedKeys()) {
            LoadConnection connection = (LoadConnection) key.attachment();
            if (!connection.socket().read(buffer, connection::feed)) {
                throw new CommandFailure("the hub closed a connection; its log says why");
            }
        }
        selector.selectedKeys().clear();
    }

    /** The publisher's connection. An answer is one status line; whatever else is in it does not begin with these letters. */
    private final class Acknowledgements implements LoadConnection {
        private final LoadSocket socket;

        Acknowledgements(LoadSocket socket) {
            this.socket = socket;
        }

        @Override
        public LoadSocket socket() {
            return socket;
        }

        @Override
        public void feed(ByteBuffer bytes) {
            String text = StandardCharsets.ISO_8859_1.decode(bytes).toString();
            for (int at = text.indexOf("HTTP/1.1 "); at >= 0; at = text.indexOf("HTTP/1.1 ", at + 1)) {
                if (!text.startsWith("HTTP/1.1 200", at)) {
                    throw new CommandFailure("the hub refused a publish: "
                            + text.substring(at).lines().reduce("", (a, b) -> b));
                }
                acknowledged++;
            }
        }
    }

    private void settle(Selector selector) throws IOException {
        long quietSince = System.nanoTime();
        long before = delivered;
        while (delivered < due && System.nanoTime() - quietSince < PATIENCE_NANOS) {
            poll(selector, 100);
            if (delivered > before) {
                before = delivered;
                quietSince = System.nanoTime();
            }
        }
    }

    private LoadResult result(long counted, double seconds) {
        long lost = 0;
        long repeated = 0;
        for (LoadSubscriber subscriber : subscribers) {
            lost += subscriber.lost(publishedByTopic[subscriber.topic]);
            repeated += subscriber.repeated();
        }
        return new LoadResult(plan, published, counted, seconds, lost, repeated, latency);
    }

    void connected() {
        connected++;
    }

    void delivered(int topic, long sentNanos) {
        delivered++;
        if (measuring) {
            measured++;
            latency.recordValue(Math.min(MAX_LATENCY_MICROS, Math.max(0, (System.nanoTime() - sentNanos) / 1000)));
        }
    }

    private void say(String text) {
        progress.print(text);
        progress.flush();
    }

    private static String hex(long value) {
        String digits = Long.toHexString(value);
        return "0".repeat(16 - digits.length()) + digits;
    }
}
