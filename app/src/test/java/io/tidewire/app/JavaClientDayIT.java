package io.tidewire.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.client.ConnectionState;
import io.tidewire.client.EventSource;
import io.tidewire.client.EventSourceException;
import io.tidewire.client.RetryPolicy;
import io.tidewire.client.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * A day in the life of a thousand Java clients: the packaged hub, a proxy that cuts their connections all the time, and publishing
 * throughout. Each must end up with exactly what was published. {@code -Dtidewire.day=5m} makes the day longer.
 */
class JavaClientDayIT {
    private static final int CLIENTS = 1_000;
    private static final Duration DAY = day(System.getProperty("tidewire.day", "20s"));
    private static final long PATIENCE_SECONDS = 120;

    private final Random random = new Random();
    private final List<String> published = new ArrayList<>();
    private final AtomicInteger reconnects = new AtomicInteger();
    private final Queue<EventSourceException> failures = new ConcurrentLinkedQueue<>();

    private static Duration day(String text) {
        return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
    }

    @Test
    void everyClientHasExactlyWhatWasPublished() throws Exception {
        long seed = Long.getLong("tidewire.seed", random.nextLong());
        random.setSeed(seed);
        try (HubProcess hub = new HubProcess("--dev");
                CuttingProxy proxy = new CuttingProxy(hub.port());
                Transport shared = Transport.jdk(HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build())) {
            CountDownLatch ready = new CountDownLatch(CLIENTS);
            List<Client> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new Client(proxy.uri("/events?topic=day"), shared, ready));
            }
            assertThat(ready.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            liveThrough(hub, proxy);
            hub.publish("day", "end", "end");
            for (Client client : clients) {
                assertThat(client.ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                        .as(
                                "seed %d: %s after %d of %d",
                                seed, client.source.state(), client.seen.size(), published.size())
                        .isTrue();
                assertThat(client.seen).as("seed %d", seed).isEqualTo(published);
            }
            assertThat(failures).isEmpty();
            System.out.println("day: " + DAY + ", clients: " + CLIENTS + ", events: " + published.size() + ", cuts: "
                    + proxy.cuts + ", reconnects: " + reconnects);
            clients.forEach(client -> client.source.close());
            for (Client client : clients) {
                assertThat(client.source.awaitClosed().reason()).isEqualTo(EventSourceException.Reason.CLOSED);
            }
        }
    }

    private void liveThrough(HubProcess hub, CuttingProxy proxy) throws IOException, InterruptedException {
        long endNanos = System.nanoTime() + DAY.toNanos();
        CountDownLatch pace = new CountDownLatch(1);
        while (System.nanoTime() < endNanos) {
            String data = String.valueOf(published.size());
            published.add(data);
            hub.publish("day", "tick", data);
            proxy.cut(random, CLIENTS / 100);
            assertThat(pace.await(50, TimeUnit.MILLISECONDS)).isFalse();
        }
    }

    /** One client and what it got. */
    private final class Client {
        final List<String> seen = new ArrayList<>();
        final CountDownLatch ended = new CountDownLatch(1);
        final EventSource source;

        Client(URI uri, Transport shared, CountDownLatch ready) {
            source = EventSource.builder(uri)
                    .transport(shared)
                    .retry(RetryPolicy.defaults()
                            .withInitial(Duration.ofMillis(100))
                            .withResetAfter(Duration.ZERO))
                    .listener(new io.tidewire.client.EventSourceListener() {
                        private boolean counted;

                        @Override
                        public void connected(io.tidewire.client.Connected hello) {
                            if (!counted) {
                                counted = true;
                                ready.countDown();
                            }
                        }

                        @Override
                        public void stateChanged(ConnectionState state) {
                            if (state == ConnectionState.CONNECTING) {
                                reconnects.incrementAndGet();
                            }
                        }

                        @Override
                        public void failed(EventSourceException error) {
                            failures.add(error);
                        }
                    })
                    .build();
            source.on("tick", event -> seen.add(event.data()));
            source.on("end", event -> ended.countDown());
            source.start();
        }
    }

    /** Passes bytes on to the hub, and cuts connections when told. */
    private static final class CuttingProxy implements AutoCloseable {
        private final ServerSocket acceptor = new ServerSocket(0, 4096, InetAddress.getLoopbackAddress());
        private final int hubPort;
        private final List<Socket> open = new ArrayList<>();
        private int cuts;

        CuttingProxy(int hubPort) throws IOException {
            this.hubPort = hubPort;
            daemon(this::accept);
        }

        private static void daemon(Runnable task) {
            Thread thread = new Thread(task, "cutting-proxy");
            thread.setDaemon(true);
            thread.start();
        }

        URI uri(String path) {
            return URI.create("http://127.0.0.1:" + acceptor.getLocalPort() + path);
        }

        private void accept() {
            try {
                while (true) {
                    Socket client = acceptor.accept();
                    Socket hub = new Socket(InetAddress.getLoopbackAddress(), hubPort);
                    synchronized (open) {
                        open.add(client);
                    }
                    daemon(() -> pass(client, hub));
                    daemon(() -> pass(hub, client));
                }
            } catch (IOException e) {
                // closed: the test is over
            }
        }

        private static void pass(Socket from, Socket to) {
            byte[] piece = new byte[4096];
            try (from;
                    to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                    out.write(piece, 0, n);
                }
            } catch (IOException e) {
                // cut: both sides are closed
            }
        }

        void cut(Random random, int count) throws IOException {
            List<Socket> victims = new ArrayList<>();
            synchronized (open) {
                open.removeIf(Socket::isClosed);
                for (int i = 0; i < count && !open.isEmpty(); i++) {
                    victims.add(open.remove(random.nextInt(open.size())));
                }
            }
            for (Socket victim : victims) {
                if (random.nextBoolean()) {
                    victim.setSoLinger(true, 0); // a reset: what was on its way is gone
                }
                victim.close();
                cuts++;
            }
        }

        @Override
        public void close() throws IOException {
            acceptor.close();
            synchronized (open) {
                for (Socket socket : open) {
                    socket.close();
                }
            }
        }
    }
}
