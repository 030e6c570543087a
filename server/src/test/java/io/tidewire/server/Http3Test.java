package io.tidewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidewire.hub.CloseReason;
import io.tidewire.hub.HubConfig;
import io.tidewire.hub.HubCounter;
import io.tidewire.log.Update;
import io.tidewire.sse.ServerSentEvent;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** HTTP/3 over real sockets. */
class Http3Test {
    private Tidewire server = builder().start();
    private final List<Http3Client> clients = new ArrayList<>();

    private static TidewireBuilder builder() {
        return Tidewire.builder().port(0).threads(2).tlsSelfSigned();
    }

    private void restart(TidewireBuilder builder) {
        server.close();
        server = builder.start();
    }

    @AfterEach
    void stop() {
        for (Http3Client client : clients) {
            client.close();
        }
        server.close();
    }

    private Http3Client client() throws Exception {
        Http3Client client = new Http3Client(server.port());
        clients.add(client);
        return client;
    }

    private static Http3Client.Answer listen(Http3Client client, String query, String... headers)
            throws InterruptedException {
        Http3Client.Answer answer = client.request("GET", "/events" + query, headers);
        answer.until("event: connected");
        return answer;
    }

    private void publish(String topic, String data) {
        server.hub().publish(Update.to(topic).data(data).build());
    }

    // --- streams

    private static HubConfig quickKeepAlives() {
        return HubConfig.defaults().withKeepAlive(Duration.ofMillis(200));
    }

    @Test
    void eventsArriveAndAReconnectResumes() throws Exception {
        Http3Client client = client();
        Http3Client.Answer first = listen(client, "?topic=a");
        assertThat(first.headers())
                .containsEntry(":status", "200")
                .containsEntry("content-type", "text/event-stream")
                .doesNotContainKeys("connection", "transfer-encoding");
        Http3Client.Answer post = client.begin("POST", "/events", "content-type", "application/json")
                .end("{\"topic\":\"a\",\"data\":\"1\"}")
                .toEnd();
        String id = post.body().substring(7, post.body().indexOf("\"}"));
        first.until("data: 1\n\n");
        publish("a", "2");
        Http3Client.Answer second = listen(client, "?topic=a", "last-event-id", id);
        publish("a", "3");
        assertThat(second.until("data: 3\n\n")).contains("data: 2\n\n").doesNotContain("data: 1\n");
        assertThat(second.headers()).containsEntry("tidewire-resume", "full");
    }

    @Test
    void streamThatItsClientWantsNoMoreOfIsFreed() throws Exception {
        restart(builder().limits(TestLimits.deadPeer(Duration.ofSeconds(4))).hubConfig(quickKeepAlives()));
        Http3Client client = client();
        Http3Client.Answer other = listen(client, "?topic=a");
        listen(client, "?topic=a").cancel();
        await().atMost(Duration.ofSeconds(60)).until(() -> server.hub().connectionCount() == 1);
        assertThat(server.hub().closed(CloseReason.CLIENT_GONE)).isEqualTo(1);
        publish("a", "for the other");
        other.until("for the other");
    }

    @Test
    void peerThatVanishedIsNoticed() throws Exception {
        restart(builder().limits(TestLimits.deadPeer(Duration.ofSeconds(3))));
        Http3Client stays = client();
        listen(stays, "?topic=a");
        Http3Client goes = new Http3Client(server.port());
        listen(goes, "?topic=a");
        goes.vanish();

        await().atMost(Duration.ofSeconds(30)).until(() -> server.hub().connectionCount() == 1);
        assertThat(server.hub().closed(CloseReason.CLIENT_GONE)).isEqualTo(1);
        assertThat(stays.isOpen()).isTrue();
    }

    @Test
    void hundredStreamsOfOneConnectionAreServedBesideRequests() throws Exception {
        Http3Client client = client();
        List<Http3Client.Answer> streams = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            streams.add(client.request("GET", "/events?topic=t" + i + "&topic=all"));
        }
        for (Http3Client.Answer stream : streams) {
            stream.until("event: connected");
        }
        assertThat(client.request("GET", "/health").toEnd().body()).isEqualTo("up\n");
        publish("all", "to everyone");
        for (int i = 0; i < 100; i++) {
            publish("t" + i, "for " + i + ";");
        }
        for (int i = 0; i < 100; i++) {
            assertThat(streams.get(i).until("for " + i + ";")).containsOnlyOnce("to everyone");
        }
    }

    @Test
    void stalledStreamHarmsNoNeighbourAndCatchesUpWithoutLoss() throws Exception {
        Http3Client client = client();
        Http3Client.Answer stalled = listen(client, "?topic=a");
        stalled.read(false);
        Http3Client.Answer other = listen(client, "?topic=a");
        String filler = "x".repeat(20_000);
        for (int i = 0; i < 500; i++) { // 10 MB
            publish("a", "n" + i + " " + filler);
        }
        other.until("data: n499 ");
        assertThat(server.hub().count(HubCounter.FELL_BEHIND)).isPositive();
        assertThat(stalled.body()).doesNotContain("data: n100 ");
        stalled.read(true);
        String all = stalled.until("data: n499 ");
        assertThat(all.lines().filter(l -> l.startsWith("data: n")).map(l -> l.substring(7, l.indexOf(' ', 7))))
                .containsExactlyElementsOf(
                        IntStream.range(0, 500).mapToObj(String::valueOf).toList());
    }

    @Test
    void closedConnectionFreesAllItsStreams() throws Exception {
        Http3Client client = new Http3Client(server.port());
        for (int i = 0; i < 20; i++) {
            listen(client, "?topic=a");
        }
        client.close();
        await().until(() -> server.hub().connectionCount() == 0);
    }

    @Test
    void clientThatVanishedIsFreedWhenItHasBeenSilentLongEnough() throws Exception {
        restart(builder().limits(TestLimits.idle(Duration.ofSeconds(1))).hubConfig(quickKeepAlives()));
        Http3Client stays = client();
        Http3Client.Answer stream = listen(stays, "?topic=a");
        Http3Client leaves = new Http3Client(server.port());
        listen(leaves, "?topic=a");
        leaves.vanish();
        await().atMost(Duration.ofSeconds(30)).until(() -> server.hub().connectionCount() == 1);
        publish("a", "still here");
        stream.until("data: still here\n\n");
    }

    @Test
    void silentStreamGetsKeepAlives() throws Exception {
        restart(builder().hubConfig(quickKeepAlives()));
        listen(client(), "?topic=a").until("\n:\n\n");
    }

    @Test
    void kickedClientIsToldAndItsStreamEnds() throws Exception {
        Http3Client client = client();
        Http3Client.Answer stream = listen(client, "?topic=a");
        String id = server.hub().connections().get(0).id();
        assertThat(server.hub().connections().get(0).remote()).isEqualTo("127.0.0.1");
        assertThat(client.request("DELETE", "/connections/" + id).toEnd().headers())
                .containsEntry(":status", "204");
        assertThat(stream.toEnd().body()).contains("event: closing\n", "\"reason\":\"kicked\"");
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void drainTellsEachStreamAndEndsIt() throws Exception {
        Http3Client client = client();
        List<Http3Client.Answer> streams = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            streams.add(listen(client, "?topic=a"));
        }
        server.stop(Duration.ofMillis(50));
        for (Http3Client.Answer stream : streams) {
            assertThat(stream.toEnd().body()).contains("event: closing\n", "\"reason\":\"shutdown\"");
        }
    }

    @Test
    void applicationsStreamEndsWhenItsEventsDo() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        List<ServerSentEvent> events = IntStream.range(0, 100)
                .mapToObj(i -> ServerSentEvent.of("n" + i))
                .toList();
        restart(builder().stream("/count", request -> Publishers.of(events.iterator(), executor)));
        assertThat(client().begin("POST", "/count").end("hi").toEnd().body())
                .contains("data: n0\n\n", "data: n99\n\n", "\"reason\":\"completed\"");
        executor.shutdown();
    }

    // --- requests

    @Test
    void streamingPostIsAcknowledgedAsItGoes() throws Exception {
        Http3Client.Answer post = client().begin("POST", "/events", "content-type", "application/x-ndjson");
        post.data("{\"topic\":\"a\",\"id\":\"one\"}\n").until("{\"id\":\"one\"}\n");
        post.data("nonsense\n").until("\"line\":2}\n");
        assertThat(post.end("{\"topic\":\"a\",\"id\":\"three\"}").toEnd().body())
                .endsWith("{\"id\":\"three\"}\n");
    }

    @Test
    void bodyThatPausesTooLongIsBrokenOff() throws Exception {
        restart(builder().limits(TestLimits.body(Duration.ofMillis(300))));
        Http3Client client = client();
        Http3Client.Answer post = client.begin("POST", "/events", "content-type", "application/x-ndjson");
        post.data("{\"topic\":\"a\",\"id\":\"one\"}\n").until("{\"id\":\"one\"}\n");
        assertThat(post.untilBroken().body()).isEqualTo("{\"id\":\"one\"}\n");
        assertThat(client.request("GET", "/health").toEnd().body()).isEqualTo("up\n");
    }

    @Test
    void earlyRefusalArrivesWhole() throws Exception {
        Http3Client client = client();
        Http3Client.Answer post = client.begin("POST", "/nowhere", "content-type", "text/plain");
        assertThat(post.toEnd().headers()).containsEntry(":status", "404");
        assertThat(post.body()).contains("path: /nowhere").endsWith("}");
        post.end("x".repeat(10_000)); // which nobody reads
        assertThat(client.request("GET", "/health").toEnd().body()).isEqualTo("up\n");
    }

    @Test
    void headHasNoBodyAndPagesAreServed() throws Exception {
        byte[] page = "p".repeat(300_000).getBytes(StandardCharsets.US_ASCII);
        restart(builder().page("/big", "text/plain", page));
        Http3Client client = client();
        Http3Client.Answer head = client.request("HEAD", "/big").toEnd();
        assertThat(head.headers()).containsEntry("content-length", "300000");
        assertThat(head.body()).isEmpty();
        assertThat(client.request("GET", "/big").toEnd().body()).hasSize(300_000);
    }

    // --- how it is offered

    private Optional<String> altSvc(HttpClient.Version version) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newBuilder()
                .sslContext(TrustAll.context())
                .version(version)
                .build();
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(URI.create(server.uri() + "/health")).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.version()).isEqualTo(version);
        return response.headers().firstValue("Alt-Svc");
    }

    @Test
    void isAnnouncedOverBothOtherVersions() throws Exception {
        String announced = "h3=\":" + server.port() + "\"; ma=86400";
        assertThat(altSvc(HttpClient.Version.HTTP_1_1)).contains(announced);
        assertThat(altSvc(HttpClient.Version.HTTP_2)).contains(announced);
    }

    @Test
    void isNeitherAnnouncedNorListenedForWhenSwitchedOff() throws Exception {
        restart(builder().http3(false));
        assertThat(altSvc(HttpClient.Version.HTTP_1_1)).isEmpty();
        assertThat(altSvc(HttpClient.Version.HTTP_2)).isEmpty();
        try (DatagramSocket same = new DatagramSocket(server.port(), InetAddress.getLoopbackAddress())) {
            assertThat(same.isBound()).isTrue();
        }
    }

    @Test
    void isNotAnnouncedWithoutTls() throws Exception {
        restart(Tidewire.builder().port(0));
        try (RawClient client = new RawClient(server.port())) {
            assertThat(client.send("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                            .toEnd())
                    .contains("200 OK")
                    .doesNotContainIgnoringCase("alt-svc");
        }
    }

    // --- who is believed

    @Test
    void retryTokenIsTakenFromItsOwnAddressOnlyAndNotFromAnotherHub() throws Exception {
        HandClock clock = new HandClock();
        QuicRetryTokens tokens = new QuicRetryTokens(clock);
        InetSocketAddress home = new InetSocketAddress(InetAddress.getByName("192.0.2.1"), 1000);
        byte[] id = {1, 2, 3, 4, 5, 6, 7, 8};
        ByteBuf token = Unpooled.buffer();
        assertThat(tokens.writeToken(token, Unpooled.wrappedBuffer(id), home)).isTrue();
        int offset = tokens.validateToken(token.duplicate(), home);
        assertThat(token.slice(offset, token.readableBytes() - offset)).isEqualTo(Unpooled.wrappedBuffer(id));
        assertThat(token.readableBytes()).isLessThanOrEqualTo(tokens.maxTokenLength());

        InetSocketAddress otherPort = new InetSocketAddress(home.getAddress(), 1001);
        InetSocketAddress otherHost = new InetSocketAddress(InetAddress.getByName("192.0.2.2"), 1000);
        assertThat(tokens.validateToken(token.duplicate(), otherPort)).isNegative();
        assertThat(tokens.validateToken(token.duplicate(), otherHost)).isNegative();
        assertThat(new QuicRetryTokens(clock).validateToken(token.duplicate(), home))
                .isNegative();
        for (int length = 0; length < token.readableBytes(); length++) {
            assertThat(tokens.validateToken(token.slice(0, length), home)).isNegative();
        }
        for (int i = 0; i < token.readableBytes(); i++) {
            ByteBuf forged = token.copy();
            forged.setByte(i, forged.getByte(i) ^ 1);
            assertThat(tokens.validateToken(forged, home)).isNegative();
        }
        clock.advance(Duration.ofSeconds(9));
        assertThat(tokens.validateToken(token.duplicate(), home)).isEqualTo(offset);
        clock.advance(Duration.ofSeconds(11));
        assertThat(tokens.validateToken(token.duplicate(), home)).isNegative();
    }

    @Test
    void applicationsStreamIsCancelledWhenItsConnectionEnds() throws Exception {
        CompletableFuture<CloseReason> closed = new CompletableFuture<>();
        restart(builder().stream("/quiet", request -> {
            request.closed().thenAccept(closed::complete);
            return subscriber -> {};
        }));
        Http3Client client = new Http3Client(server.port());
        client.request("GET", "/quiet").toHead();
        client.close();
        assertThat(closed.get(10, TimeUnit.SECONDS)).isEqualTo(CloseReason.CLIENT_GONE);
    }
}
