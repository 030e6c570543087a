package io.tidewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.tidewire.hub.CloseReason;
import io.tidewire.hub.HubConfig;
import io.tidewire.hub.HubCounter;
import io.tidewire.log.MemoryLog;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import io.tidewire.sse.ServerSentEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** HTTP/2 over real sockets, frame by frame: with prior knowledge, and over TLS. */
@ParameterizedClass
@EnumSource
class Http2Test {
    private static final int CANCEL = 8;
    private static final int REFUSED_STREAM = 7;

    enum Security {
        PLAIN,
        TLS
    }

    private final Security security;
    private Tidewire server;
    private final List<FrameClient> clients = new ArrayList<>();

    Http2Test(Security security) {
        this.security = security;
        this.server = builder().start();
    }

    private TidewireBuilder builder() {
        TidewireBuilder builder = Tidewire.builder().port(0).threads(2).http3(false);
        return security == Security.TLS ? builder.tlsSelfSigned() : builder;
    }

    private void restart(TidewireBuilder builder) {
        server.close();
        server = builder.start();
    }

    @AfterEach
    void stop() throws IOException {
        for (FrameClient client : clients) {
            client.close();
        }
        server.close();
    }

    private FrameClient client() throws IOException {
        return kept(FrameClient.to(server));
    }

    private FrameClient kept(FrameClient client) {
        clients.add(client);
        return client;
    }

    private static int listen(FrameClient client, String query, String... headers) throws IOException {
        int stream = client.request("GET", "/events" + query, headers);
        client.until(stream, "event: connected");
        return stream;
    }

    private void publish(String topic, String data) {
        server.hub().publish(Update.to(topic).data(data).build());
    }

    private static String id(String json) {
        return json.substring(json.indexOf("{\"id\":\"") + 7, json.indexOf("\"}"));
    }

    // --- streams

    @Test
    void streamsHeadHasWhatHttp1SaysAndNothingOfItsConnection() throws IOException {
        FrameClient client = client();
        int stream = listen(client, "?topic=a");
        assertThat(client.head(stream).headers())
                .containsEntry(":status", "200")
                .containsEntry("content-type", "text/event-stream")
                .containsEntry("cache-control", "no-cache, no-transform")
                .containsEntry("tidewire-resume", "new")
                .doesNotContainKeys("connection", "transfer-encoding", "keep-alive", "content-length");
    }

    @Test
    void eventsArriveAndAReconnectResumes() throws IOException {
        FrameClient client = client();
        int first = listen(client, "?topic=a");
        int post = client.post("/events", "{\"topic\":\"a\",\"data\":\"1\"}");
        String id = id(client.toEnd(post).body());
        client.until(first, "data: 1\n\n");
        client.reset(first, CANCEL);
        publish("a", "2");
        publish("b", "not mine");
        int second = listen(client, "?topic=a", "last-event-id", id);
        publish("a", "3");
        assertThat(client.until(second, "data: 3\n\n")).contains("data: 2\n\n").doesNotContain("data: 1\n", "not mine");
        assertThat(client.head(second).headers()).containsEntry("tidewire-resume", "full");
    }

    @Test
    void hundredStreamsOfOneConnectionAreServedBesideRequests() throws IOException {
        FrameClient client = client();
        List<Integer> streams = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            streams.add(client.request("GET", "/events?topic=t" + i + "&topic=all"));
        }
        for (int stream : streams) {
            client.until(stream, "event: connected");
        }
        int post = client.post("/events", "{\"topic\":\"all\",\"data\":\"to everyone\"}");
        assertThat(client.toEnd(post).status()).isEqualTo("200");
        for (int i = 0; i < 100; i++) {
            publish("t" + i, "for " + i + ";");
        }
        for (int i = 0; i < 100; i++) {
            assertThat(client.until(streams.get(i), "for " + i + ";"))
                    .containsOnlyOnce("to everyone")
                    .containsOnlyOnce("data: for ");
        }
    }

    @Test
    void silentStreamGetsKeepAlives() throws IOException {
        restart(builder().hubConfig(HubConfig.defaults().withKeepAlive(Duration.ofMillis(200))));
        FrameClient client = client();
        client.until(listen(client, "?topic=a"), "\n:\n\n");
    }

    @Test
    void streamThatIsResetIsFreedAndItsNeighboursStay() throws IOException {
        FrameClient client = client();
        int left = listen(client, "?topic=a");
        int stays = listen(client, "?topic=a");
        client.reset(left, CANCEL);
        await().until(() -> server.hub().connectionCount() == 1);
        assertThat(server.hub().closed(CloseReason.CLIENT_GONE)).isEqualTo(1);
        publish("a", "after");
        client.until(stays, "data: after\n\n");
        assertThat(client.received(left)).isPositive();
    }

    @Test
    void lostConnectionFreesAllItsStreams() throws IOException {
        FrameClient client = client();
        for (int i = 0; i < 50; i++) {
            listen(client, "?topic=a");
        }
        client.drop();
        await().until(() -> server.hub().connectionCount() == 0);
        assertThat(server.hub().closed(CloseReason.CLIENT_GONE)).isEqualTo(50);
    }

    @Test
    void peerThatAnswersNoPingIsGone() throws IOException {
        restart(builder().limits(TestLimits.deadPeer(Duration.ofSeconds(1))));
        FrameClient answering = client();
        FrameClient deaf = client();
        int stays = listen(answering, "?topic=a");
        listen(deaf, "?topic=a");
        deaf.goDeaf();
        deaf.untilOver();
        await().until(() -> server.hub().connectionCount() == 1);
        answering.untilPinged();
        publish("a", "still here");
        answering.until(stays, "data: still here\n\n");
    }

    @Test
    void connectionWithoutStreamsIsEndedWhenItIsIdle() throws IOException {
        restart(builder().limits(TestLimits.idle(Duration.ofMillis(300))));
        FrameClient client = client();
        assertThat(client.toEnd(client.request("GET", "/health")).body()).isEqualTo("up\n");
        assertThat(client.goAway()).isZero();
        client.untilOver();
    }

    @Test
    void drainTellsEachStreamAndEndsIt() throws IOException {
        FrameClient client = client();
        List<Integer> streams = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            streams.add(listen(client, "?topic=a"));
        }
        server.stop(Duration.ofMillis(50));
        for (int stream : streams) {
            FrameClient.Answer answer = client.toEnd(stream);
            assertThat(answer.isEnded()).isTrue();
            assertThat(answer.body()).contains("event: closing\n", "\"reason\":\"shutdown\"", "retry: ");
        }
    }

    // --- flow control

    @Test
    void stalledStreamHarmsNoNeighbourIsBoundedAndCatchesUpWithoutLoss() throws IOException {
        FrameClient client = kept(FrameClient.to(server, 0));
        int stalled = client.request("GET", "/events?topic=a");
        client.head(stalled);
        int other = client.request("GET", "/events?topic=a");
        client.openWindow(other, Integer.MAX_VALUE);
        client.until(other, "event: connected");
        long before = directBytes();
        String filler = "x".repeat(20_000);
        for (int i = 0; i < 2000; i++) { // 40 MB
            publish("a", "n" + i + " " + filler);
        }
        client.until(other, "data: n1999 ");
        assertThat(client.received(stalled)).isZero();
        assertThat(server.hub().count(HubCounter.FELL_BEHIND)).isPositive();
        assertThat(directBytes() - before).isLessThan(10 << 20);
        client.openWindow(stalled, Integer.MAX_VALUE);
        String all = client.until(stalled, "data: n1999 ");
        assertThat(all.lines().filter(l -> l.startsWith("data: n")).map(l -> l.substring(7, l.indexOf(' ', 7))))
                .containsExactlyElementsOf(
                        IntStream.range(0, 2000).mapToObj(String::valueOf).toList());
    }

    private static long directBytes() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    @Test
    void uploadThatWaitsForTheLogHoldsUpNoOther() throws IOException {
        CompletableFuture<Void> open = new CompletableFuture<>();
        restart(builder()
                .log(new LateLog(
                        new MemoryLog(Retention.defaults(), InstantSource.system()), task -> open.thenRunAsync(task))));
        FrameClient client = client();
        int waiting = client.begin("POST", "/events", "content-type", "application/x-ndjson");
        String lines = "{\"topic\":\"a\"}\n".repeat(1100);
        for (int i = 0; i < 4; i++) {
            client.data(waiting, lines, false); // 57 kB: nearly all that its window takes
        }
        int second = client.begin("POST", "/nowhere", "content-type", "text/plain");
        for (int i = 0; i < 6; i++) {
            client.data(second, "x".repeat(10_000), i == 5);
        }
        assertThat(client.toEnd(second).status()).isEqualTo("404");
        int third = client.request("GET", "/health");
        assertThat(client.toEnd(third).body()).isEqualTo("up\n");
        open.complete(null);
        client.data(waiting, "", true);
        assertThat(client.toEnd(waiting).body().lines()).hasSize(4400);
    }

    @Test
    void streamsBeyondTheLimitAreRefusedAndAPlaceThatIsFreeIsTaken() throws IOException {
        restart(builder().limits(TestLimits.streams(3)));
        FrameClient client = client();
        List<Integer> streams = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            streams.add(listen(client, "?topic=a"));
        }
        int fourth = client.request("GET", "/events?topic=a");
        assertThat(client.toEnd(fourth).reset()).isEqualTo(REFUSED_STREAM);
        client.reset(streams.get(0), CANCEL);
        await().until(() -> server.hub().connectionCount() == 2);
        listen(client, "?topic=a");
    }

    // --- requests

    @Test
    void publishesAreAnsweredWithoutHeadersOfTheConnection() throws IOException {
        FrameClient client = client();
        int stream = listen(client, "?topic=a");
        FrameClient.Answer answer = client.toEnd(client.post("/events", "{\"topic\":\"a\",\"data\":\"grüße\"}"));
        assertThat(answer.body()).startsWith("{\"id\":\"#");
        assertThat(answer.headers())
                .containsEntry("content-length", String.valueOf(answer.body().length()))
                .doesNotContainKeys("connection", "transfer-encoding", "keep-alive");
        client.until(stream, "data: grüße\n\n");
    }

    @Test
    void longStreamingPostIsAcknowledgedAsItGoes() throws IOException {
        FrameClient client = client();
        int post = client.begin("POST", "/events", "content-type", "application/x-ndjson");
        client.data(post, "{\"topic\":\"a\",\"id\":\"one\"}\n", false);
        client.until(post, "{\"id\":\"one\"}\n");
        client.data(post, "{\"topic\":\"a\",\"id\":\"t", false);
        client.data(post, "wo\"}\nnonsense\n{\"topic\":\"a\",\"id\":\"three\"}", false);
        client.until(post, "\"line\":3}\n");
        client.data(post, "", true);
        FrameClient.Answer answer = client.toEnd(post);
        assertThat(answer.body()).contains("{\"id\":\"two\"}\n", "{\"id\":\"three\"}\n");
        assertThat(answer.isEnded()).isTrue();
        assertThat(answer.headers()).doesNotContainKeys("connection", "transfer-encoding");
    }

    @Test
    void bodyThatPausesTooLongIsBrokenOffAndTheConnectionGoesOn() throws IOException {
        restart(builder().limits(TestLimits.body(Duration.ofMillis(300))));
        FrameClient client = client();
        int begun = client.begin("POST", "/events", "content-type", "application/x-ndjson");
        client.data(begun, "{\"topic\":\"a\",\"id\":\"one\"}\n", false);
        FrameClient.Answer answer = client.toEnd(begun);
        assertThat(answer.body()).isEqualTo("{\"id\":\"one\"}\n");
        assertThat(answer.isEnded()).isFalse();
        assertThat(answer.reset()).isPositive();
        int late = client.begin("POST", "/events", "content-type", "application/json");
        client.data(late, "{", false);
        assertThat(client.toEnd(late).status()).isEqualTo("408");
        assertThat(client.toEnd(client.request("GET", "/health")).body()).isEqualTo("up\n");
    }

    @Test
    void earlyRefusalArrivesWholeThoughTheBodyIsSentOn() throws IOException {
        FrameClient client = client();
        for (int i = 0; i < 5; i++) { // more than the connection's window in all: it must be given back
            int post = client.begin("POST", "/nowhere", "content-type", "text/plain");
            client.until(post, "Not Found"); // the refusal comes before the body does
            for (int j = 0; j < 6; j++) {
                client.data(post, "x".repeat(10_000), j == 5);
            }
            FrameClient.Answer answer = client.toEnd(post);
            assertThat(answer.status()).isEqualTo("404");
            assertThat(answer.isEnded()).isTrue();
            assertThat(answer.body()).contains("\"detail\":\"path: /nowhere").endsWith("}");
            assertThat(client.toEnd(client.request("GET", "/health")).body()).isEqualTo("up\n");
        }
    }

    @Test
    void headAndDeleteHaveNoBody() throws IOException {
        FrameClient client = client();
        FrameClient.Answer head = client.toEnd(client.request("HEAD", "/events?topic=a"));
        assertThat(head.status()).isEqualTo("200");
        assertThat(head.body()).isEmpty();
        assertThat(server.hub().connectionCount()).isZero();
        int stream = listen(client, "?topic=a");
        String id = server.hub().connections().get(0).id();
        FrameClient.Answer deleted = client.toEnd(client.request("DELETE", "/connections/" + id));
        assertThat(deleted.status()).isEqualTo("204");
        assertThat(deleted.headers()).doesNotContainKey("content-length");
        FrameClient.Answer kicked = client.toEnd(stream);
        assertThat(kicked.isEnded()).isTrue();
        assertThat(kicked.body()).contains("event: closing\n", "\"reason\":\"kicked\"");
    }

    @Test
    void pagesAreServed() throws IOException {
        byte[] page = "p".repeat(300_000).getBytes(StandardCharsets.US_ASCII);
        restart(builder().page("/big", "text/plain", page));
        FrameClient client = client();
        FrameClient.Answer answer = client.toEnd(client.request("GET", "/big"));
        assertThat(answer.body()).hasSize(300_000);
        assertThat(answer.headers()).containsEntry("content-length", "300000");
    }

    @Test
    void addressOfAStreamIsItsConnections() throws IOException {
        listen(client(), "?topic=a");
        assertThat(server.hub().connections().get(0).remote()).isEqualTo("127.0.0.1");
    }

    // --- an application's own streams

    @Test
    void applicationsStreamEndsWhenItsEventsDo() throws IOException {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        List<ServerSentEvent> events = IntStream.range(0, 100)
                .mapToObj(i -> ServerSentEvent.of("n" + i))
                .toList();
        restart(builder().stream("/count", request -> Publishers.of(events.iterator(), executor)));
        FrameClient client = client();
        FrameClient.Answer answer = client.toEnd(client.post("/count", "hi"));
        assertThat(answer.isEnded()).isTrue();
        assertThat(answer.body()).contains("data: n0\n\n", "data: n99\n\n", "\"reason\":\"completed\"");
        executor.shutdown();
    }

    @Test
    void applicationsStreamIsCancelledByAResetAndAsksNoMoreThanTheWindowTakes() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        CompletableFuture<CloseReason> closed = new CompletableFuture<>();
        CompletableFuture<Void> released = new CompletableFuture<>();
        java.util.concurrent.atomic.AtomicInteger made = new java.util.concurrent.atomic.AtomicInteger();
        String filler = "x".repeat(10_000);
        restart(builder().stream("/endless", request -> {
            request.closed().thenAccept(closed::complete);
            return Publishers.of(
                    java.util.stream.Stream.generate(() -> ServerSentEvent.of(filler + made.incrementAndGet()))
                            .onClose(() -> released.complete(null)),
                    executor);
        }));
        FrameClient client = kept(FrameClient.to(server, 0));
        int stalled = client.request("GET", "/endless");
        client.head(stalled);
        await().until(() -> made.get() >= 7); // 64 KiB wait for the window
        for (int i = 0; i < 20; i++) {
            client.toEnd(client.request("HEAD", "/health"));
        }
        assertThat(made.get()).isLessThan(60);
        client.reset(stalled, CANCEL);
        assertThat(closed.get(10, TimeUnit.SECONDS)).isEqualTo(CloseReason.CLIENT_GONE);
        released.get(10, TimeUnit.SECONDS);
        executor.shutdown();
    }
}
