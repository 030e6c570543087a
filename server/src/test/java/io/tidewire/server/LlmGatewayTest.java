package io.tidewire.server;

import static io.tidewire.server.LlmFixture.CHAT;
import static io.tidewire.server.LlmFixture.HELLO;
import static io.tidewire.server.LlmFixture.HELLO_WHOLE;
import static io.tidewire.server.LlmFixture.post;
import static io.tidewire.server.LlmFixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.tidewire.llm.UpstreamTarget;
import io.tidewire.server.LlmFixture.Answer;
import io.tidewire.server.LlmFixture.Event;
import io.tidewire.stream.Abandonment;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamInfo;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The LLM gateway over real sockets, before a stand-in for a model. */
class LlmGatewayTest {
    private static final String SETTINGS = "x-stand-in";

    private final LlmFixture llm = new LlmFixture();
    private Tidewire hub = start(llm.config());

    private static Tidewire start(LlmConfig config) {
        return Tidewire.builder()
                .port(0)
                .threads(1)
                .identify(head -> head.header("as"))
                .corsOrigins(List.of("https://app.example"))
                .llm(config)
                .start();
    }

    private void restart(LlmConfig config) {
        hub.close();
        hub = start(config);
    }

    @AfterEach
    void stop() {
        hub.close();
        llm.close();
    }

    // --- relaying and resuming

    @Test
    void anEventIsRelayedBeforeTheNextIsSaid() throws Exception {
        try (Answer answer = llm.open(post(hub, CHAT, HELLO, SETTINGS, "fault=stall@5"))) {
            assertThat(answer.response.statusCode()).isEqualTo(200);
            assertThat(answer.header("Content-Type")).startsWith("text/event-stream");
            assertThat(answer.next(5))
                    .allSatisfy(event -> assertThat(event.text()).contains("chat.completion.chunk"));
            llm.model.release(); // the upstream says the rest only now
            List<Event> rest = answer.rest();
            assertThat(rest.get(rest.size() - 1).own()).isEqualTo("data: [DONE]\n");
        }
    }

    @Test
    void theHeadSaysWhereTheAnswerIsRecorded() throws Exception {
        try (Answer answer = llm.open(post(hub, CHAT, HELLO))) {
            String id = answer.header("Tidewire-Stream");
            assertThat(id).matches("[A-Za-z0-9_-]{24}");
            assertThat(answer.place()).isEqualTo("/llm/answers/" + id);
            assertThat(answer.header("Content-Location")).isEqualTo(answer.place());
            assertThat(answer.header("Link")).isEqualTo("<" + answer.place() + ">; rel=\"self\"");
            assertThat(answer.header("Set-Cookie")).isEmpty();
        }
    }

    @Test
    void theRecordingIsTheUpstreamsBytes() throws Exception {
        String body = llm.send(post(hub, "/llm/model/v1/messages", HELLO)).body();
        String name = hub.hub()
                .streams()
                .list("llm/", "", 2)
                .toCompletableFuture()
                .join()
                .get(0)
                .name();
        StringBuilder recorded = new StringBuilder();
        hub.hub()
                .streams()
                .read(name, Offset.START, 1 << 20)
                .toCompletableFuture()
                .join()
                .orElseThrow()
                .messages()
                .forEach(message -> recorded.append(new String(message, StandardCharsets.UTF_8)));
        assertThat(recorded).hasToString(body.replaceAll("id: \\d{16}\n", ""));
        HttpRequest direct = HttpRequest.newBuilder(URI.create(llm.model.uri() + "/v1/messages"))
                .POST(HttpRequest.BodyPublishers.ofString(HELLO))
                .build();
        assertThat(recorded.toString().replaceAll("_?0*\\d+", "N"))
                .isEqualTo(llm.send(direct).body().replaceAll("_?0*\\d+", "N"));
    }

    @Test
    void aReaderGoesOnAfterAnyEvent() throws Exception {
        Answer answer = llm.open(post(hub, CHAT, HELLO));
        List<Event> all = answer.rest();
        assertThat(all).hasSizeGreaterThan(12);
        for (int seen = 0; seen < all.size() - 1; seen++) {
            String id = String.valueOf(all.get(seen).id());
            assertThat(LlmFixture.events(
                            llm.get(hub, answer.place(), "Last-Event-ID", id).body()))
                    .isEqualTo(all.subList(seen + 1, all.size()));
            assertThat(LlmFixture.events(
                            llm.get(hub, answer.place() + "?offset=" + id).body()))
                    .isEqualTo(all.subList(seen + 1, all.size()));
        }
        String last = String.valueOf(all.get(all.size() - 1).id());
        assertThat(llm.get(hub, answer.place(), "Last-Event-ID", last).statusCode())
                .isEqualTo(204);
        assertThat(LlmFixture.events(llm.get(hub, answer.place()).body())).isEqualTo(all);
        assertThat(llm.model.stats().requests()).isEqualTo(1);
    }

    @Test
    void anAnswerIsAStreamToReadLikeAnyOther() throws Exception {
        Answer answer = llm.open(post(hub, CHAT, HELLO));
        answer.rest();
        String stream = answer.place().replace("/llm/answers/", "/streams/llm/");
        HttpResponse<String> read = llm.get(hub, stream + "?offset=-1");
        assertThat(read.headers().firstValue("Stream-Closed")).contains("true");
        assertThat(read.body()).isEqualTo(llm.get(hub, answer.place()).body().replaceAll("id: \\d{16}\n", ""));
        HttpRequest.Builder append = request(hub, stream).POST(HttpRequest.BodyPublishers.ofString("data: x\n\n"));
        assertThat(llm.send(append.build()).statusCode()).isEqualTo(404);
        HttpRequest.Builder made = request(hub, "/streams/llm/mine").PUT(HttpRequest.BodyPublishers.noBody());
        assertThat(llm.send(made.build()).statusCode()).isEqualTo(404);
    }

    @Test
    void theClientMayVanishAndComeBack() throws Exception {
        String place;
        List<Event> seen;
        try (Answer answer = llm.open(post(hub, CHAT, HELLO, SETTINGS, "fault=stall@5"))) {
            place = answer.place();
            seen = answer.next(3);
        }
        try (Answer again = llm.open(
                request(hub, place, "Last-Event-ID", String.valueOf(seen.get(2).id()))
                        .build())) {
            assertThat(again.next(2)).isNotEmpty();
            llm.model.release();
            assertThat(again.rest()).isNotEmpty();
        }
        List<Event> all = LlmFixture.events(llm.get(hub, place).body());
        assertThat(all.subList(0, 3)).isEqualTo(seen);
        assertThat(all.get(all.size() - 1).own()).isEqualTo("data: [DONE]\n");
        assertThat(llm.model.stats().requests()).isEqualTo(1);
        assertThat(llm.model.stats().cancelled()).isZero();
    }

    @Test
    void headTellsTheState() throws Exception {
        try (Answer answer = llm.open(post(hub, CHAT, HELLO, SETTINGS, "fault=stall@5"))) {
            answer.next(5);
            HttpResponse<String> state = llm.head(hub, answer.place());
            assertThat(state.statusCode()).isEqualTo(200);
            assertThat(state.headers().firstValue("Stream-Closed")).isEmpty();
            assertThat(state.headers().firstValue("Stream-Next-Offset")).isPresent();
            llm.model.release();
            answer.rest();
            await().untilAsserted(() -> assertThat(
                            llm.head(hub, answer.place()).headers().firstValue("Stream-Closed"))
                    .hasValue("true"));
        }
    }

    @Test
    void aLateReaderMayHaveTheBacklogInOnePiece() throws Exception {
        Answer answer = llm.open(post(hub, "/llm/model/v1/messages", HELLO));
        List<Event> all = answer.rest();
        List<Event> merged = LlmFixture.events(
                llm.get(hub, answer.place() + "?backlog=merged").body());
        assertThat(merged).hasSizeLessThan(all.size());
        assertThat(merged.get(merged.size() - 1)).isEqualTo(all.get(all.size() - 1));
        for (Event event : merged) { // from each of its ids the rest is exactly what was not told
            int at = all.stream().map(Event::id).toList().indexOf(event.id());
            assertThat(at).isNotNegative();
        }
        assertThat(text(merged)).isEqualTo(text(all));
    }

    private static String text(List<Event> events) {
        StringBuilder text = new StringBuilder();
        java.util.regex.Matcher delta = java.util.regex.Pattern.compile(
                        "\"text_delta\",\"text\":\"((?:[^\"\\\\]|\\\\.)*)\"")
                .matcher(events.toString());
        while (delta.find()) {
            text.append(delta.group(1));
        }
        assertThat(text).isNotEmpty();
        return text.toString();
    }

    @Test
    void aResponseGoesOnAfterASequenceNumber() throws Exception {
        Answer answer =
                llm.open(post(hub, "/llm/model/v1/responses", "{\"model\":\"m\",\"stream\":true,\"input\":\"Hi\"}"));
        List<Event> all = answer.rest();
        assertThat(all.get(4).text()).contains("\"sequence_number\":4");
        assertThat(LlmFixture.events(
                        llm.get(hub, answer.place() + "?starting_after=4").body()))
                .isEqualTo(all.subList(5, all.size()));
        int status = llm.get(hub, answer.place() + "?starting_after=" + (all.size() - 1))
                .statusCode();
        assertThat(status).isEqualTo(204);
    }

    // --- stopping, abandoning

    @Test
    void deleteStopsTheUpstreamAtOnce() throws Exception {
        try (Answer answer = llm.open(post(hub, CHAT, HELLO, SETTINGS, "fault=stall@5"))) {
            answer.next(5);
            assertThat(llm.delete(hub, answer.place()).statusCode()).isEqualTo(204);
            await().until(() -> llm.model.stats().cancelled() == 1);
            List<Event> rest = answer.rest();
            assertThat(rest.get(rest.size() - 1).text()).contains("\"code\":\"stopped\"");
            assertThat(LlmFixture.events(llm.get(hub, answer.place()).body())).hasSizeGreaterThan(5);
            assertThat(llm.delete(hub, answer.place()).statusCode()).isEqualTo(204);
        }
        assertThat(llm.get(hub, "/metrics").body()).contains("tidewire_llm_answers_stopped_total 1.0");
    }

    @Test
    void anAnswerThatNobodyReadsIsCancelledIfAsked() throws Exception {
        String place;
        try (Answer answer = llm.open(
                post(hub, CHAT, HELLO, SETTINGS, "fault=stall@5", "Tidewire-When-Unread", "cancel; after=0"))) {
            place = answer.place();
            answer.next(3);
        }
        await().until(() -> llm.model.stats().cancelled() == 1);
        await().untilAsserted(() -> assertThat(llm.head(hub, place).headers().firstValue("Stream-Closed"))
                .hasValue("true"));
        assertThat(llm.get(hub, place).body()).contains("\"code\":\"abandoned\"");
        assertThat(llm.get(hub, "/metrics").body()).contains("tidewire_llm_answers_abandoned_total 1.0");
    }

    @Test
    void whatNobodyCouldFindIsCancelledWithItsClient() throws Exception {
        try (RawClient client = new RawClient(hub.port())) {
            client.send("POST " + CHAT + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + HELLO.length()
                    + "\r\nx-stand-in: first=3600s; fault=slow-head\r\n\r\n" + HELLO);
            await().until(() -> llm.model.stats().open() == 1);
        }
        await().until(() -> llm.model.stats().cancelled() == 1);
    }

    @Test
    void anAnswerMayNotTakeForEver() throws Exception {
        restart(llm.config().withTimes(Duration.ofMillis(300), Duration.ofHours(1), Duration.ZERO));
        Answer answer = llm.open(post(hub, "/llm/model/v1/messages", HELLO, SETTINGS, "fault=stall@5"));
        List<Event> all = answer.rest();
        assertThat(all.get(all.size() - 1).text()).contains("event: error").contains("llm.max-duration");
        await().until(() -> llm.model.stats().cancelled() == 1);
    }

    // --- failures

    @Test
    void anUpstreamThatBreaksOffEndsTheAnswerByAnErrorOfItsDialect() throws Exception {
        Answer answer = llm.open(post(hub, "/llm/model/v1/messages", HELLO, SETTINGS, "fault=cut@3"));
        List<Event> all = answer.rest();
        assertThat(all.get(all.size() - 1).text()).startsWith("event: error\ndata: {\"type\":\"error\"");
        assertThat(LlmFixture.events(llm.get(hub, answer.place()).body())).isEqualTo(all);
        Answer numbered = llm.open(post(
                hub,
                "/llm/model/v1/responses",
                "{\"model\":\"m\",\"stream\":true,\"input\":\"Hi\"}",
                SETTINGS,
                "fault=cut@3"));
        List<Event> events = numbered.rest();
        assertThat(events.get(events.size() - 1).text()).contains("\"sequence_number\":" + (events.size() - 1));
    }

    @Test
    void errorsOfTheUpstreamAreHandedOnAndNotRecorded() throws Exception {
        HttpResponse<String> busy = llm.send(post(hub, CHAT, HELLO, SETTINGS, "status=429"));
        assertThat(busy.statusCode()).isEqualTo(429);
        assertThat(busy.headers().firstValue("Retry-After")).isPresent();
        assertThat(busy.headers().firstValue("Location")).isEmpty();
        assertThat(busy.body()).contains("\"error\"");
        HttpResponse<String> whole = llm.send(post(hub, CHAT, HELLO_WHOLE));
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(whole.body()).contains("\"object\":\"chat.completion\"");
        assertThat(recorded()).isEmpty();
    }

    private List<StreamInfo> recorded() {
        return hub.hub().streams().list("", "", 100).toCompletableFuture().join();
    }

    @Test
    void anUpstreamThatCannotBeReachedIsABadGateway() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        restart(LlmConfig.of(
                List.of(LlmUpstream.of(UpstreamTarget.of("model", URI.create("http://127.0.0.1:" + free))))));
        HttpResponse<String> answer = llm.send(post(hub, CHAT, HELLO));
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.body()).contains("upstream: model").doesNotContain(String.valueOf(free));
    }

    @Test
    void anUpstreamThatSaysNothingIsATimeout() throws Exception {
        restart(LlmConfig.of(List.of(new LlmUpstream(llm.target(), Duration.ofMillis(200)))));
        assertThat(llm.send(post(hub, CHAT, HELLO, SETTINGS, "first=3600s; fault=slow-head"))
                        .statusCode())
                .isEqualTo(504);
    }

    @Test
    void onlyUpstreamsOfTheListAreAsked() throws Exception {
        HttpResponse<String> other = llm.send(post(hub, "/llm/elsewhere/v1/chat/completions", HELLO));
        assertThat(other.statusCode()).isEqualTo(404);
        assertThat(other.body()).contains("model");
        assertThat(llm.send(post(hub, "/llm/model/v1/%2e%2e/%2e%2e/stats", HELLO))
                        .statusCode())
                .isEqualTo(400);
        assertThat(llm.model.stats().requests()).isZero();
    }

    @Test
    void aBodyBeyondTheLimitIsRefused() throws Exception {
        restart(llm.config().withRequestBytes(20));
        HttpResponse<String> refused = llm.send(post(hub, CHAT, HELLO));
        assertThat(refused.statusCode()).isEqualTo(413);
        assertThat(refused.body()).contains("llm.request-bytes");
    }

    // --- as it is

    @Test
    void methodPathQueryHeadersAndBodyAreForwardedAsTheyAre() throws Exception {
        HttpRequest request = request(
                        hub,
                        "/llm/model/echo/a%20b?x=1&y=%2F&chat=7&as=ui",
                        "Authorization",
                        "Bearer sk-1",
                        "X-Mine",
                        "ä",
                        "Tidewire-Token",
                        "t",
                        "Cookie",
                        "c=1")
                .method("PATCH", HttpRequest.BodyPublishers.ofString("a body"))
                .build();
        String echo = llm.send(request).body();
        assertThat(echo)
                .contains("\"method\":\"PATCH\"", "\"path\":\"/echo/a%20b?x=1&y=%2F\"", "\"body\":\"a body\"")
                .contains("sk-1", "X-Mine")
                .doesNotContain("Tidewire-Token")
                .doesNotContain("c=1");
    }

    @Test
    void aConnectionServesMoreThanOneWholeAnswer() throws Exception {
        try (RawClient client = new RawClient(hub.port())) {
            String asked = "GET /llm/model/v1/models HTTP/1.1\r\nHost: h\r\n\r\n";
            client.send(asked).until("\"object\":\"list\"");
            client.send(asked + asked.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
            assertThat(client.toEnd().split("200 OK", -1)).hasSize(4);
        }
    }

    // --- once per key

    @Test
    void aKeyStartsAnAnswerOnce() throws Exception {
        HttpRequest request = post(hub, CHAT, HELLO, SETTINGS, "fault=stall@5", "Idempotency-Key", "k1");
        Answer first = llm.open(request);
        List<Event> begun = first.next(5);
        Answer second = llm.open(request);
        assertThat(second.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(second.next(5)).isEqualTo(begun);
        assertThat(second.place()).isEqualTo(first.place());
        llm.model.release();
        assertThat(second.rest()).isEqualTo(first.rest());
        assertThat(LlmFixture.events(llm.send(request).body()).subList(0, 5)).isEqualTo(begun);
        HttpResponse<String> other = llm.send(post(hub, CHAT, HELLO + " ", "Idempotency-Key", "k1"));
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(llm.send(post(hub, CHAT, HELLO, "Idempotency-Key", "k1", "as", "bob"))
                        .headers()
                        .firstValue("Idempotency-Replayed"))
                .isEmpty();
        assertThat(llm.model.stats().requests()).isEqualTo(2);
    }

    @Test
    void manyRequestsAtOnceWithOneKeyAreOneCall() throws Exception {
        HttpRequest request = post(hub, CHAT, HELLO, "Idempotency-Key", "k2");
        List<CompletableFuture<HttpResponse<String>>> all = new java.util.ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(llm.http.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
        }
        String body = all.get(0).join().body();
        assertThat(all).allSatisfy(each -> assertThat(each.join().body()).isEqualTo(body));
        assertThat(llm.model.stats().requests()).isEqualTo(1);
    }

    @Test
    void anErrorBeforeTheAnswerIsNotRemembered() throws Exception {
        assertThat(llm.send(post(hub, CHAT, HELLO, SETTINGS, "status=529", "Idempotency-Key", "k3"))
                        .statusCode())
                .isEqualTo(529);
        assertThat(llm.send(post(hub, CHAT, HELLO, "Idempotency-Key", "k3")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aWholeAnswerIsRememberedToo() throws Exception {
        HttpRequest request = post(hub, CHAT, HELLO_WHOLE, "Idempotency-Key", "k4");
        HttpResponse<String> first = llm.send(request);
        HttpResponse<String> second = llm.send(request);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.headers().firstValue("Content-Type"))
                .isEqualTo(first.headers().firstValue("Content-Type"));
        assertThat(llm.model.stats().requests()).isEqualTo(1);
    }

    // --- who

    @Test
    void onlyItsOwnerReadsAndStopsAnAnswer() throws Exception {
        try (Answer answer = llm.open(post(hub, CHAT, HELLO, SETTINGS, "fault=stall@5", "as", "alice"))) {
            answer.next(5);
            String place = answer.place();
            assertThat(llm.get(hub, place, "as", "bob").statusCode()).isEqualTo(404);
            assertThat(llm.get(hub, place).statusCode()).isEqualTo(404);
            assertThat(llm.head(hub, place, "as", "bob").statusCode()).isEqualTo(404);
            assertThat(llm.delete(hub, place, "as", "bob").statusCode()).isEqualTo(404);
            assertThat(llm.model.stats().cancelled()).isZero();
            assertThat(llm.delete(hub, place, "as", "alice").statusCode()).isEqualTo(204);
            assertThat(llm.get(hub, place, "as", "alice").statusCode()).isEqualTo(200);
        }
        assertThat(llm.get(hub, "/llm/answers/AAAAAAAAAAAAAAAAAAAAAAAA").statusCode())
                .isEqualTo(404);
    }

    @Test
    void noSecretIsStored() throws Exception {
        llm.send(post(
                hub,
                CHAT,
                HELLO.replace("\"model\"", "\"user\":\"body-secret\",\"model\""),
                "Authorization",
                "Bearer sk-secret",
                "x-api-key",
                "key-secret",
                "Cookie",
                "c=cookie-secret",
                "Idempotency-Key",
                "idem-secret",
                "Tidewire-Chat",
                "chat-secret"));
        List<StreamInfo> all = recorded();
        assertThat(all).hasSize(3);
        for (StreamInfo info : all) {
            assertThat(info.name() + info.spec()).doesNotContain("secret");
            hub.hub()
                    .streams()
                    .read(info.name(), Offset.START, 1 << 20)
                    .toCompletableFuture()
                    .join()
                    .orElseThrow()
                    .messages()
                    .forEach(message -> assertThat(new String(message, StandardCharsets.UTF_8))
                            .doesNotContain("secret"));
        }
    }

    @Test
    void noSecretIsLogged() throws Exception {
        Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        root.addAppender(lines);
        ((Logger) LoggerFactory.getLogger("io.tidewire")).setLevel(Level.TRACE);
        try {
            for (String fault : List.of("fault=none", "fault=cut@3", "fault=error@3", "status=429")) {
                llm.send(post(
                        hub,
                        CHAT + "?key=query-secret",
                        HELLO.replace("\"model\"", "\"user\":\"body-secret\",\"model\""),
                        "Authorization",
                        "Bearer sk-secret",
                        "Cookie",
                        "c=cookie-secret",
                        SETTINGS,
                        fault));
            }
        } finally {
            ((Logger) LoggerFactory.getLogger("io.tidewire")).setLevel(null);
            root.detachAppender(lines);
            root.setLevel(before);
        }
        assertThat(List.copyOf(lines.list))
                .anySatisfy(line -> assertThat(line.getFormattedMessage()).contains("broke off"))
                .allSatisfy(line -> {
                    assertThat(line.getFormattedMessage()).doesNotContain("secret");
                    assertThat(
                                    line.getThrowableProxy() == null
                                            ? ""
                                            : line.getThrowableProxy().getMessage())
                            .doesNotContain("secret");
                });
    }

    // --- other protocols

    @Test
    void anAnswerIsToldAsAUiMessageStream() throws Exception {
        Answer answer = llm.open(post(hub, CHAT + "?as=ui", HELLO, "Tidewire-Chat", "c1", SETTINGS, "fault=stall@5"));
        assertThat(answer.header("x-vercel-ai-ui-message-stream")).isEqualTo("v1");
        List<Event> begun = answer.next(4);
        assertThat(begun.get(0).text()).contains("\"type\":\"start\"");
        assertThat(begun.get(0).id()).isNull();
        try (Answer resumed = llm.open(request(hub, "/llm/chats/c1/stream").build())) {
            assertThat(resumed.next(4)).isEqualTo(begun);
            assertThat(llm.get(hub, "/llm/chats/c1/stream", "as", "bob").statusCode())
                    .isEqualTo(204);
            llm.model.release();
            List<Event> rest = answer.rest();
            assertThat(rest.get(rest.size() - 1).text()).isEqualTo("data: [DONE]\n");
            assertThat(resumed.rest()).isEqualTo(rest);
        }
        await().untilAsserted(() ->
                assertThat(llm.get(hub, "/llm/chats/c1/stream").statusCode()).isEqualTo(204));
        assertThat(llm.get(hub, "/llm/chats/none/stream").statusCode()).isEqualTo(204);
        String place = "/llm/answers/" + answer.header("Tidewire-Stream");
        assertThat(llm.get(hub, place + "?as=ag-ui").body()).contains("RUN_STARTED", "RUN_FINISHED");
        assertThat(llm.get(hub, place + "?as=other").statusCode()).isEqualTo(400);
    }

    @Test
    void aStoppedAnswerIsAnAbortedMessage() throws Exception {
        try (Answer answer =
                llm.open(post(hub, CHAT + "?as=ui", HELLO, "Tidewire-Chat", "c2", SETTINGS, "fault=stall@5"))) {
            answer.next(4);
            assertThat(llm.delete(hub, "/llm/chats/c2/stream").statusCode()).isEqualTo(204);
            assertThat(answer.rest().toString()).contains("\"type\":\"abort\"");
        }
    }

    // --- the browser, and the end

    @Test
    void aBrowserMaySendWhatSdksSend() throws Exception {
        try (RawClient client = new RawClient(hub.port())) {
            client.send("OPTIONS " + CHAT + " HTTP/1.1\r\nHost: h\r\nOrigin: https://app.example\r\n"
                    + "Access-Control-Request-Method: POST\r\nConnection: close\r\n"
                    + "Access-Control-Request-Headers: authorization,x-stainless-os\r\n\r\n");
            assertThat(client.toEnd()).contains("Access-Control-Allow-Headers: authorization,x-stainless-os");
        }
    }

    @Test
    void anAnswerMayFinishWhenTheServerStops() throws Exception {
        restart(llm.config().withTimes(Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofMinutes(1)));
        Answer answer = llm.open(post(hub, CHAT, HELLO, SETTINGS, "fault=stall@5"));
        answer.next(5);
        CompletableFuture<Void> stopping = CompletableFuture.runAsync(() -> hub.stop(Duration.ofMillis(100)));
        llm.model.release();
        List<Event> rest = answer.rest();
        assertThat(rest.get(rest.size() - 1).own()).isEqualTo("data: [DONE]\n");
        stopping.join();
    }

    @Test
    void anAnswerThatDoesNotFinishInTimeIsEndedByAnError() throws Exception {
        restart(llm.config().withTimes(Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofMillis(200)));
        Answer answer = llm.open(post(hub, CHAT, HELLO, SETTINGS, "fault=stall@5"));
        answer.next(5);
        hub.stop(Duration.ofMillis(100));
        List<Event> rest = answer.rest();
        assertThat(rest.get(rest.size() - 1).text()).contains("\"code\":\"interrupted\"");
        await().until(() -> llm.model.stats().cancelled() == 1);
    }

    @Test
    void unreadAnswersAreCancelledIfTheSettingSaysSo() throws Exception {
        restart(llm.config().withWhenUnread(Abandonment.cancelAfter(Duration.ZERO)));
        try (Answer answer = llm.open(post(hub, CHAT, HELLO, SETTINGS, "fault=stall@5"))) {
            answer.next(2);
        }
        await().until(() -> llm.model.stats().cancelled() == 1);
        assertThat(llm.send(post(hub, CHAT, HELLO, "Tidewire-When-Unread", "perhaps"))
                        .statusCode())
                .isEqualTo(400);
    }
}
