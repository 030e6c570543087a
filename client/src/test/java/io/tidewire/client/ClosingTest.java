package io.tidewire.client;

import static io.tidewire.client.Recorder.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tidewire.client.EventSourceException.Reason;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Close ends everything, from wherever it is called. */
@SuppressWarnings("try") // closing early is what this is about
class ClosingTest {
    private final Recorder heard = new Recorder();

    private EventSource source(FaultServer server) {
        EventSource source = EventSource.builder(server.uri()).listener(heard).build();
        source.onAny(heard);
        return source;
    }

    private static Set<Thread> ours() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("tidewire-client")
                        || thread.getName().startsWith("HttpClient-"))
                .collect(Collectors.toSet());
    }

    @Test
    void neitherThreadNorSocketIsLeft() throws Exception {
        Set<Thread> before = ours();
        try (FaultServer server =
                new FaultServer(peer -> peer.open().send("data: a\n\n").stall())) {
            List<EventSource> sources = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                sources.add(source(server).start());
            }
            for (int i = 0; i < 20; i++) {
                assertThat(heard.data()).isEqualTo("a");
            }
            assertThat(ours()).hasSizeGreaterThanOrEqualTo(20);
            for (EventSource source : sources) {
                source.close();
                assertThat(source.state()).isEqualTo(ConnectionState.CLOSED);
            }
            for (int i = 0; i < 20; i++) {
                assertThat(take(server.ends)).isIn("eof", "reset");
                assertThat(sources.get(i).awaitClosed().reason()).isEqualTo(Reason.CLOSED);
            }
        }
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            Set<Thread> left = ours();
            left.removeAll(before);
            assertThat(left).isEmpty();
        });
    }

    @Test
    void whileItWaitsForAnAnswer() throws Exception {
        try (FaultServer server = new FaultServer(FaultServer.Peer::stall);
                EventSource source = source(server).start()) {
            server.request();
            source.close();
            assertThat(take(server.ends)).isIn("eof", "reset");
            assertThat(source.awaitClosed().reason()).isEqualTo(Reason.CLOSED);
        }
    }

    @Test
    void whileItWaitsForTheNextAttempt() throws Exception {
        try (FaultServer server = new FaultServer(peer -> peer.status(503, "Retry-After: 3600"));
                EventSource source = source(server).start()) {
            assertThat(take(heard.waits)).isGreaterThanOrEqualTo(Duration.ofHours(1));
            source.close();
            assertThat(source.awaitClosed().reason()).isEqualTo(Reason.CLOSED);
            assertThat(take(heard.closed).reason()).isEqualTo(Reason.CLOSED);
        }
    }

    @Test
    void fromACallbackInTheMiddleOfAPiece() throws Exception {
        try (FaultServer server = new FaultServer(peer ->
                        peer.open().send("data: a\n\ndata: b\n\ndata: c\n\n").stall());
                EventSource source = source(server)) {
            source.on("message", event -> source.close());
            source.start().awaitClosed();
            assertThat(heard.events).extracting(StreamEvent::data).containsExactly("a");
            assertThat(take(server.ends)).isIn("eof", "reset");
        }
    }

    @Test
    void whileAnIteratorIsReadAndFull() throws Exception {
        String many = "data: x\n\n".repeat(2_000);
        try (FaultServer server = new FaultServer(peer -> peer.open().send(many).stall());
                EventSource source = source(server)) {
            var iterator = source.iterator();
            assertThat(iterator.next().data()).isEqualTo("x");
            source.close();
            assertThat(iterator.hasNext()).isFalse();
            source.awaitClosed();
        }
    }

    @Test
    void whileAnIteratorWaits() throws Exception {
        try (FaultServer server = new FaultServer(peer -> peer.open().stall());
                EventSource source = source(server)) {
            CountDownLatch ended = new CountDownLatch(1);
            var iterator = source.iterator();
            FaultServer.daemon(() -> {
                if (!iterator.hasNext()) {
                    ended.countDown();
                }
            });
            take(heard.opened);
            source.close();
            assertThat(ended.await(30, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void manyTimesAndBeforeItBegan() throws Exception {
        try (FaultServer server = new FaultServer(peer -> peer.open().stall());
                EventSource source = source(server)) {
            source.close();
            source.close();
            assertThat(source.start().state()).isEqualTo(ConnectionState.CLOSED);
            assertThat(source.awaitClosed().reason()).isEqualTo(Reason.CLOSED);
            assertThat(source.iterator().hasNext()).isFalse();
            assertThat(server.waitingRequests()).isZero();
        }
    }

    @Test
    void theThreadIsADaemonNamedAfterTheHost() throws Exception {
        BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
        try (FaultServer server =
                        new FaultServer(peer -> peer.open().send("data: a\n\n").stall());
                EventSource source = source(server)) {
            source.onMessage(event -> threads.add(Thread.currentThread()));
            source.start();
            Thread thread = take(threads);
            assertThat(thread.isDaemon()).isTrue();
            assertThat(thread.getName()).isEqualTo("tidewire-client-127.0.0.1");
            source.close();
        }
    }

    @Test
    void aThreadThatCannotBeHadIsTheEnd() throws Exception {
        try (FaultServer server = new FaultServer(peer -> peer.open().stall());
                EventSource source = EventSource.builder(server.uri())
                        .threads(task -> {
                            throw new IllegalStateException("no more");
                        })
                        .build()) {
            assertThatThrownBy(source::start).hasMessage("no more");
            assertThat(source.awaitClosed()).hasMessageStartingWith("thread: not started");
            assertThat(source.state()).isEqualTo(ConnectionState.CLOSED);
        }
    }

    @Test
    void aVirtualThreadWillDo() throws Exception {
        Method ofVirtual;
        try {
            ofVirtual = Thread.class.getMethod("ofVirtual");
        } catch (NoSuchMethodException e) {
            return; // JDK 17 to 20
        }
        Object builder = ofVirtual.invoke(null);
        ThreadFactory factory = (ThreadFactory)
                Class.forName("java.lang.Thread$Builder").getMethod("factory").invoke(builder);
        try (FaultServer server =
                        new FaultServer(peer -> peer.open().send("data: a\n\n").stall());
                EventSource source = EventSource.builder(server.uri())
                        .threads(factory)
                        .listener(heard)
                        .build()) {
            source.onAny(heard);
            source.start();
            assertThat(heard.data()).isEqualTo("a");
            source.close();
            assertThat(take(server.ends)).isIn("eof", "reset");
            assertThat(source.awaitClosed().reason()).isEqualTo(Reason.CLOSED);
        }
    }
}
