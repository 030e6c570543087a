package io.tidewire.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** However the stream is cut into pieces and connections: each event once, in order. */
@SuppressWarnings("try") // servers that are only there
class ExactlyOnceTest {
    private static final int EVENTS = 120;
    private static final int RUNS = 30;
    private static final Transport SHARED = Transport.jdk(HttpClient.newHttpClient());

    @AfterAll
    static void close() {
        SHARED.close();
    }

    private static byte[] eventsAfter(int last, Random random) {
        String lineEnd = List.of("\n", "\r\n", "\r").get(random.nextInt(3));
        StringBuilder stream = new StringBuilder(random.nextBoolean() ? "\uFEFF" : "");
        for (int id = last + 1; id <= EVENTS; id++) {
            stream.append(random.nextInt(5) == 0 ? ": comment" + lineEnd : "")
                    .append("id: ")
                    .append(id)
                    .append(lineEnd)
                    .append("data: é€😀 ")
                    .append(id)
                    .append(lineEnd)
                    .append(lineEnd);
        }
        return stream.append("event: done")
                .append(lineEnd)
                .append("data: ")
                .append(lineEnd)
                .append(lineEnd)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void check(Random random, boolean repeatsSome, BiConsumer<EventSource, List<String>> read)
            throws Exception {
        long seed = random.nextLong();
        Random servers = new Random(seed);
        try (HistoryServer server = new HistoryServer(servers, repeatsSome);
                EventSource source = builder(server, repeatsSome).build()) {
            List<String> seen = new ArrayList<>();
            read.accept(source, seen);
            assertThat(seen)
                    .isEqualTo(IntStream.rangeClosed(1, EVENTS)
                            .mapToObj(id -> "é€😀 " + id)
                            .toList());
        }
    }

    private static EventSourceBuilder builder(HistoryServer server, boolean repeatsSome) {
        EventSourceBuilder builder = EventSource.builder(server.uri())
                .transport(SHARED)
                .buffer(4)
                .endBefore(event -> event.type().equals("done"))
                .retry(RetryPolicy.defaults().withInitial(Duration.ofMillis(1)).withMax(Duration.ofMillis(2)));
        return repeatsSome ? builder.dropDuplicates(1_000) : builder;
    }

    /** Serves {@link #eventsAfter}, in random pieces, and cuts at a random byte, but for the last of a few connections. */
    private static final class HistoryServer implements AutoCloseable {
        private final FaultServer server;

        HistoryServer(Random random, boolean repeatsSome) throws IOException {
            server = new FaultServer(peer -> {
                int goBack;
                long seed;
                synchronized (random) {
                    goBack = repeatsSome ? random.nextInt(10) : 0;
                    seed = random.nextLong();
                }
                String id = peer.lastRequest().header("last-event-id");
                int last = Math.max(0, (id.isEmpty() ? 0 : Integer.parseInt(id)) - goBack);
                serve(peer, last, new Random(seed));
            });
        }

        private static void serve(FaultServer.Peer peer, int last, Random random) throws IOException {
            byte[] stream = eventsAfter(last, random);
            int end = random.nextInt(4) == 0 ? stream.length : random.nextInt(stream.length);
            peer.open();
            for (int from = 0; from < end; ) {
                int to = Math.min(end, from + 1 + random.nextInt(random.nextBoolean() ? 10 : 1_000));
                peer.send(Arrays.copyOfRange(stream, from, to));
                from = to;
            }
            if (random.nextBoolean()) {
                peer.cut();
            } else {
                peer.end();
            }
        }

        java.net.URI uri() {
            return server.uri();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private static void await(EventSource source) {
        try {
            source.awaitClosed();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void toListeners() {
        Seeds.check(
                RUNS,
                random -> check(random, false, (source, seen) -> {
                    source.onMessage(event -> seen.add(event.data()));
                    source.start();
                    await(source);
                }));
    }

    @Test
    void toListenersThoughTheServerRepeatsSome() {
        Seeds.check(
                RUNS,
                random -> check(random, true, (source, seen) -> {
                    source.onMessage(event -> seen.add(event.data()));
                    source.start();
                    await(source);
                }));
    }

    @Test
    void toAnIterator() {
        Seeds.check(
                RUNS,
                random -> check(random, false, (source, seen) -> source.forEach(event -> seen.add(event.data()))));
    }

    @Test
    void toAStream() {
        Seeds.check(
                RUNS,
                random -> check(random, false, (source, seen) -> {
                    try (Stream<StreamEvent> stream = source.stream()) {
                        stream.map(StreamEvent::data).forEach(seen::add);
                    }
                }));
    }

    @Test
    void toASubscriberThatAsksForOneAtATime() {
        Seeds.check(
                RUNS,
                random -> check(random, false, (source, seen) -> {
                    CountDownLatch done = new CountDownLatch(1);
                    source.publisher().subscribe(new OneAtATime(seen, done));
                    try {
                        done.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }));
    }

    /** Asks for the next event when it has the one before. */
    private static final class OneAtATime implements Flow.Subscriber<StreamEvent> {
        private final List<String> seen;
        private final CountDownLatch done;
        private Flow.@org.jspecify.annotations.Nullable Subscription subscription;

        OneAtATime(List<String> seen, CountDownLatch done) {
            this.seen = seen;
            this.done = done;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(1);
        }

        @Override
        public void onNext(StreamEvent event) {
            seen.add(event.data());
            java.util.Objects.requireNonNull(subscription).request(1);
        }

        @Override
        public void onError(Throwable error) {
            seen.add(error.toString());
            done.countDown();
        }

        @Override
        public void onComplete() {
            done.countDown();
        }
    }
}
