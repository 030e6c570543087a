package io.tidewire.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tidewire.sse.DecodedEvent;
import io.tidewire.sse.DecoderLimits;
import io.tidewire.sse.EventDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The stand-in as a client of each dialect sees it. */
class ModelStandInTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String CHAT = "/v1/chat/completions";
    private static final String HELLO =
            "\"messages\":[{\"role\":\"system\",\"content\":\"Be brief\"},{\"role\":\"user\",\"content\":"
                    + "[{\"type\":\"text\",\"text\":\"Hello \\\"you\\\"\"}]}]";
    private static final String PROMPT = "Hello \"you\"";

    private final ModelStandIn model = start();
    private final HttpClient http = HttpClient.newHttpClient();

    private static ModelStandIn start() {
        try {
            return ModelStandIn.builder().port(0).tokensPerSecond(0).tokens(30).start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void stop() {
        model.close();
    }

    private record Event(String type, String data) {
        JsonNode json() {
            return JSON.readTree(data);
        }
    }

    private static List<Event> events(String body) {
        List<Event> events = new ArrayList<>();
        EventDecoder decoder = new EventDecoder(
                DecoderLimits.defaults(), (DecodedEvent event) -> events.add(new Event(event.type(), event.data())));
        byte[] all = body.getBytes(StandardCharsets.UTF_8);
        decoder.feed(all, 0, all.length);
        return events;
    }

    private HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(model.uri().resolve(path)).POST(HttpRequest.BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(model.uri().resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String chatText(List<Event> events) {
        StringBuilder text = new StringBuilder();
        for (Event event : events) {
            if (event.data().startsWith("{\"id\"")) {
                text.append(event.json()
                        .path("choices")
                        .path(0)
                        .path("delta")
                        .path("content")
                        .asString(""));
            }
        }
        return text.toString();
    }

    @Test
    void chatStreamsChunksThenUsageThenDone() throws Exception {
        HttpResponse<String> answer = post(
                CHAT,
                "{\"model\":\"gpt \\\"%s\\\"\",\"stream\":true,\"stream_options\":{\"include_usage\":true}," + HELLO
                        + "}");
        assertThat(answer.headers().firstValue("content-type")).contains("text/event-stream; charset=utf-8");
        List<Event> events = events(answer.body());
        assertThat(chatText(events)).isEqualTo(ModelTokens.text(PROMPT, 30));
        assertThat(events).hasSize(1 + 30 + 1 + 1 + 1);
        assertThat(events.get(0)
                        .json()
                        .path("choices")
                        .path(0)
                        .path("delta")
                        .path("role")
                        .stringValue())
                .isEqualTo("assistant");
        assertThat(events.get(0).json().path("model").stringValue()).isEqualTo("gpt \"%s\"");
        assertThat(events.get(31)
                        .json()
                        .path("choices")
                        .path(0)
                        .path("finish_reason")
                        .stringValue())
                .isEqualTo("stop");
        assertThat(events.get(32).json().path("usage").path("completion_tokens").intValue())
                .isEqualTo(30);
        assertThat(events.get(32).json().path("choices").size()).isZero();
        assertThat(events.get(33).data()).isEqualTo("[DONE]");
    }

    @Test
    void theRequestsLimitIsTheLengthAndTheReason() throws Exception {
        List<Event> events = events(post(CHAT, "{\"stream\":true,\"max_completion_tokens\":5," + HELLO + "}")
                .body());
        assertThat(chatText(events)).isEqualTo(ModelTokens.text(PROMPT, 5));
        assertThat(events.get(6)
                        .json()
                        .path("choices")
                        .path(0)
                        .path("finish_reason")
                        .stringValue())
                .isEqualTo("length");
        assertThat(events).hasSize(1 + 5 + 1 + 1);
    }

    @Test
    void responsesComeInTheirFullOrderAndNumbered() throws Exception {
        List<Event> events = events(
                post("/v1/responses", "{\"model\":\"m\",\"stream\":true,\"input\":\"Hi\",\"max_output_tokens\":3}")
                        .body());
        assertThat(events)
                .extracting(Event::type)
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.output_text.delta",
                        "response.output_text.delta",
                        "response.output_text.delta",
                        "response.output_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.incomplete");
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i).json().path("sequence_number").intValue()).isEqualTo(i);
            assertThat(events.get(i).json().path("type").stringValue())
                    .isEqualTo(events.get(i).type());
        }
        assertThat(events.get(7).json().path("text").stringValue()).isEqualTo(ModelTokens.text("Hi", 3));
    }

    @Test
    void aResponseIsContinuedAfterAnyNumber() throws Exception {
        List<Event> all = events(
                post("/v1/responses", "{\"stream\":true,\"input\":\"Hi\"}").body());
        assertThat(all).hasSize(4 + 30 + 4);
        assertThat(all.get(37).type()).isEqualTo("response.completed");
        String id = all.get(0).json().path("response").path("id").stringValue();
        for (int after = -1; after < all.size(); after++) {
            List<Event> rest = events(get("/v1/responses/" + id + "?stream=true&starting_after=" + after)
                    .body());
            assertThat(rest).isEqualTo(all.subList(after + 1, all.size()));
        }
        assertThat(JSON.readTree(get("/v1/responses/" + id).body()))
                .isEqualTo(all.get(37).json().path("response"));
        assertThat(get("/v1/responses/other?stream=true").statusCode()).isEqualTo(404);
        assertThat(get("/v1/responses/" + id + "?stream=true&starting_after=x").statusCode())
                .isEqualTo(400);
        assertThat(model.stats().requests()).isEqualTo(1);
    }

    @Test
    void messagesComeInTheirOrderWithAPing() throws Exception {
        List<Event> events =
                events(post("/v1/messages", "{\"model\":\"m\",\"stream\":true,\"max_tokens\":2," + HELLO + "}")
                        .body());
        assertThat(events)
                .extracting(Event::type)
                .containsExactly(
                        "message_start",
                        "content_block_start",
                        "ping",
                        "content_block_delta",
                        "content_block_delta",
                        "content_block_stop",
                        "message_delta",
                        "message_stop");
        assertThat(events)
                .allSatisfy(event ->
                        assertThat(event.json().path("type").stringValue()).isEqualTo(event.type()));
        assertThat(events.get(3).json().path("delta").path("text").stringValue()
                        + events.get(4).json().path("delta").path("text").stringValue())
                .isEqualTo("You said:");
        assertThat(events.get(6).json().path("delta").path("stop_reason").stringValue())
                .isEqualTo("max_tokens");
    }

    @Test
    void genericEventsAreText() throws Exception {
        List<Event> events =
                events(post("/v1/generic", "Hi", "x-stand-in", "tokens=200").body());
        assertThat(String.join("", events.stream().map(Event::data).toList())).isEqualTo(ModelTokens.text("Hi", 200));
        assertThat(ModelTokens.text("Hi", 200)).contains("\n\n", "\"", "\\", "\u00e9", "\ud83c\udf0a");
        assertThat(events(post("/v1/generic", "{\"prompt\":\"Hi\"}").body())).hasSize(30);
    }

    @Test
    void withoutAStreamTheSameTextComesAsOneDocument() throws Exception {
        String text = ModelTokens.text(PROMPT, 30);
        JsonNode chat = JSON.readTree(post(CHAT, "{" + HELLO + "}").body());
        assertThat(chat.path("choices").path(0).path("message").path("content").stringValue())
                .isEqualTo(text);
        JsonNode messages =
                JSON.readTree(post("/v1/messages", "{" + HELLO + "}").body());
        assertThat(messages.path("content").path(0).path("text").stringValue()).isEqualTo(text);
        JsonNode responses =
                JSON.readTree(post("/v1/responses", "{\"input\":\"Hi\"}").body());
        assertThat(responses
                        .path("output")
                        .path(0)
                        .path("content")
                        .path(0)
                        .path("text")
                        .stringValue())
                .isEqualTo(ModelTokens.text("Hi", 30));
        assertThat(JSON.readTree(get("/v1/models").body())
                        .path("data")
                        .path(0)
                        .path("id")
                        .stringValue())
                .isEqualTo("stand-in");
    }

    @Test
    void settingsOfARequestGoFromTheModelsNameToTheHeader() throws Exception {
        String named = "{\"model\":\"m:tokens=7;rate=0\",\"stream\":true,\"max_tokens\":9," + HELLO + "}";
        assertThat(chatText(events(post(CHAT, named).body()))).isEqualTo(ModelTokens.text(PROMPT, 7));
        assertThat(chatText(events(post(CHAT + "?tokens=6", named).body()))).isEqualTo(ModelTokens.text(PROMPT, 6));
        assertThat(chatText(events(post(CHAT + "?tokens=6", named, "x-stand-in", "tokens=5; first=1ms")
                        .body())))
                .isEqualTo(ModelTokens.text(PROMPT, 5));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "speed=1",
                "rate=x",
                "rate=-1",
                "tokens=0",
                "tokens=1000001",
                "first=5",
                "fault=burn@3",
                "fault=cut@x",
                "status=200",
                "what"
            })
    void settingsThatAreNoneAreRefusedByName(String settings) throws Exception {
        HttpResponse<String> answer = post(CHAT, "{\"stream\":true," + HELLO + "}", "x-stand-in", settings);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(answer.body()).path("error").path("message").stringValue())
                .contains("(expected: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{\"messages\":1}",
                "{\"messages\":[],\"max_tokens\":0}",
                "{\"messages\":[],\"max_tokens\":\"x\"}"
            })
    void requestsThatAreNoneAreRefused(String body) throws Exception {
        assertThat(post(CHAT, body).statusCode()).isEqualTo(400);
    }

    @Test
    void errorStatusesHaveTheDialectsBody() throws Exception {
        HttpResponse<String> overloaded =
                post("/v1/messages", "{\"stream\":true," + HELLO + "}", "x-stand-in", "status=529");
        assertThat(overloaded.statusCode()).isEqualTo(529);
        assertThat(overloaded.headers().firstValue("retry-after")).contains("1");
        assertThat(JSON.readTree(overloaded.body()).path("error").path("type").stringValue())
                .isEqualTo("overloaded_error");
        HttpResponse<String> limited = post(CHAT + "?fault=429", "{" + HELLO + "}");
        assertThat(limited.statusCode()).isEqualTo(429);
        assertThat(JSON.readTree(limited.body()).path("error").path("code").stringValue())
                .isEqualTo("rate_limit_exceeded");
    }

    @Test
    void anErrorInMidAnswerIsTheDialectsEventAndTheEnd() throws Exception {
        List<Event> chat = events(
                post(CHAT + "?fault=error@2", "{\"stream\":true," + HELLO + "}").body());
        assertThat(chat).hasSize(1 + 2 + 1);
        assertThat(chat.get(3).json().path("error").path("message").isString()).isTrue();
        List<Event> messages = events(post("/v1/messages?fault=error@0", "{\"stream\":true," + HELLO + "}")
                .body());
        assertThat(messages.get(3).type()).isEqualTo("error");
        assertThat(messages).hasSize(4);
        List<Event> responses = events(post("/v1/responses?fault=error@30", "{\"stream\":true,\"input\":\"Hi\"}")
                .body());
        assertThat(responses.get(34).type()).isEqualTo("error");
        assertThat(responses.get(34).json().path("sequence_number").intValue()).isEqualTo(34);
    }

    @Test
    void garbageComesOnceAndTheAnswerGoesOn() throws Exception {
        List<Event> events = events(post(CHAT + "?fault=garbage@2", "{\"stream\":true," + HELLO + "}")
                .body());
        assertThat(events).hasSize(1 + 30 + 1 + 1 + 1);
        assertThatThrownBy(events.get(3)::json).isInstanceOf(tools.jackson.core.JacksonException.class);
        assertThat(chatText(events)).isEqualTo(ModelTokens.text(PROMPT, 30));
    }

    @Test
    void aCutHasNoEnd() {
        assertThatThrownBy(() -> post(CHAT + "?fault=cut@2", "{\"stream\":true," + HELLO + "}"))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> post(CHAT + "?fault=cut@2", "{" + HELLO + "}")).isInstanceOf(IOException.class);
        assertThat(model.stats().cancelled()).isZero();
        assertThat(model.stats().open()).isZero();
    }

    @Test
    void aStallHoldsUntilItIsReleasedEvenAtTheEnd() throws Exception {
        for (String at : List.of("0", "10", "30")) {
            HttpRequest request = HttpRequest.newBuilder(model.uri().resolve(CHAT + "?fault=stall@" + at))
                    .POST(HttpRequest.BodyPublishers.ofString("{\"stream\":true," + HELLO + "}"))
                    .build();
            long before = model.stats().tokens();
            HttpResponse<InputStream> answer = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            await().until(() -> model.stats().tokens() == before + Long.parseLong(at));
            assertThat(model.stats().open()).isEqualTo(1);
            assertThat(post("/release", "").statusCode()).isEqualTo(204);
            String body = new String(answer.body().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(chatText(events(body))).isEqualTo(ModelTokens.text(PROMPT, 30));
            assertThat(body).endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void aClientThatHangsUpIsCounted() throws Exception {
        try (Socket socket = new Socket("localhost", model.port())) {
            String body = "{\"stream\":true," + HELLO + "}";
            socket.getOutputStream()
                    .write(("POST " + CHAT + "?fault=stall@3 HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length()
                                    + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            await().until(() -> model.stats().tokens() == 3);
            assertThat(JSON.readTree(get("/stats").body()).path("open").intValue())
                    .isEqualTo(1);
        }
        await().until(() -> model.stats().cancelled() == 1);
        assertThat(JSON.readTree(get("/stats").body()).toString())
                .startsWith("{\"requests\":1,\"open\":0,\"cancelled\":1,\"tokens\":3,");
    }

    @Test
    void whatIsDueDependsOnTheClockAlone() {
        ModelPace pace = new ModelPace(10, 30, Duration.ZERO, ModelFault.NONE);
        assertThat(ModelAnswer.due(pace, 30, 0)).isEqualTo(1);
        assertThat(ModelAnswer.due(pace, 30, Duration.ofMillis(99).toNanos())).isEqualTo(1);
        assertThat(ModelAnswer.due(pace, 30, Duration.ofMillis(1050).toNanos())).isEqualTo(11);
        assertThat(ModelAnswer.due(pace, 30, Duration.ofHours(1).toNanos())).isEqualTo(30);
        ModelPace slow = new ModelPace(0, 30, Duration.ofSeconds(2), ModelFault.NONE);
        assertThat(ModelAnswer.due(slow, 30, Duration.ofMillis(1999).toNanos())).isZero();
        assertThat(ModelAnswer.due(slow, 30, Duration.ofSeconds(2).toNanos())).isEqualTo(30);
    }

    @Test
    void tokensDependOnThePromptAlone() {
        assertThat(ModelTokens.text("a b", 100))
                .isEqualTo(ModelTokens.of("a b").text(100))
                .startsWith("You said: \"a b\". The tide");
        assertThat(ModelTokens.text("a\n\tb", 10_000)).hasSizeGreaterThan(40_000);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelStandIn.builder().port(-1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelStandIn.builder().fault("x"));
    }

    @Test
    void aPortThatIsTakenIsNamed() {
        assertThatThrownBy(() -> ModelStandIn.builder().port(model.port()).start())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("port: " + model.port());
    }
}
