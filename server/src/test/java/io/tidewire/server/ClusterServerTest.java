package io.tidewire.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Cursor;
import io.tidewire.log.EventLog;
import io.tidewire.log.Follower;
import io.tidewire.log.Interest;
import io.tidewire.log.LocalBus;
import io.tidewire.log.MemoryLog;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import io.tidewire.log.Resolution;
import io.tidewire.log.Retention;
import io.tidewire.testkit.AwaitingClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two servers on one log and one bus: whichever is asked, it is the same hub. */
class ClusterServerTest {
    private final MemoryLog log = new MemoryLog(Retention.defaults(), InstantSource.system());
    private final LocalBus bus = LocalBus.create();
    private final Tidewire near = server(bus);
    private final Tidewire far = server(bus.join());
    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper mapper = new JsonMapper();

    private Tidewire server(LocalBus way) {
        return Tidewire.builder()
                .port(0)
                .threads(1)
                .log(new Shared(log))
                .bus(way)
                .mercure(MercureConfig.defaults())
                .identify(head -> head.parameter("as"))
                .start();
    }

    @AfterEach
    void stop() {
        near.close();
        far.close();
        log.close();
    }

    /** A log that its servers do not close. */
    private record Shared(EventLog log) implements EventLog {
        @Override
        public CompletionStage<List<AppendResult>> append(List<Append> batch) {
            return log.append(batch);
        }

        @Override
        public CompletionStage<Page> read(Read request) {
            return log.read(request);
        }

        @Override
        public Position follow(Follower follower) {
            return log.follow(follower);
        }

        @Override
        public CompletionStage<Resolution> resolve(Cursor cursor, Interest interest) {
            return log.resolve(cursor, interest);
        }

        @Override
        public void close() {}
    }

    private AwaitingClient connect(String query) {
        return AwaitingClient.connect(URI.create(far.uri() + "/events?" + query));
    }

    private HttpResponse<String> send(String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(near.uri() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private JsonNode ok(String method, String path, String body) {
        HttpResponse<String> response = send(method, path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return mapper.readTree(response.body());
    }

    private String idOf(AwaitingClient client) {
        return mapper.readTree(client.next().data()).path("connection").asString();
    }

    @Test
    void whatIsPublishedHereReachesReadersThereAndIsCountedThere() {
        try (AwaitingClient ann = connect("topic=news&as=ann")) {
            idOf(ann);
            ok("POST", "/events?topic=news", "to all");
            assertThat(ann.next().data()).isEqualTo("to all");

            JsonNode toUser = ok("POST", "/users/ann/events", "to ann");
            assertThat(toUser.path("sent").asInt()).isEqualTo(1);
            assertThat(toUser.path("hubs").asInt()).isEqualTo(2);
            assertThat(ann.next().data()).isEqualTo("to ann");
        }
    }

    @Test
    void listingsCoverAllHubs() {
        try (AwaitingClient ann = connect("topic=news&as=ann")) {
            String id = idOf(ann);

            for (String path : List.of("/connections", "/users/ann/connections")) {
                JsonNode listing = ok("GET", path, "");
                assertThat(listing.path("total").asInt()).isEqualTo(1);
                assertThat(listing.path("hubs").asInt()).isEqualTo(2);
                assertThat(listing.path("connections").path(0).path("id").asString())
                        .isEqualTo(id);
            }
            assertThat(ok("GET", "/connections/" + id, "").path("user").asString())
                    .isEqualTo("ann");
        }
    }

    @Test
    void connectionThereIsControlledFromHere() {
        try (AwaitingClient client = connect("topic=a")) {
            String id = idOf(client);
            assertThat(ok("POST", "/connections/" + id + "/events", "for you")
                            .path("sent")
                            .asInt())
                    .isEqualTo(1);
            assertThat(client.next().data()).isEqualTo("for you");

            JsonNode topics = ok("PATCH", "/connections/" + id + "/topics", "{\"add\":[\"b\"],\"remove\":[\"a\"]}");
            assertThat(topics.path("topics").toString()).isEqualTo("[\"b\"]");
            ok("POST", "/events?topic=a", "not wanted any more");
            ok("POST", "/events?topic=b", "wanted");
            assertThat(client.next().data()).isEqualTo("wanted");

            assertThat(send("DELETE", "/connections/" + id, "").statusCode()).isEqualTo(204);
            assertThat(client.next().type()).isEqualTo("closing");
        }
        assertThat(send("DELETE", "/connections/nobody", "").statusCode()).isEqualTo(404);
        assertThat(send("POST", "/connections/nobody/events", "x").statusCode()).isEqualTo(404);
    }

    @Test
    void manyAreEndedEverywhere() {
        try (AwaitingClient ann = connect("topic=a&as=ann");
                AwaitingClient bob = connect("topic=a&as=bob")) {
            idOf(ann);
            idOf(bob);
            assertThat(ok("DELETE", "/users/ann/connections", "").path("ended").asInt())
                    .isEqualTo(1);
            assertThat(ann.next().type()).isEqualTo("closing");
            assertThat(ok("DELETE", "/connections?topic=a", "").path("ended").asInt())
                    .isEqualTo(1);
            assertThat(bob.next().type()).isEqualTo("closing");
        }
    }

    @Test
    void mercureSubscriptionsOfAllHubsAreListed() {
        String hub = "/.well-known/mercure";
        try (AwaitingClient client = AwaitingClient.connect(URI.create(far.uri() + hub + "?match=news"))) {
            JsonNode all = ok("GET", hub + "/subscriptions", "").path("subscriptions");
            assertThat(all).hasSize(1);
            assertThat(all.path(0).path("match").asString()).isEqualTo("news");
            assertThat(ok("GET", hub + "/subscriptions/exact/news", "").path("subscriptions"))
                    .hasSize(1);
            JsonNode one = ok("GET", all.path(0).path("id").asString(), "");
            assertThat(one).isEqualTo(all.path(0));
            assertThat(client.status()).isEqualTo(200);
        }
    }
}
