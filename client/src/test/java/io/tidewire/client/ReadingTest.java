package io.tidewire.client;

import static io.tidewire.client.Recorder.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.client.EventSourceException.Reason;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Listeners, iterators, Streams, subscribers. */
@SuppressWarnings("try") // servers that are only there
class ReadingTest {
    private final Recorder heard = new Recorder();

    /** What a price event carries. */
    record Price(String symbol, double eur) {}

    private EventSourceBuilder builder(FaultServer server) {
        return EventSource.builder(server.uri()).listener(heard);
    }

    private static FaultServer.Script then204(String stream) {
        return peer -> peer.open().send(stream).send("event: end\ndata:\n\n").stall();
    }

    private static EventSourceBuilder untilEnd(EventSourceBuilder builder) {
        return builder.endBefore(event -> event.type().equals("end"));
    }

    @Test
    void jacksonIsACodecByItsMethod() throws Exception {
        List<Price> prices = new ArrayList<>();
        try (FaultServer server = new FaultServer(
                        then204(
                                "event: price\ndata: {\"symbol\":\"a\",\ndata: \"eur\":7}\n\nevent: price\ndata: no JSON\n\nevent: price\ndata: {\"symbol\":\"b\",\"eur\":8}\n\n"));
                EventSource source = untilEnd(builder(server))
                        .codec(JsonMapper.shared()::readValue)
                        .build()) {
            source.on("price", Price.class, prices::add);
            source.start().awaitClosed();
            assertThat(prices).containsExactly(new Price("a", 7), new Price("b", 8));
            EventSourceException failure = take(heard.failures);
            assertThat(failure.reason()).isEqualTo(Reason.LISTENER);
            assertThat(failure.getCause()).hasMessageStartingWith("data: not read (expected: ");
            assertThat(failure).hasMessageNotContaining("no JSON");
        }
    }

    @Test
    void withoutCodecThereAreNoTypedListeners() throws Exception {
        try (FaultServer server = new FaultServer(then204(""));
                EventSource source = builder(server).build()) {
            assertThatThrownBy(() -> source.on("price", Price.class, price -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("codec: none (expected:");
        }
    }

    @Test
    void listenersGetTheirNamesUntilTheyAreTakenAway() throws Exception {
        List<String> seen = new ArrayList<>();
        try (FaultServer server = new FaultServer(then204(
                        "data: 1\n\nevent: a\ndata: 2\n\ndata: 3\n\nevent: a\ndata: 4\n\nevent: b\ndata: 5\n\n"));
                EventSource source = untilEnd(builder(server)).build()) {
            EventSource.Registration[] once = new EventSource.Registration[1];
            source.onMessage(event -> seen.add("message " + event.data()));
            once[0] = source.on("a", event -> {
                seen.add("a " + event.data());
                once[0].close();
            });
            source.onAny(event -> seen.add("any " + event.data()));
            source.start().awaitClosed();
            assertThat(seen)
                    .containsExactly("message 1", "any 1", "a 2", "any 2", "message 3", "any 3", "any 4", "any 5");
        }
    }

    @Test
    void aListenerThatThrowsHoldsUpNobody() throws Exception {
        try (FaultServer server = new FaultServer(then204("data: 1\n\ndata: 2\n\n"));
                EventSource source = untilEnd(builder(server)).build()) {
            source.onAny(event -> {
                throw new IllegalStateException("mine");
            });
            source.onAny(heard);
            source.start().awaitClosed();
            assertThat(heard.events).hasSize(2);
            assertThat(heard.failures).hasSize(2);
            assertThat(take(heard.failures).getCause()).hasMessage("mine");
        }
    }

    @Test
    void anIteratorThrowsWhyTheSourceFailed() throws Exception {
        try (FaultServer server =
                        new FaultServer(peer -> peer.open().send("data: 1\n\n").end(), peer -> peer.status(404));
                EventSource source = builder(server)
                        .retry(RetryPolicy.defaults().withInitial(java.time.Duration.ofMillis(1)))
                        .build()) {
            Iterator<StreamEvent> events = source.iterator();
            assertThat(events.next().data()).isEqualTo("1");
            assertThatThrownBy(events::hasNext)
                    .isInstanceOfSatisfying(
                            EventSourceException.class,
                            e -> assertThat(e.status()).hasValue(404));
        }
    }

    @Test
    void aStreamCanStopEarlyWhileTheSourceGoesOn() throws Exception {
        try (FaultServer server = new FaultServer(then204("data: x\n\n".repeat(1_000)));
                EventSource source = untilEnd(builder(server)).buffer(2).build()) {
            source.onAny(heard);
            try (Stream<StreamEvent> stream = source.stream()) {
                assertThat(stream.limit(3)).hasSize(3);
            }
            source.awaitClosed();
            assertThat(heard.events).hasSize(1_000);
        }
    }

    @Test
    void aSlowReaderStopsTheReadingOfTheSocketAndLosesNothing() throws Exception {
        AtomicLong sent = new AtomicLong();
        String big = "x".repeat(10_000);
        int count = 4_000; // 40 MB: more than all buffers between
        FaultServer.Script script = peer -> {
            peer.open();
            for (int i = 0; i < count; i++) {
                peer.send("data: " + i + big + "\n\n");
                sent.incrementAndGet();
            }
            peer.send("event: end\ndata:\n\n").stall();
        };
        try (FaultServer server = new FaultServer(script);
                EventSource source = untilEnd(builder(server)).buffer(8).build()) {
            Iterator<StreamEvent> events = source.iterator();
            assertThat(events.next().data()).startsWith("0x");
            long before = -1;
            while (before != sent.get()) { // until the server stands still
                before = sent.get();
                new java.util.concurrent.CountDownLatch(1).await(300, java.util.concurrent.TimeUnit.MILLISECONDS);
            }
            assertThat(before).isLessThan(count);
            for (int i = 1; i < count; i++) {
                assertThat(events.next().data()).startsWith(i + "x");
            }
            assertThat(events.hasNext()).isFalse();
            assertThat(heard.disconnects).isEmpty();
        }
    }

    @Test
    void aSubscriberGetsWhatItAsksForAndNoMore() throws Exception {
        try (FaultServer server = new FaultServer(then204("data: 1\n\ndata: 2\n\ndata: 3\n\n"));
                EventSource source = untilEnd(builder(server)).build()) {
            Subscriber subscriber = new Subscriber();
            source.publisher().subscribe(subscriber);
            Flow.Subscription subscription = take(subscriber.subscriptions);
            subscription.request(2);
            assertThat(take(subscriber.signals) + take(subscriber.signals)).isEqualTo("12");
            assertThat(subscriber.signals).isEmpty();
            subscription.request(Long.MAX_VALUE);
            assertThat(take(subscriber.signals) + take(subscriber.signals)).isEqualTo("3complete");
            source.awaitClosed();
            Subscriber late = new Subscriber();
            source.publisher().subscribe(late);
            assertThat(take(late.signals)).isEqualTo("complete");
        }
    }

    @Test
    void aSubscriberThatCancelsOrErrsHoldsUpNobody() throws Exception {
        try (FaultServer server = new FaultServer(then204("data: 1\n\ndata: 2\n\n"));
                EventSource source = untilEnd(builder(server)).build()) {
            source.onAny(heard);
            Subscriber cancelled = new Subscriber();
            Subscriber wrong = new Subscriber();
            source.publisher().subscribe(cancelled);
            source.publisher().subscribe(wrong);
            take(wrong.subscriptions).request(0);
            assertThat(take(wrong.signals)).startsWith("java.lang.IllegalArgumentException: request: 0");
            take(cancelled.subscriptions).cancel();
            source.awaitClosed();
            assertThat(heard.events).hasSize(2);
            assertThat(cancelled.signals).isEmpty();
        }
    }

    @Test
    void aSubscriberIsToldWhyTheSourceFailed() throws Exception {
        try (FaultServer server = new FaultServer(peer -> peer.status(403));
                EventSource source = builder(server).build()) {
            Subscriber subscriber = new Subscriber();
            source.publisher().subscribe(subscriber);
            assertThat(take(subscriber.signals)).contains("answer: 403");
        }
    }

    /** Writes down its signals. */
    private static final class Subscriber implements Flow.Subscriber<StreamEvent> {
        final BlockingQueue<String> signals = new LinkedBlockingQueue<>();
        final BlockingQueue<Flow.Subscription> subscriptions = new LinkedBlockingQueue<>();

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscriptions.add(subscription);
        }

        @Override
        public void onNext(StreamEvent event) {
            signals.add(event.data());
        }

        @Override
        public void onError(Throwable error) {
            signals.add(error.toString());
        }

        @Override
        public void onComplete() {
            signals.add("complete");
        }
    }
}
