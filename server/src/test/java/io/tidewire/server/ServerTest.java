package io.tidewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.channel.uring.IoUring;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Over real sockets, on each transport that works here. */
@ParameterizedClass
@MethodSource("transports")
class ServerTest {
    private final Transport transport;
    private Tidewire server;
    private final List<RawClient> clients = new ArrayList<>();

    static Stream<Transport> transports() {
        Stream<Transport> common = Stream.of(Transport.EPOLL, Transport.NIO);
        return IoUring.isAvailable() ? Stream.concat(common, Stream.of(Transport.IO_URING)) : common;
    }

    ServerTest(Transport transport) {
        this.transport = transport;
        this.server = builder().start();
    }

    private TidewireBuilder builder() {
        return Tidewire.builder().port(0).threads(2).transport(transport);
    }

    private void restart(TidewireBuilder builder) {
        server.close();
        server = builder.start();
    }

    @AfterEach
    void stop() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
        server.close();
    }

    private RawClient client() throws IOException {
        RawClient client = new RawClient(server.port());
        clients.add(client);
        return client;
    }

    private RawClient listen(String query, String... headers) throws IOException {
        RawClient client = client();
        client.send("GET /events" + query + " HTTP/1.1\r\nHost: x\r\n" + String.join("", headers) + "\r\n");
        client.until("event: connected");
        return client;
    }

    private static JsonNode json(String answer) {
        return new JsonMapper().readTree(answer.substring(answer.indexOf("\r\n\r\n")));
    }

    private String request(String method, String path, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        RawClient client = client();
        client.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + (type.isEmpty() ? "" : "Content-Type: " + type + "\r\n")
                + "Content-Length: " + bytes.length + "\r\n\r\n");
        client.send(bytes);
        return client.toEnd();
    }

    private String post(String body) throws IOException {
        return request("POST", "/events", "application/json", body);
    }

    private String get(String path) throws IOException {
        return request("GET", path, "", "");
    }

    private static String id(String response) {
        int from = response.indexOf("{\"id\":\"") + 7;
        return response.substring(from, response.indexOf('"', from));
    }

    // --- streams

    @Test
    void streamsHeadAndFirstEventAreAsPromised() throws IOException {
        String text = listen("?topic=a").until("\n\n");
        assertThat(text)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nContent-Type: text/event-stream\r\n", "\r\nCache-Control: no-cache, no-transform\r\n")
                .contains("\r\nX-Accel-Buffering: no\r\n", "\r\nConnection: keep-alive\r\n")
                .contains("\r\nTransfer-Encoding: chunked\r\n", "\r\nTidewire-Resume: new\r\n")
                .containsPattern("\nretry: \\d+\ndata: \\{\"connection\":\"[0-9a-z]+\",\"resume\":\"new\"")
                .contains("\"keepAliveMillis\":30000}\n\n");
    }

    @Test
    void oldClientGetsTheStreamWithoutChunks() throws IOException {
        RawClient client = client();
        client.send("GET /events?topic=a HTTP/1.0\r\n\r\n");
        String head = client.until("event: connected");
        assertThat(head).startsWith("HTTP/1.0 200 OK\r\n").doesNotContain("chunked");
        post("{\"topic\":\"a\",\"data\":\"1\"}");
        client.until("data: 1\n\n");
    }

    @Test
    void headRequestGetsTheHeadOnly() throws IOException {
        assertThat(request("HEAD", "/events?topic=a", "", ""))
                .startsWith("HTTP/1.1 200")
                .endsWith("\r\n\r\n");
        assertThat(server.hub().connectionCount()).isZero();
    }

    @Test
    void eventsArriveInOrderAndAReconnectResumes() throws IOException {
        RawClient first = listen("?topic=a");
        String id = id(post("{\"topic\":\"a\",\"data\":\"1\"}"));
        first.until("data: 1\n\n");
        first.reset();
        post("{\"topic\":\"a\",\"data\":\"2\"}");
        post("{\"topic\":\"b\",\"data\":\"not mine\"}");
        RawClient second = listen("?topic=a", "Last-Event-ID: " + id + "\r\n");
        post("{\"topic\":\"a\",\"data\":\"3\"}");
        String text = second.until("data: 3\n\n");
        assertThat(text).contains("Tidewire-Resume: full", "data: 2\n\n").doesNotContain("data: 1\n", "not mine");
        assertThat(listen("?topic=a&last_event_id=%23nonsense").until("event: gap"))
                .contains("Tidewire-Resume: gap");
    }

    @Test
    void clientThatLeavesIsFreedAndCounted() throws IOException {
        RawClient client = listen("?topic=a");
        client.reset();
        await().until(() -> server.hub().connectionCount() == 0);
        assertThat(server.hub().closed(CloseReason.CLIENT_GONE)).isEqualTo(1);
    }

    @Test
    void stalledReaderHoldsNobodyUpAndLosesNothing() throws IOException {
        RawClient slow = RawClient.small(server.port());
        clients.add(slow);
        slow.send("GET /events?topic=a HTTP/1.1\r\nHost: x\r\n\r\n");
        await().until(() -> server.hub().connectionCount() == 1);
        RawClient other = listen("?topic=a");
        String filler = "x".repeat(20_000);
        for (int i = 0; i < 1000; i++) {
            server.hub().publish(Update.to("a").data("n" + i + " " + filler).build());
        }
        other.until("data: n999 ");
        assertThat(server.hub().count(HubCounter.FELL_BEHIND)).isPositive();
        String all = slow.until("data: n999 ");
        int last = -1;
        for (int i = 0; i < 1000; i++) {
            int at = all.indexOf("data: n" + i + " ", last + 1);
            assertThat(at).as("n%s", i).isGreaterThan(last);
            last = at;
        }
    }

    @Test
    void kickedClientIsToldAndTheStreamEnds() throws IOException {
        RawClient client = listen("?topic=a");
        String id = server.hub().connections().get(0).id();
        assertThat(request("DELETE", "/connections/" + id, "", "")).startsWith("HTTP/1.1 204");
        assertThat(client.toEnd())
                .contains("event: closing\n", "\"reason\":\"kicked\"")
                .endsWith("0\r\n\r\n");
        assertThat(request("DELETE", "/connections/" + id, "", "")).startsWith("HTTP/1.1 404");
    }

    @Test
    void silentStreamGetsKeepAlives() throws IOException {
        restart(builder().hubConfig(HubConfig.defaults().withKeepAlive(Duration.ofMillis(200))));
        listen("?topic=a").until("\n:\n\n");
    }

    @Test
    void stoppingServerTellsItsClientsAndEndsTheirStreams() throws IOException {
        RawClient client = listen("?topic=a");
        server.stop(Duration.ofMillis(50));
        assertThat(client.toEnd()).contains("event: closing\n", "\"reason\":\"shutdown\"", "retry: ");
    }

    // --- publishing

    @Test
    void everyContentTypePublishes() throws IOException {
        RawClient client = listen("?topic=a");
        assertThat(post("{\"topic\":[\"a\",\"b\"],\"event\":\"e\",\"data\":{ \"n\": 1.10, \"s\": \"a b\" }}"))
                .startsWith("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n");
        request("POST", "/events", "application/x-www-form-urlencoded", "topic=a&data=two+words%0Alines");
        request("POST", "/events?topic=a&event=t", "text/plain; charset=utf-8", "grüße");
        request("POST", "/events", "application/x-ndjson", "{\"topic\":\"a\",\"data\":\"last\"}\n");
        assertThat(client.until("data: last\n\n"))
                .contains("event: e\ndata: {\"n\":1.10,\"s\":\"a b\"}\n\n")
                .contains("data: two words\ndata: lines\n\n")
                .contains("event: t\ndata: grüße\n\n");
    }

    @Test
    void pipelinedPublishesAreAnsweredInOrder() throws IOException {
        String one =
                "POST /events?topic=a HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx";
        RawClient client = client();
        client.send(one.repeat(200) + "GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
        String answers = client.until("up\n");
        List<Long> numbers = answers.lines()
                .filter(l -> l.startsWith("{\"id\":\""))
                .map(l -> Long.parseLong(l.substring(l.indexOf('.') + 1, l.indexOf('"', 8)), 36))
                .toList();
        assertThat(numbers).isSorted().doesNotHaveDuplicates();
        assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(202);
    }

    @Test
    void longStreamingPostIsAcknowledgedAsItGoesAndABadLineStopsNothing() throws IOException {
        RawClient publisher = client();
        publisher.send("POST /events HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n");
        chunk(publisher, "{\"topic\":\"a\",\"id\":\"one\"}\n");
        publisher.until("{\"id\":\"one\"}\n");
        chunk(publisher, "{\"topic\":\"a\",\"id\":\"t");
        chunk(publisher, "wo\"}\nnonsense\n{\"topic\":\"a\",\"id\":\"three\"}");
        publisher.until("{\"id\":\"two\"}\n");
        publisher.until("\"line\":3}\n");
        publisher.send("0\r\n\r\n");
        assertThat(publisher.until("0\r\n\r\n")).contains("{\"id\":\"three\"}\n");
    }

    private static void chunk(RawClient client, String text) throws IOException {
        client.send(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }

    @Test
    void repeatWithTheSameKeyPublishesOnceAndExpectedLastIsChecked() throws IOException {
        String event = "{\"topic\":\"a\",\"data\":\"1\",\"idempotencyKey\":\"k\"}";
        String first = post(event);
        assertThat(post(event)).contains("\"id\":\"" + id(first) + "\"", "\"duplicate\":true");
        assertThat(post("{\"topic\":\"a\",\"expectedLast\":\"" + id(first) + "\"}"))
                .startsWith("HTTP/1.1 200");
        assertThat(post("{\"topic\":\"a\",\"expectedLast\":\"" + id(first) + "\"}"))
                .startsWith("HTTP/1.1 409")
                .contains("\"last\":\"#");
    }

    @Test
    void broadcastUserAndConnectionSendsSayHowManyTheyReach() throws IOException {
        restart(builder().identify(head -> head.parameter("user")));
        RawClient ann = listen("?user=ann");
        RawClient bob = listen("?topic=a&user=bob");
        assertThat(request("POST", "/broadcast", "application/json", "{\"type\":\"t\",\"data\":\"all\"}"))
                .contains("\"sent\":2", "\"total\":2");
        assertThat(request("POST", "/users/ann/events", "application/json", "{\"data\":\"ann only\"}"))
                .contains("\"sent\":1");
        String id = server.hub().connections("bob").get(0).id();
        assertThat(request("POST", "/connections/" + id + "/events", "application/json", "{\"data\":\"bob only\"}"))
                .contains("\"sent\":1");
        assertThat(ann.until("data: ann only\n\n"))
                .contains("event: t\ndata: all\n\n")
                .doesNotContain("bob only");
        assertThat(bob.until("data: bob only\n\n")).contains("data: all\n\n").doesNotContain("ann only");
        assertThat(get("/users/ann/connections")).contains("\"total\":1", "\"user\":\"ann\"");
        assertThat(get("/connections")).contains("\"total\":2");
    }

    // --- an application's own streams

    @Test
    void iteratorBecomesAStreamThatEndsWhenItEnds() throws IOException {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        List<ServerSentEvent> events = IntStream.range(0, 100)
                .mapToObj(i -> ServerSentEvent.of("n" + i))
                .toList();
        restart(builder().stream("/count", request -> Publishers.of(events.iterator(), executor)));
        RawClient client = client();
        client.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
        assertThat(client.toEnd()).contains("data: n0\n\n", "data: n99\n\n", "\"reason\":\"completed\"");
        executor.shutdown();
    }

    @Test
    void endlessStreamIsCancelledWhenTheClientLeaves() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        CompletableFuture<CloseReason> closed = new CompletableFuture<>();
        CompletableFuture<Void> released = new CompletableFuture<>();
        restart(builder().stream("/endless", request -> {
            request.closed().thenAccept(closed::complete);
            return Publishers.of(
                    java.util.stream.Stream.generate(() -> ServerSentEvent.of("x"))
                            .onClose(() -> released.complete(null)),
                    executor);
        }));
        RawClient client = client();
        client.send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n").until("data: x");
        client.reset();
        assertThat(closed.get(10, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo(CloseReason.CLIENT_GONE);
        released.get(10, java.util.concurrent.TimeUnit.SECONDS);
        executor.shutdown();
    }

    // --- what people look at

    @Test
    void healthReadinessAndMetricsAnswer() throws IOException {
        listen("?topic=a");
        assertThat(get("/health")).contains("200 OK").endsWith("up\n");
        assertThat(get("/ready")).contains("200 OK");
        assertThat(get("/metrics"))
                .contains("tidewire_connections 1.0", "tidewire_connections_closed_total{reason=\"slow\"}");
    }

    @Test
    void accessLogHasALineForEachRequestWithoutTheQuery() throws IOException {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger("tidewire.access");
        lines.start();
        logger.addAppender(lines);
        restart(builder().accessLog(true));
        listen("?topic=secret");
        get("/nope?token=secret");
        logger.detachAppender(lines);
        assertThat(lines.list.stream().map(ILoggingEvent::getFormattedMessage))
                .anyMatch(l -> l.startsWith("{\"method\":\"GET\",\"path\":\"/events\",\"status\":200,"))
                .anyMatch(l -> l.startsWith("{\"method\":\"GET\",\"path\":\"/nope\",\"status\":404,"))
                .noneMatch(l -> l.contains("secret"));
    }

    // --- with a log that answers late, as one on a disk or another machine does

    private void restartLate() {
        restart(builder().log(new LateLog(new MemoryLog(Retention.defaults(), InstantSource.system()), 50)));
    }

    @Test
    void batchIsAnsweredInTheOrderOfItsLinesThoughTheLogIsLate() throws IOException {
        restartLate();
        String lines = "{\"topic\":\"a\",\"id\":\"one\"}\nnonsense\n\n{\"topic\":\"a\",\"id\":\"four\"}\n";
        assertThat(request("POST", "/events", "application/x-ndjson", lines))
                .containsSubsequence("{\"id\":\"one\"}", "\"line\":2}", "{\"id\":\"four\"}", "0\r\n\r\n");
    }

    @Test
    void streamBehindAPipelinedPublishBeginsAfterItsAnswer() throws IOException {
        restartLate();
        RawClient client = client();
        client.send("POST /events?topic=a HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx"
                + "GET /events?topic=a&last_event_id=earliest HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(client.until("event: connected")).containsSubsequence("{\"id\":\"#", "text/event-stream");
    }

    @Test
    void publisherThatOutrunsALateLogIsSlowedDownAndLosesNothing() throws IOException {
        restartLate();
        String batch = "{\"topic\":\"a\"}\n".repeat(5000);
        String answer = request("POST", "/events", "application/x-ndjson", batch);
        assertThat(answer.split("\"id\"", -1)).hasSize(5001);
    }

    // --- clients that ask much or oddly

    @Test
    void clientThatDoesNotReadItsAnswersIsNotReadFrom() throws IOException {
        restart(builder().page("/big", "text/plain", new byte[200_000]));
        RawClient client = RawClient.small(server.port());
        clients.add(client);
        client.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n".repeat(300)
                + "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(get("/health")).contains("200 OK");
        assertThat(client.toEnd()).endsWith("up\n");
    }

    @Test
    void formLikeBodiesArriveAsTheyWereMeant() throws IOException {
        RawClient client = listen("?topic=a");
        String form = "application/x-www-form-urlencoded";
        request("POST", "/events?topic=a", form, "see /events?topic=x for more");
        request("POST", "/events", form, "topic=a&data=one;two&private=false");
        client.until("data: see /events?topic=x for more\n\n");
        client.until("data: one;two\n\n");
        request("POST", "/broadcast", form, "as curl -d sends it");
        client.until("data: as curl -d sends it\n\n");
    }

    @Test
    void addressIsTheOneThatTheTrustedProxySaw() throws IOException {
        restart(builder().trustedProxies(List.of("127.0.0.1")));
        listen("?topic=a", "X-Forwarded-For: 6.6.6.6\r\n", "X-Forwarded-For: 7.7.7.7, 127.0.0.1\r\n");
        assertThat(server.hub().connections().get(0).remote()).isEqualTo("7.7.7.7");
    }

    @Test
    void oddTargetsAreAnsweredClearly() throws IOException {
        assertThat(get("foo")).startsWith("HTTP/1.1 400");
        assertThat(request("OPTIONS", "*", "", "")).startsWith("HTTP/1.1 400");
        assertThat(get("http://x/health")).startsWith("HTTP/1.1 200");
    }

    @Test
    void connectionsAreListedPageByPage() throws IOException {
        for (int i = 0; i < 5; i++) {
            listen("?topic=a");
        }
        List<String> ids = new ArrayList<>();
        String after = "";
        for (int page = 0; page < 3; page++) {
            JsonNode listing = json(get("/connections?limit=2&after=" + after));
            assertThat(listing.get("total").asInt()).isEqualTo(5);
            listing.get("connections").forEach(c -> ids.add(c.get("id").asString()));
            after = listing.path("next").asString("none");
        }
        assertThat(after).isEqualTo("none");
        assertThat(ids).doesNotHaveDuplicates().hasSize(5);
        assertThat(get("/connections?limit=0")).startsWith("HTTP/1.1 400").contains("limit: 0 (expected: 1 to 10000)");
    }

    @Test
    void slashInAUsersNameIsPartOfTheName() throws IOException {
        restart(builder().identify(head -> head.parameter("user")));
        RawClient client = listen("?topic=x&user=a%2Fb");
        assertThat(request("POST", "/users/a%2Fb/events", "application/json", "{\"data\":\"hi\"}"))
                .contains("\"sent\":1");
        client.until("data: hi\n\n");
        assertThat(get("/users/a%2fb/connections")).contains("\"total\":1");
    }

    @Test
    void readinessSaysNoWhileStreamsAreDrained() throws Exception {
        for (int i = 0; i < 60; i++) {
            listen("?topic=a");
        }
        RawClient probe = client();
        probe.send("GET /ready HTTP/1.1\r\nHost: x\r\n\r\n").until("ready\n");
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> server.stop(Duration.ofMinutes(1)));
        await().until(() -> server.hub().admit().isPresent());
        probe.send("GET /ready HTTP/1.1\r\nHost: x\r\n\r\n").until("draining\n");
        for (RawClient client : clients) {
            client.close();
        }
        stopped.get(20, TimeUnit.SECONDS);
    }

    @Test
    void clientThatClosesItsHalfIsFreed() throws IOException {
        RawClient client = listen("?topic=a");
        client.shutdownOutput();
        await().until(() -> server.hub().connectionCount() == 0);
    }

    @Test
    void readerOfAFewBytesAtATimeHoldsUpNobodyAndLosesNothing() throws IOException {
        RawClient slow = RawClient.small(server.port());
        clients.add(slow);
        slow.send("GET /events?topic=a HTTP/1.1\r\nHost: x\r\n\r\n").until("event: connected");
        RawClient quick = listen("?topic=a");
        String filler = "x".repeat(20_000);
        for (int i = 0; i < 400; i++) { // 8 MB: more than all the buffers between
            server.hub().publish(Update.to("a").data("n" + i + " " + filler).build());
            quick.until("data: n" + i + " ");
            slow.readSome(1000);
        }
        String all = slow.until("data: n399 ");
        List<String> seen = all.lines()
                .filter(line -> line.startsWith("data: n"))
                .map(line -> line.substring(7, line.indexOf(' ', 7)))
                .toList();
        assertThat(seen)
                .isEqualTo(IntStream.range(0, 400).mapToObj(String::valueOf).toList());
    }

    @Test
    void streamsBeyondThoseOfAnAddressAreRefused() throws IOException {
        Limits d = Limits.defaults();
        restart(builder()
                .limits(new Limits(
                        10,
                        2,
                        0,
                        0,
                        d.maxBodyBytes(),
                        d.maxHeadBytes(),
                        d.maxTopics(),
                        d.maxStreamsPerConnection(),
                        d.deadPeer(),
                        d.headTimeout(),
                        d.bodyTimeout(),
                        d.idleTimeout())));
        listen("?topic=a");
        RawClient second = listen("?topic=a");
        assertThat(get("/events?topic=a"))
                .startsWith("HTTP/1.1 429")
                .contains("Retry-After: ", "limits.connections-per-address");
        second.close();
        await().until(() -> server.hub().connectionCount() == 1);
        await().ignoreExceptions().untilAsserted(() -> listen("?topic=a")); // its place is free once its socket is
    }

    @Test
    void portThatIsTakenIsNamed() {
        TidewireBuilder same = builder().port(server.port());
        assertThatThrownBy(same::start)
                .isInstanceOf(java.io.UncheckedIOException.class)
                .hasMessageContaining("127.0.0.1:" + server.port());
    }

    @Test
    void stoppingServerEndsAnApplicationsStreamsToo() throws Exception {
        CompletableFuture<CloseReason> closed = new CompletableFuture<>();
        restart(builder().stream("/quiet", request -> {
            request.closed().thenAccept(closed::complete);
            return subscriber -> {};
        }));
        RawClient client = client();
        client.send("GET /quiet HTTP/1.1\r\nHost: x\r\n\r\n").until("text/event-stream");
        server.stop(Duration.ZERO);
        assertThat(client.toEnd()).contains("\"reason\":\"shutdown\"");
        assertThat(closed.get(10, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo(CloseReason.SHUTDOWN);
    }
}
