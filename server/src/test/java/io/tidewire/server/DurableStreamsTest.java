package io.tidewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidewire.sse.DecoderLimits;
import io.tidewire.sse.EventDecoder;
import io.tidewire.stream.Abandonment;
import io.tidewire.stream.Offset;
import io.tidewire.stream.TokenStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams over real sockets, by HTTP/1.1 and, over TLS, by HTTP/2. */
@ParameterizedClass
@EnumSource
class DurableStreamsTest {
    private static final String EVENTS = "text/event-stream";

    private final HttpClient.Version version;
    private final HttpClient http;
    private Tidewire server;

    DurableStreamsTest(HttpClient.Version version) {
        this.version = version;
        this.http = HttpClient.newBuilder()
                .version(version)
                .sslContext(TrustAll.context())
                .build();
        this.server = builder().start();
    }

    private TidewireBuilder builder() {
        TidewireBuilder builder =
                Tidewire.builder().port(0).threads(2).http3(false).identify(head -> head.header("x-user"));
        return version == HttpClient.Version.HTTP_2 ? builder.tlsSelfSigned() : builder;
    }

    private void restart(TidewireBuilder builder) {
        server.close();
        server = builder.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(server.uri() + path)).timeout(Duration.ofSeconds(30));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
            assertThat(answer.version()).isEqualTo(version);
            return answer;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<String> put(String name, String type, String... fields) {
        HttpRequest.Builder request =
                to("/streams/" + name).PUT(BodyPublishers.noBody()).header("Content-Type", type);
        return send(fields.length == 0 ? request : request.headers(fields));
    }

    private HttpResponse<String> post(String name, String type, String body, String... fields) {
        HttpRequest.Builder request =
                to("/streams/" + name).POST(BodyPublishers.ofString(body)).header("Content-Type", type);
        return send(fields.length == 0 ? request : request.headers(fields));
    }

    /** A body whose length is not said: it comes in pieces. */
    private static HttpRequest.BodyPublisher pieces(String... pieces) {
        return BodyPublishers.ofByteArrays(Arrays.stream(pieces)
                .map(piece -> piece.getBytes(StandardCharsets.UTF_8))
                .toList());
    }

    private HttpResponse<String> get(String path, String... fields) {
        HttpRequest.Builder request = to("/streams/" + path);
        return send(fields.length == 0 ? request : request.headers(fields));
    }

    private HttpResponse<String> resume(String name, String lastEventId) {
        return get(name, "Accept", EVENTS, "Last-Event-ID", lastEventId);
    }

    private static String next(HttpResponse<?> answer) {
        return answer.headers().firstValue("Stream-Next-Offset").orElseThrow();
    }

    private record Event(String type, String data, String id) {}

    private static List<Event> decode(String body) {
        List<Event> events = new ArrayList<>();
        EventDecoder decoder = new EventDecoder(
                DecoderLimits.defaults(),
                event -> events.add(new Event(event.type(), event.data(), event.lastEventId())));
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        decoder.feed(bytes, 0, bytes.length);
        return events;
    }

    private static List<String> data(String body) {
        return decode(body).stream().map(Event::data).toList();
    }

    // --- writing and reading

    @Test
    void whatIsAppendedIsReadAndCloses() {
        HttpResponse<String> made = put("a/b", "text/plain", "Stream-TTL", "60");
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(made.headers().firstValue("Location")).hasValue(server.uri() + "/streams/a/b");
        assertThat(post("a/b", "text/plain", "one").statusCode()).isEqualTo(204);
        HttpResponse<String> last = post("a/b", "text/plain", "two", "Stream-Closed", "true");
        HttpResponse<String> read = get("a/b?offset=-1");
        assertThat(read.body()).isEqualTo("onetwo");
        assertThat(next(read)).isEqualTo(next(last));
        assertThat(read.headers().firstValue("Stream-Closed")).hasValue("true");
        assertThat(post("a/b", "text/plain", "three").statusCode()).isEqualTo(409);
    }

    @Test
    void anEntityTagTellsAStreamThatWasMadeAnew() {
        put("tag", "text/plain");
        post("tag", "text/plain", "old");
        String tag = get("tag").headers().firstValue("ETag").orElseThrow();
        assertThat(get("tag", "If-None-Match", tag).statusCode()).isEqualTo(304);
        send(to("/streams/tag").DELETE());
        put("tag", "text/plain");
        post("tag", "text/plain", "new");
        assertThat(get("tag", "If-None-Match", tag).body()).isEqualTo("new");
    }

    @Test
    void linesOfALongRequestAreMessages() {
        put("json", "application/json");
        HttpResponse<String> answer = send(to("/streams/json")
                .header("Content-Type", "application/x-ndjson")
                .POST(pieces("{\"a\":", "1}\n\n[2]\r", "\n3")));
        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(next(answer)).isEqualTo(new Offset(3).token());
        assertThat(get("json").body()).isEqualTo("[{\"a\":1},[2],3]");
    }

    @Test
    void aBadLineIsNamedAndWhatCameBeforeStays() {
        put("bad", "application/json");
        HttpResponse<String> answer = send(to("/streams/bad")
                .header("Content-Type", "application/x-ndjson")
                .POST(pieces("1\n", "2\n", "{no\n", "4\n")));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("line 3");
        await().untilAsserted(() -> assertThat(get("bad").body()).isEqualTo("[1,2]"));
    }

    @Test
    void blocksOfEventsAreMessagesHoweverTheyCome() {
        put("sse", EVENTS);
        post("sse", EVENTS, "data: 1\n\ndata: 2\r\n\r\n");
        send(to("/streams/sse").header("Content-Type", EVENTS).POST(pieces("data", ": 3\r\rda", "ta: 4\n\n")));
        assertThat(get("sse").body()).isEqualTo("data: 1\n\ndata: 2\r\n\r\ndata: 3\r\rdata: 4\n\n");
        assertThat(next(get("sse"))).isEqualTo(new Offset(4).token());
    }

    @Test
    void whatArrivedBeforeARequestBrokeOffStays() throws Exception {
        put("cut", "text/plain");
        SubmissionPublisher<ByteBuffer> body = new SubmissionPublisher<>();
        var answer = http.sendAsync(
                to("/streams/cut")
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.fromPublisher(body))
                        .build(),
                BodyHandlers.ofString());
        await().until(body::hasSubscribers);
        body.submit(ByteBuffer.wrap("came".getBytes(StandardCharsets.UTF_8)));
        await().untilAsserted(() -> assertThat(get("cut").body()).isEqualTo("came"));
        body.closeExceptionally(new IOException("cut"));
        await().until(answer::isDone);
        assertThat(get("cut").body()).isEqualTo("came");
        assertThat(post("cut", "text/plain", ", goes on").statusCode()).isEqualTo(204);
    }

    // --- the browser's own way

    @Test
    void eventSourceResumesAtEveryOffsetAndStopsAtTheEnd() {
        put("es", EVENTS);
        String block = "event: x\nid: theirs\ndata: ";
        int count = 12;
        for (int i = 1; i <= count; i++) {
            post("es", EVENTS, block + i + (i % 2 == 0 ? "\r\n\r\n" : "\n\n"), "Stream-Closed", "" + (i == count));
        }
        for (int seen = 0; seen < count; seen++) {
            List<Event> rest = decode(resume("es", new Offset(seen).token()).body());
            List<Event> expected = IntStream.rangeClosed(seen + 1, count)
                    .mapToObj(i -> new Event("x", "" + i, new Offset(i).token()))
                    .toList();
            assertThat(rest).isEqualTo(expected);
        }
        assertThat(resume("es", new Offset(count).token()).statusCode()).isEqualTo(204);
        assertThat(data(get("es", "Accept", EVENTS).body())).hasSize(count);
    }

    @Test
    void aLiveReaderSeesWhatComesAndTheEnd() throws Exception {
        put("live", "text/plain");
        HttpResponse<InputStream> live =
                http.send(to("/streams/live").header("Accept", EVENTS).build(), BodyHandlers.ofInputStream());
        post("live", "text/plain", "a\nb");
        post("live", "text/plain", "c", "Stream-Closed", "true");
        String body = new String(live.body().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(data(body)).containsExactly("a\nb", "c");
    }

    @Test
    void aServerThatStopsSaysWhenToComeBack() throws Exception {
        put("stop", "text/plain");
        HttpResponse<InputStream> live =
                http.send(to("/streams/stop").header("Accept", EVENTS).build(), BodyHandlers.ofInputStream());
        server.close();
        assertThat(new String(live.body().readAllBytes(), StandardCharsets.UTF_8))
                .contains("retry: ");
    }

    @Test
    void anyModeAnyCutGivesEachMessageOnceAndInOrder() {
        AtomicInteger run = new AtomicInteger();
        RandomRuns.check(6, random -> anyMode("walk" + run.incrementAndGet(), random));
    }

    private void anyMode(String name, Random random) {
        put(name, "application/json");
        int count = 60;
        var writer = Executors.newSingleThreadExecutor();
        try {
            writer.execute(() -> {
                for (int i = 0; i < count; i++) {
                    post(name, "application/json", "" + i, "Stream-Closed", "" + (i == count - 1));
                }
            });
            List<String> got = new ArrayList<>();
            String at = new Offset(0).token();
            while (got.size() < count) {
                at = step(name, at, random, got);
            }
            assertThat(got)
                    .isEqualTo(IntStream.range(0, count).mapToObj(i -> "" + i).toList());
        } finally {
            writer.shutdown();
        }
    }

    private String step(String name, String at, Random random, List<String> got) {
        switch (random.nextInt(4)) {
            case 0 -> {
                HttpResponse<String> answer = get(name + "?offset=" + at);
                got.addAll(items(answer.body()));
                return next(answer);
            }
            case 1 -> {
                HttpResponse<String> answer = get(name + "?live=long-poll&offset=" + at);
                got.addAll(items(answer.body()));
                return next(answer);
            }
            case 2 -> {
                List<Event> events = cut(random, to("/streams/" + name + "?live=sse&offset=" + at));
                String last = at;
                for (Event event : events) {
                    if (event.type().equals("data")) {
                        got.addAll(items(event.data()));
                    }
                    last = event.id();
                }
                return last;
            }
            default -> {
                List<Event> events = cut(random, to("/streams/" + name).headers("Accept", EVENTS, "Last-Event-ID", at));
                String last = at;
                for (Event event : events) {
                    got.add(event.data());
                    last = event.id();
                }
                return last;
            }
        }
    }

    private static List<String> items(String array) {
        String inner = array.isEmpty() ? "" : array.substring(1, array.length() - 1);
        return inner.isEmpty() ? List.of() : List.of(inner.split(","));
    }

    /** Reads some bytes of a live answer, and hangs up. */
    private List<Event> cut(Random random, HttpRequest.Builder request) {
        try (InputStream in =
                http.send(request.build(), BodyHandlers.ofInputStream()).body()) {
            byte[] some = in.readNBytes(1 + random.nextInt(200));
            return decode(new String(some, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    // --- whose it is

    @Test
    void aStreamOfAnothersIsNotThere() {
        put("mine", "text/plain", "Tidewire-Owner", "alice");
        post("mine", "text/plain", "secret", "Stream-Closed", "true");
        for (String path :
                List.of("mine", "mine?offset=now", "mine?offset=-1&live=sse", "mine?offset=-1&live=long-poll")) {
            assertThat(get(path).statusCode()).as(path).isEqualTo(404);
            assertThat(get(path, "X-User", "bob").body())
                    .isEqualTo(get("nobodys", "X-User", "bob").body().replace("nobodys", "mine"));
            assertThat(get(path, "X-User", "alice").statusCode()).as(path).isEqualTo(200);
        }
        HttpRequest.Builder head = to("/streams/mine").method("HEAD", BodyPublishers.noBody());
        assertThat(send(head.copy().header("X-User", "bob")).statusCode()).isEqualTo(404);
        assertThat(send(head.copy().header("X-User", "alice")).statusCode()).isEqualTo(200);
    }

    // --- answers

    @Test
    void anAnswerIsNotWrittenOverHttpAndDeleteStopsIt() {
        TokenStream answer = server.hub().streams().open("answers/x");
        assertThat(answer.opened().toCompletableFuture()).succeedsWithin(Duration.ofSeconds(5));
        answer.token("Hel");
        assertThat(post("answers/x", EVENTS, "data: x\n\n").statusCode()).isEqualTo(409);
        assertThat(put("answers/x", EVENTS).statusCode()).isEqualTo(409);
        assertThat(send(to("/streams/answers/x").DELETE()).statusCode()).isEqualTo(204);
        await().until(answer::isStopped);
        assertThat(decode(get("answers/x", "Accept", EVENTS).body()))
                .extracting(Event::type)
                .containsExactly("message", "stopped");
        assertThat(send(to("/streams/answers/x").DELETE()).statusCode()).isEqualTo(204);
        assertThat(get("answers/x").statusCode()).isEqualTo(404);
    }

    @Test
    void tokensOfAHandlerAreAnsweredRecordedAndBegunOnce() {
        AtomicInteger begun = new AtomicInteger();
        var executor = Executors.newSingleThreadExecutor();
        restart(builder().tokens("/chat", request -> {
            begun.incrementAndGet();
            List<String> words = List.of(new String(request.body(), StandardCharsets.UTF_8).split(" "));
            return Publishers.of(words.iterator(), executor);
        }));
        HttpRequest.Builder ask = to("/chat")
                .headers("Idempotency-Key", "k1", "X-User", "alice")
                .POST(BodyPublishers.ofString("to be or not to be"));
        HttpResponse<String> first = send(ask);
        List<String> words = List.of("\"to\"", "\"be\"", "\"or\"", "\"not\"", "\"to\"", "\"be\"", "{}");
        assertThat(data(first.body())).isEqualTo(words);
        String url = first.headers().firstValue("Content-Location").orElseThrow();
        assertThat(url).matches("/streams/answers/[A-Za-z0-9_-]{22,}");
        HttpResponse<String> again = send(ask);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(begun).hasValue(1);
        String name = url.substring("/streams/".length());
        HttpResponse<String> rest =
                get(name, "X-User", "alice", "Accept", EVENTS, "Last-Event-ID", new Offset(4).token());
        assertThat(data(rest.body())).containsExactly("\"to\"", "\"be\"", "{}");
        assertThat(get(name, "X-User", "bob").statusCode()).isEqualTo(404);
        send(to("/chat").headers("Idempotency-Key", "k1", "X-User", "bob").POST(BodyPublishers.ofString("x")));
        assertThat(begun).hasValue(2);
        executor.shutdown();
    }

    @Test
    void anAnswerThatNobodyReadsIsCancelled() throws Exception {
        CopyOnWriteArrayList<String> seen = new CopyOnWriteArrayList<>();
        Flow.Publisher<String> endless = subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long count) {
                if (seen.isEmpty()) {
                    seen.add("asked");
                    subscriber.onNext("first");
                }
            }

            @Override
            public void cancel() {
                seen.add("cancelled");
            }
        });
        restart(builder().tokens("/endless", request -> endless, Abandonment.cancelAfter(Duration.ofMillis(50))));
        HttpResponse<InputStream> live = http.send(to("/endless").build(), BodyHandlers.ofInputStream());
        assertThat(new String(live.body().readNBytes(20), StandardCharsets.UTF_8))
                .contains("first");
        live.body().close();
        await().untilAsserted(() -> assertThat(seen).contains("cancelled"));
    }

    @Test
    void aSlowReaderHoldsUpNothingAndGetsEverything() throws Exception {
        put("big", "text/plain");
        String megabyte = "x".repeat(1 << 20);
        int count = 24;
        for (int i = 0; i < count; i++) {
            post("big", "text/plain", megabyte, "Stream-Closed", "" + (i == count - 1));
        }
        HttpResponse<InputStream> slow =
                http.send(to("/streams/big").header("Accept", EVENTS).build(), BodyHandlers.ofInputStream());
        slow.body().readNBytes(1);
        assertThat(get("big?offset=" + new Offset(count).token()).statusCode()).isEqualTo(200);
        long rest = 0;
        byte[] buffer = new byte[1 << 16];
        for (int n = slow.body().read(buffer); n >= 0; n = slow.body().read(buffer)) {
            rest += n;
        }
        assertThat(rest).isGreaterThan((long) count << 20);
    }

    @Test
    void namesHaveALengthAndForksAreRefused() {
        assertThat(put("n".repeat(513), "text/plain").statusCode()).isEqualTo(400);
        assertThat(put("", "text/plain").statusCode()).isEqualTo(404);
        assertThat(put("fork", "text/plain", "Stream-Forked-From", "/streams/x").statusCode())
                .isEqualTo(501);
        assertThat(server.hub().streams().info("fork").toCompletableFuture().join())
                .isEmpty();
    }
}
