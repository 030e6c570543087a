package io.tidewire.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.auth.Algorithm;
import io.tidewire.auth.Dialect;
import io.tidewire.auth.Keys;
import io.tidewire.auth.SigningKey;
import io.tidewire.auth.TokenIssuer;
import io.tidewire.auth.TokenVerifier;
import io.tidewire.auth.TrustedIssuer;
import io.tidewire.hub.ProgressTracker;
import io.tidewire.hub.TaskSpec;
import io.tidewire.log.LocalBus;
import io.tidewire.testkit.AwaitingClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Long jobs over real sockets: reported on at one hub, watched at another. */
class TaskServerTest {
    private static final String SECRET = "a secret of more than thirty-two bytes";

    private final SharedStreamStore store = new SharedStreamStore();
    private final LocalBus bus = LocalBus.create();
    private final Tidewire near = builder(bus).start();
    private final Tidewire far = builder(bus.join()).start();
    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper mapper = new JsonMapper();

    private TidewireBuilder builder(LocalBus way) {
        return Tidewire.builder().port(0).threads(1).bus(way).streams(store).identify(head -> head.parameter("as"));
    }

    @AfterEach
    void stop() {
        near.close();
        far.close();
    }

    private HttpResponse<String> send(Tidewire server, String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.uri() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private JsonNode json(int status, String method, String path, String body) {
        HttpResponse<String> response = send(near, method, path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return mapper.readTree(response.body());
    }

    private String create(String body) {
        return "/tasks/" + json(201, "POST", "/tasks", body).path("id").asString();
    }

    private AwaitingClient watch(String path) {
        return AwaitingClient.connect(URI.create(far.uri() + path));
    }

    private JsonNode data(AwaitingClient.Event event) {
        return mapper.readTree(event.data());
    }

    private static <T> T get(CompletableFuture<T> future) {
        return future.orTimeout(30, TimeUnit.SECONDS).join();
    }

    @Test
    void lateJoinerSeesTheCurrentStateAndThenTheRestToTheEnd() {
        HttpResponse<String> created = send(near, "POST", "/tasks", "{\"title\":\"Export\"}");
        assertThat(created.statusCode()).isEqualTo(201);
        String path = created.headers().firstValue("Location").orElseThrow();
        assertThat(mapper.readTree(created.body()).path("status").asString()).isEqualTo("pending");
        json(200, "PATCH", path, "{\"percent\":40.7,\"message\":\"Reading\"}");

        try (AwaitingClient late = watch(path)) {
            AwaitingClient.Event first = late.next();
            assertThat(first.type()).isEqualTo("progress");
            assertThat(first.id()).isEqualTo("0000000000000002");
            assertThat(data(first).path("percent").asInt()).isEqualTo(40);
            assertThat(data(first).path("message").asString()).isEqualTo("Reading");
            assertThat(data(first).path("title").asString()).isEqualTo("Export");

            json(200, "PUT", path, "{\"step\":9,\"total\":10}");
            assertThat(data(late.next("progress")).path("percent").asInt()).isEqualTo(90);
            json(200, "PATCH", path, "{\"status\":\"completed\",\"result\":{\"rows\":1.50}}");
            AwaitingClient.Event last = late.next("completed");
            assertThat(last.data()).contains("\"result\":{\"rows\":1.50}", "\"percent\":100");
            late.awaitEnd();
        }
        try (AwaitingClient after = watch(path)) { // a stranger to it still sees how it ended
            assertThat(after.next().type()).isEqualTo("completed");
            after.awaitEnd();
        }
    }

    @Test
    void reconnectGetsTheNewestOnlyIfItIsNewerAndNothingAfterTheEnd() {
        String path = create("");
        json(200, "PATCH", path, "{\"percent\":10}");
        URI uri = URI.create(far.uri() + path);
        try (AwaitingClient back =
                AwaitingClient.to(uri).lastEventId("0000000000000002").connect()) {
            json(200, "PATCH", path, "{\"status\":\"failed\",\"error\":\"No disk\"}");
            AwaitingClient.Event only = back.next();
            assertThat(only.type()).isEqualTo("failed");
            assertThat(data(only).path("error").asString()).isEqualTo("No disk");
            back.awaitEnd();
        }
        try (AwaitingClient back =
                AwaitingClient.to(uri).lastEventId("0000000000000001").connect()) {
            assertThat(back.next().id()).isEqualTo("0000000000000003"); // nothing between
            back.awaitEnd();
        }
        HttpResponse<String> over =
                send(far, "GET", path, "", "Accept", "text/event-stream", "Last-Event-ID", "0000000000000003");
        assertThat(over.statusCode()).isEqualTo(204);
        HttpResponse<String> late = send(near, "PATCH", path, "{\"percent\":50}");
        assertThat(late.statusCode()).isEqualTo(409);
        assertThat(mapper.readTree(late.body()).path("taskStatus").asString()).isEqualTo("failed");
    }

    @Test
    void javaTaskIsWatchedAndStoppedFromTheOtherHub() {
        ProgressTracker tracker =
                near.hub().tasks().start(TaskSpec.titled("Import").ownedBy("ann"));
        get(tracker.started().toCompletableFuture());
        CompletableFuture<Void> told = new CompletableFuture<>();
        tracker.onCancelled(() -> told.complete(null)).step(1, 4, "First");
        try (AwaitingClient ann = watch("/tasks/" + tracker.id() + "?as=ann")) {
            AwaitingClient.Event event = ann.next();
            while (data(event).path("percent").isNull()) {
                event = ann.next();
            }
            assertThat(data(event).path("percent").asInt()).isEqualTo(25);
            assertThat(data(event).path("owner").asString()).isEqualTo("ann");
            assertThat(send(far, "DELETE", "/tasks/" + tracker.id() + "?as=ann", "")
                            .statusCode())
                    .isEqualTo(202);
            get(told);
            tracker.cancelled();
            assertThat(data(ann.next("cancelled")).path("cancelRequested").asBoolean())
                    .isTrue();
            ann.awaitEnd();
        }
        assertThat(send(far, "DELETE", "/tasks/" + tracker.id() + "?as=ann", "").statusCode())
                .isEqualTo(204);
        assertThat(send(near, "GET", "/tasks/" + tracker.id() + "?as=ann", "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void workerIsAskedToStopByTheAnswerToItsReport() {
        String path = create("");
        json(200, "PATCH", path, "{\"percent\":1}");
        assertThat(json(202, "DELETE", path, "").path("cancelRequested").asBoolean())
                .isTrue();
        assertThat(json(200, "PATCH", path, "{\"percent\":2}")
                        .path("cancelRequested")
                        .asBoolean())
                .isTrue();
        json(200, "PATCH", path, "{\"status\":\"cancelled\"}");
        assertThat(json(200, "GET", path, "").path("status").asString()).isEqualTo("cancelled");
        assertThat(json(200, "DELETE", create(""), "").path("status").asString())
                .isEqualTo("cancelled"); // nobody had begun
    }

    @Test
    void ownersPageHearsOfAllItsTasksOnItsOneStream() {
        try (AwaitingClient ann = AwaitingClient.connect(URI.create(near.uri() + "/events?topic=x&as=ann"))) {
            ann.next("connected");
            String path = create("{\"owner\":\"ann\"}");
            create("{\"owner\":\"bob\"}");
            create("{\"owner\":\"ann\",\"notify\":false}");
            json(200, "PATCH", path, "{\"percent\":7}");
            assertThat(data(ann.next("task")).path("status").asString()).isEqualTo("pending");
            JsonNode second = data(ann.next("task"));
            assertThat(second.path("percent").asInt()).isEqualTo(7);
            assertThat(path).endsWith(second.path("id").asString());
        }
    }

    @Test
    void onlyTheOwnerSeesATask() {
        String path = create("{\"owner\":\"ann\",\"id\":\"report-7\"}");
        assertThat(json(200, "GET", path + "?as=ann", "").path("owner").asString())
                .isEqualTo("ann");
        HttpResponse<String> unknown = send(near, "GET", "/tasks/report-8?as=bob", "");
        for (String as : List.of("?as=bob", "")) {
            for (String method : List.of("GET", "DELETE")) {
                HttpResponse<String> hidden = send(near, method, path + as, "");
                assertThat(hidden.statusCode()).isEqualTo(404);
                assertThat(hidden.body()).isEqualTo(unknown.body().replace("report-8", "report-7"));
            }
            assertThat(send(near, "GET", path + as, "", "Accept", "text/event-stream")
                            .statusCode())
                    .isEqualTo(404);
        }
        create("{\"owner\":\"bob\"}");
        assertThat(json(200, "GET", "/tasks?as=ann", "").path("tasks")).hasSize(1);
        assertThat(send(near, "GET", "/tasks", "").statusCode()).isEqualTo(401);
        assertThat(send(near, "GET", "/tasks?as=ann&owner=bob", "").statusCode())
                .isEqualTo(403);
    }

    @Test
    void listIsPaged() {
        for (int i = 0; i < 3; i++) {
            create("{\"owner\":\"ann\"}");
        }
        JsonNode first = json(200, "GET", "/tasks?as=ann&limit=2", "");
        assertThat(first.path("tasks")).hasSize(2);
        JsonNode second = json(
                200, "GET", "/tasks?as=ann&limit=2&after=" + first.path("next").asString(), "");
        assertThat(second.path("tasks")).hasSize(1);
        assertThat(second.has("next")).isFalse();
        for (String bad : List.of("limit=0", "limit=201", "limit=x", "after=x")) {
            assertThat(send(near, "GET", "/tasks?as=ann&" + bad, "").statusCode())
                    .as(bad)
                    .isEqualTo(400);
        }
    }

    @Test
    void badInputIsNamed() {
        String path = create("");
        record Bad(String method, String path, String body, String told) {}
        for (Bad bad : List.of(
                new Bad("POST", "/tasks", "[]", "body: no JSON object"),
                new Bad("POST", "/tasks", "{", "body: "),
                new Bad("POST", "/tasks", "{\"titel\":\"x\"}", "titel: unknown (expected: any of id, keep"),
                new Bad("POST", "/tasks", "{\"id\":\"a b\"}", "id: of 3 characters"),
                new Bad("POST", "/tasks", "{\"keep\":-1}", "keep: -1 (expected: seconds"),
                new Bad("POST", "/tasks", "{\"title\":7}", "title: NUMBER (expected: a string)"),
                new Bad("PATCH", path, "{\"percent\":101}", "percent: 101.0 (expected: 0 to 100)"),
                new Bad("PATCH", path, "{\"step\":1.5}", "step: NUMBER (expected: a whole number"),
                new Bad("PATCH", path, "{\"status\":\"done\"}", "status: done (expected: pending, running"),
                new Bad("PATCH", path, "{\"error\":\"x\"}", "error: of a task that is running"),
                new Bad("PATCH", path, "{\"message\":\"" + "x".repeat(1001) + "\"}", "message: 1001 characters"),
                new Bad(
                        "PATCH",
                        path,
                        "{\"status\":\"completed\",\"result\":\"" + "x".repeat(50_000) + "\"}",
                        "result: 50002 bytes (expected: at most 49152"))) {
            HttpResponse<String> response = send(near, bad.method(), bad.path(), bad.body());
            assertThat(response.statusCode()).as(bad.body()).isEqualTo(400);
            assertThat(mapper.readTree(response.body()).path("detail").asString())
                    .startsWith(bad.told());
        }
        assertThat(json(200, "GET", path, "").path("status").asString()).isEqualTo("pending");
        create("{\"id\":\"one\"}");
        assertThat(send(far, "POST", "/tasks", "{\"id\":\"one\"}").statusCode()).isEqualTo(409);
        assertThat(send(near, "PATCH", "/tasks/nobody", "{}").statusCode()).isEqualTo(404);
        assertThat(send(near, "POST", path, "{}").statusCode()).isEqualTo(405);
    }

    /** With tokens. */
    @Nested
    class Guarded {
        private final TokenVerifier verifier = TokenVerifier.builder()
                .trust(TrustedIssuer.unnamed()
                        .keys(Keys.secret(SECRET, Algorithm.HS256))
                        .dialects(Dialect.MERCURE_0X)
                        .build())
                .build();
        private final Tidewire guarded = builder(bus.join())
                .authentication(Authentication.tokens(verifier))
                .start();

        @AfterEach
        void stop() {
            guarded.close();
        }

        private static TokenIssuer.Builder token() {
            return TokenIssuer.with(SigningKey.secret(SECRET, Algorithm.HS256)).dialect(Dialect.MERCURE_0X);
        }

        private int status(TokenIssuer.Builder token, String method, String path) {
            return send(
                            guarded,
                            method,
                            path,
                            "",
                            "Authorization",
                            "Bearer " + token.build().issue())
                    .statusCode();
        }

        @Test
        void grantsSayWhoCreatesReportsAndSees() {
            assertThat(send(guarded, "POST", "/tasks", "").statusCode()).isEqualTo(401);
            assertThat(send(guarded, "GET", "/tasks/x", "").statusCode()).isEqualTo(401);
            TokenIssuer.Builder ann = token().subject("ann");
            TokenIssuer.Builder worker = token().subject("worker").publish("/tasks/x");
            assertThat(status(ann, "POST", "/tasks")).isEqualTo(403);
            create("{\"id\":\"x\",\"owner\":\"ann\"}"); // at a hub that lets everybody

            assertThat(status(ann, "GET", "/tasks/x")).isEqualTo(200);
            assertThat(status(ann, "PATCH", "/tasks/x")).isEqualTo(403);
            assertThat(status(ann, "PATCH", "/tasks/unknown")).isEqualTo(403); // the same, whether there is one
            assertThat(status(token().subject("bob"), "GET", "/tasks/x")).isEqualTo(404);
            assertThat(status(token().subject("bob"), "DELETE", "/tasks/x")).isEqualTo(404);
            assertThat(status(worker, "GET", "/tasks/x")).isEqualTo(200);
            assertThat(status(worker, "PATCH", "/tasks/x")).isEqualTo(400); // may, but says nothing
            assertThat(status(worker, "GET", "/tasks")).isEqualTo(200); // its own: none
            assertThat(status(token().publish("*"), "GET", "/tasks")).isEqualTo(200);
            assertThat(status(token().subject("bob"), "GET", "/tasks?owner=ann"))
                    .isEqualTo(403);
            assertThat(status(token().publish("/tasks"), "GET", "/tasks?owner=ann"))
                    .isEqualTo(200);

            String reader = token().subscribe("/tasks/x").build().issue();
            assertThat(send(guarded, "GET", "/tasks/x", "", "Authorization", "Bearer " + reader)
                            .body())
                    .contains("\"id\":\"x\"")
                    .doesNotContain("ann");
            assertThat(status(ann, "DELETE", "/tasks/x")).isEqualTo(200); // the owner's stop button
        }
    }
}
