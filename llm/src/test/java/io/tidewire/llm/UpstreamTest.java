package io.tidewire.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Against the stand-in, over real sockets. */
class UpstreamTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final JsonMapper JSON = new JsonMapper();

    private final ModelStandIn model = start();
    private final Upstream upstream =
            Upstream.builder().proxies(UpstreamProxies.none()).build();
    private final UpstreamTarget target = UpstreamTarget.of("model", model.uri());
    private final UpstreamRecorder heard = new UpstreamRecorder();

    private static ModelStandIn start() {
        try {
            return ModelStandIn.builder().port(0).tokensPerSecond(0).start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void stop() {
        upstream.close();
        model.close();
    }

    private UpstreamCall chat(String settings) {
        return upstream.send(target, UpstreamRecorder.chat("Hello", settings), heard);
    }

    private ModelStats awaitStats(java.util.function.Predicate<ModelStats> wanted) {
        return await().atMost(PATIENCE).until(model::stats, wanted);
    }

    @Test
    void anAnswerComesWholeAndInOrderOnOneThread() {
        chat("tokens=300");
        assertThat(heard.ended()).endsWith("data: [DONE]\n\n");
        assertThat(heard.text()).isEqualTo(ModelTokens.text("Hello", 300));
        assertThat(heard.answered().status()).isEqualTo(200);
        assertThat(heard.answered().isEventStream()).isTrue();
        heard.assertInOrderOnOneThread();
        assertThat(upstream.callsUnderWay()).isZero();
        assertThat(model.stats().requests()).isEqualTo(1);
    }

    @Test
    void aTokenIsThereWhileTheUpstreamStillHoldsTheNext() {
        chat("tokens=2; fault=stall@1");
        // The stand-in cannot write the second token before it is released, which comes only after the first was seen
        // here.
        await().atMost(PATIENCE).until(() -> heard.text().equals("You"));
        assertThat(heard.isOver()).isFalse();
        assertThat(model.stats().tokens()).isEqualTo(1);
        model.release();
        heard.ended();
        assertThat(heard.text()).isEqualTo("You said:");
    }

    @Test
    void cancelReachesTheUpstreamAndTheListenerHearsNoMore() {
        UpstreamCall call = chat("tokens=1000; fault=stall@3");
        await().atMost(PATIENCE).until(() -> heard.text().equals(ModelTokens.text("Hello", 3)));
        call.cancel();
        assertThat(awaitStats(stats -> stats.cancelled() == 1).open()).isZero();
        assertThat(upstream.callsUnderWay()).isZero();
        call.resume();
        call.cancel();
        assertThat(heard.isOver()).isFalse();
    }

    @Test
    void cancelBeforeTheHeadReachesTheUpstream() {
        UpstreamCall call = chat("first=3600s; fault=slow-head");
        awaitStats(stats -> stats.open() == 1);
        call.cancel();
        awaitStats(stats -> stats.cancelled() == 1);
        assertThat(heard.head).isNotDone();
        assertThat(heard.isOver()).isFalse();
    }

    @Test
    void aCallCancelledBeforeItsConnectionStandsAsksNothing() {
        for (int i = 0; i < 50; i++) {
            chat("first=3600s; fault=slow-head").cancel();
        }
        chat("tokens=3");
        heard.ended();
        // Some may have got through before they were cancelled; none stays.
        awaitStats(stats -> stats.open() == 0);
        assertThat(upstream.callsUnderWay()).isZero();
    }

    @Test
    void aConnectionThatIsCutIsAFailureNotAnEnd() {
        chat("fault=cut@20");
        UpstreamException failure = heard.failed();
        assertThat(failure.kind()).isEqualTo(UpstreamException.Kind.CUT);
        assertThat(failure).hasMessageContaining("localhost:" + model.port()).hasMessageContaining("in mid-answer");
        assertThat(heard.text()).isEqualTo(ModelTokens.text("Hello", 20));
        heard.assertInOrderOnOneThread();
    }

    @Test
    void whereNobodyListensItFailsWithHostAndPortButNoSecret() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        UpstreamTarget nobody = UpstreamTarget.of("nobody", URI.create("http://localhost:" + free))
                .withKey(UpstreamKey.of("Authorization: Bearer {key}", "sk-secret"));
        upstream.send(nobody, UpstreamRecorder.post("/v1/x?key=sk-secret", "sk-secret", ""), heard);
        UpstreamException failure = heard.failed();
        assertThat(failure.kind()).isEqualTo(UpstreamException.Kind.UNREACHABLE);
        assertThat(failure).hasMessageContaining("nobody").hasMessageContaining("localhost:" + free);
        assertThat(stackTrace(failure)).doesNotContain("sk-secret");
        assertThat(nobody.toString()).doesNotContain("sk-secret");
    }

    private static String stackTrace(Throwable failure) {
        java.io.StringWriter text = new java.io.StringWriter();
        failure.printStackTrace(new java.io.PrintWriter(text));
        return text.toString();
    }

    @Test
    void aNameThatNobodyKnowsIsUnreachable() {
        upstream.send(
                UpstreamTarget.of("lost", URI.create("http://upstream.invalid")),
                UpstreamRecorder.chat("Hello", ""),
                heard);
        assertThat(heard.failed().kind()).isEqualTo(UpstreamException.Kind.UNREACHABLE);
    }

    @Test
    void anErrorOfTheUpstreamIsAnAnswer() {
        chat("fault=429");
        assertThat(heard.ended()).contains("rate_limit_exceeded");
        assertThat(heard.answered().status()).isEqualTo(429);
        assertThat(heard.answered().header("retry-after")).contains("1");
        assertThat(heard.answered().isEventStream()).isFalse();
    }

    @Test
    void whatIsNotTheUpstreamsBusinessIsLeftOutAndTheRestGoesAsItIs() {
        List<Map.Entry<String, String>> fields = new ArrayList<>(List.of(
                Map.entry("Authorization", "Bearer client"),
                Map.entry("anthropic-version", "2023-06-01"),
                Map.entry("OpenAI-Organization", "org-1"),
                Map.entry("User-Agent", "OpenAI/JS 6.1.0"),
                Map.entry("x-stainless-lang", "js"),
                Map.entry("X-Twice", "one"),
                Map.entry("X-Twice", "two,  \u00e9")));
        for (String name : List.of(
                "Cookie",
                "Origin",
                "Referer",
                "Sec-Fetch-Mode",
                "Forwarded",
                "X-Forwarded-For",
                "Tidewire-Stream",
                "Accept-Encoding",
                "Host",
                "TE",
                "Keep-Alive",
                "X-Hop",
                "Expect",
                "Proxy-Authorization")) {
            fields.add(Map.entry(name, "no"));
        }
        fields.add(Map.entry("Content-Length", "17"));
        fields.add(Map.entry("Connection", "close, X-Hop"));
        JsonNode seen = echo(target, "/echo/a%2Fb/%20?q=1&q=%2F", fields);
        assertThat(seen.path("path").stringValue()).isEqualTo("/echo/a%2Fb/%20?q=1&q=%2F");
        assertThat(seen.path("body").stringValue()).isEqualTo("body");
        assertThat(sent(seen))
                .containsExactlyInAnyOrder(
                        "Authorization: Bearer client",
                        "anthropic-version: 2023-06-01",
                        "OpenAI-Organization: org-1",
                        "User-Agent: OpenAI/JS 6.1.0",
                        "x-stainless-lang: js",
                        "X-Twice: one",
                        "X-Twice: two,  \u00e9",
                        "host: localhost:" + model.port(),
                        "content-length: 4");
    }

    @Test
    void ourOwnKeyReplacesTheClients() {
        UpstreamTarget keyed = target.withKey(UpstreamKey.of("x-api-key: {key}", "ours"));
        JsonNode seen = echo(
                keyed,
                "/echo",
                List.of(
                        Map.entry("authorization", "Bearer client"),
                        Map.entry("X-Api-Key", "client"),
                        Map.entry("X-A", "b")));
        assertThat(sent(seen))
                .containsExactlyInAnyOrder(
                        "x-api-key: ours", "X-A: b", "host: localhost:" + model.port(), "content-length: 4");
    }

    @Test
    void theBasePathComesFirst() {
        UpstreamTarget below = UpstreamTarget.of("below", URI.create(model.uri() + "/echo/base/"));
        assertThat(echo(below, "/x?y", List.of()).path("path").stringValue()).isEqualTo("/echo/base/x?y");
    }

    private JsonNode echo(UpstreamTarget where, String path, List<Map.Entry<String, String>> fields) {
        upstream.send(where, new UpstreamRequest("POST", path, fields, "body".getBytes(StandardCharsets.UTF_8)), heard);
        return JSON.readTree(heard.ended());
    }

    private static List<String> sent(JsonNode seen) {
        List<String> fields = new ArrayList<>();
        for (JsonNode field : seen.path("headers")) {
            fields.add(field.path(0).stringValue() + ": " + field.path(1).stringValue());
        }
        return fields;
    }

    @Test
    void anUpstreamThatSaysNothingForTheIdleTimeHasFailed() {
        try (Upstream impatient = Upstream.builder()
                .idleTimeout(Duration.ofMillis(300))
                .proxies(UpstreamProxies.none())
                .build()) {
            impatient.send(target, UpstreamRecorder.chat("Hello", "fault=stall@2"), heard);
            assertThat(heard.failed().kind()).isEqualTo(UpstreamException.Kind.SILENT);
            assertThat(heard.text()).isEqualTo("You said:");
            heard.assertInOrderOnOneThread();
            awaitStats(stats -> stats.cancelled() == 1);

            UpstreamRecorder headless = new UpstreamRecorder();
            impatient.send(target, UpstreamRecorder.chat("Hello", "first=3600s; fault=slow-head"), headless);
            assertThat(headless.failed().kind()).isEqualTo(UpstreamException.Kind.SILENT);
            awaitStats(stats -> stats.cancelled() == 2);
        }
    }

    @Test
    void aPausedCallIsNotSilent() {
        UpstreamExchange exchange =
                new UpstreamExchange(target, UpstreamRecorder.chat("Hello", ""), heard, ended -> {});
        exchange.look(2);
        exchange.pause();
        for (int i = 0; i < 10; i++) {
            exchange.look(2);
        }
        assertThat(heard.isOver()).isFalse();
        exchange.resume();
        exchange.look(2);
        exchange.look(2);
        assertThat(heard.isOver()).isFalse();
        exchange.look(2);
        assertThat(heard.failed().kind()).isEqualTo(UpstreamException.Kind.SILENT);
    }

    @Test
    void twoHundredAnswersAtOnceAreAllComplete() {
        List<UpstreamRecorder> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            UpstreamRecorder one = new UpstreamRecorder();
            all.add(one);
            upstream.send(target, UpstreamRecorder.chat("Prompt " + i, "tokens=200; rate=500"), one);
        }
        for (int i = 0; i < all.size(); i++) {
            all.get(i).ended();
            assertThat(all.get(i).text()).isEqualTo(ModelTokens.text("Prompt " + i, 200));
            all.get(i).assertInOrderOnOneThread();
        }
        ModelStats stats = model.stats();
        assertThat(List.of(stats.requests(), stats.open(), stats.cancelled(), stats.tokens()))
                .containsExactly(200L, 0L, 0L, 200L * 200);
    }

    @Test
    void connectionsAreKept() {
        for (int i = 0; i < 20; i++) {
            UpstreamRecorder one = new UpstreamRecorder();
            upstream.send(target, UpstreamRecorder.chat("Hello", "tokens=3"), one);
            one.ended();
        }
        assertThat(model.stats().connections()).isLessThanOrEqualTo(2);
    }

    @Test
    void aPausedReaderBoundsWhatTheUpstreamCanSay() {
        int tokens = 150_000; // of more than 200 bytes each: 30 MB and more, of which sockets hold a few
        CompletableFuture<UpstreamCall> paused = new CompletableFuture<>();
        Counting slow = new Counting() {
            @Override
            public void head(UpstreamCall call, UpstreamHead answer) {
                super.head(call, answer);
                call.pause();
                paused.complete(call);
            }
        };
        upstream.send(target, UpstreamRecorder.chat("Hello", "tokens=" + tokens), slow);
        UpstreamCall call = paused.join();
        // Another answer of the same length is the clock: when it was read, the paused one could have been, too.
        Counting other = new Counting();
        upstream.send(target, UpstreamRecorder.chat("Hello", "tokens=" + tokens), other);
        other.ended();
        assertThat(other.bytes.get()).isGreaterThan(200L * tokens);
        assertThat(model.stats().tokens() - tokens).isLessThan(tokens / 2);
        // One chunk was asked for before the pause.
        assertThat(slow.bytes.get()).isLessThan(1 << 20);
        assertThat(slow.isOver()).isFalse();
        call.resume();
        slow.ended();
        assertThat(slow.bytes.get()).isEqualTo(other.bytes.get());
        assertThat(model.stats().tokens()).isEqualTo(2L * tokens);
    }

    /** Counts, where keeping would be too much. */
    private static class Counting extends UpstreamRecorder {
        final AtomicLong bytes = new AtomicLong();

        @Override
        public void data(ByteBuffer chunk) {
            bytes.addAndGet(chunk.remaining());
        }
    }

    @Test
    void moreCallsThanAllowedAreRefusedBeforeAnythingIsSent() {
        try (Upstream small =
                Upstream.builder().maxCalls(1).proxies(UpstreamProxies.none()).build()) {
            UpstreamCall first = small.send(target, UpstreamRecorder.chat("Hello", "fault=stall@1"), heard);
            UpstreamRecorder second = new UpstreamRecorder();
            assertThatThrownBy(() -> small.send(target, UpstreamRecorder.chat("Hello", ""), second))
                    .isInstanceOfSatisfying(
                            UpstreamException.class, e -> assertThat(e.kind()).isEqualTo(UpstreamException.Kind.BUSY));
            first.cancel();
            small.send(target, UpstreamRecorder.chat("Hello", "tokens=2"), second);
            second.ended();
        }
    }

    @Test
    void closeEndsTheCallsUnderWay() {
        chat("fault=stall@1");
        await().atMost(PATIENCE).until(() -> heard.text().equals("You"));
        upstream.close();
        assertThat(heard.failed().kind()).isEqualTo(UpstreamException.Kind.CLOSED);
        heard.assertInOrderOnOneThread();
        awaitStats(stats -> stats.cancelled() == 1);
        assertThatThrownBy(() -> chat(""))
                .isInstanceOfSatisfying(
                        UpstreamException.class, e -> assertThat(e.kind()).isEqualTo(UpstreamException.Kind.CLOSED));
    }

    @Test
    void aListenerThatThrowsLosesItsCall() {
        upstream.send(target, UpstreamRecorder.chat("Hello", "fault=stall@5"), new UpstreamRecorder() {
            @Override
            public void data(ByteBuffer chunk) {
                throw new IllegalStateException("a test's");
            }
        });
        awaitStats(stats -> stats.cancelled() == 1);
        await().atMost(PATIENCE).until(() -> upstream.callsUnderWay() == 0);
        chat("tokens=2");
        heard.ended();
    }
}
