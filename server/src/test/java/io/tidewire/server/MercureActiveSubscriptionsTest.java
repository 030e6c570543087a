package io.tidewire.server;

import static io.tidewire.server.MercureFixture.PATH;
import static io.tidewire.server.MercureFixture.access;
import static io.tidewire.server.MercureFixture.all;
import static io.tidewire.server.MercureFixture.allOld;
import static io.tidewire.server.MercureFixture.bearer;
import static io.tidewire.server.MercureFixture.encode;
import static io.tidewire.server.MercureFixture.json;
import static io.tidewire.server.MercureFixture.old;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Draft-08, "Active Subscriptions"; draft-07 likewise. */
class MercureActiveSubscriptionsTest {
    private static final String ROOT = PATH + "/subscriptions";

    private final MercureFixture hub = new MercureFixture();

    @AfterEach
    void stop() throws IOException {
        hub.close();
    }

    private static JsonNode data(String text, String containing) {
        String line = text.lines()
                .filter(l -> l.startsWith("data: ") && l.contains(containing))
                .findFirst()
                .orElseThrow();
        return new JsonMapper().readTree(line.substring(6));
    }

    // E1, E2
    @Test
    void subscriptionIsAnnouncedWhenItBeginsAndEnds() throws IOException {
        RawClient watch = hub.stream("match_urlpattern=" + encode(ROOT + "/:type/:match/:subscriber"), all());
        RawClient stream = hub.stream(
                "match=a&match_urlpattern=" + encode("/b/:id"),
                bearer(access().subscribe("a").payload("{\"n\":1.50,\"s\":\"x\"}")));
        String text = watch.until("\"match\":\"/b/:id\"");
        String topic = ROOT + "/urlpattern/%2Fb%2F%3Aid/"; // each variable encoded once
        assertThat(text).contains("event: mercure\n");
        JsonNode b = data(text, "/b/:id");
        String subscriber = b.get("subscriber").asString();
        assertThat(subscriber).startsWith("urn:uuid:");
        assertThat(b.get("id").asString()).isEqualTo(topic + subscriber.replace(":", "%3A"));
        assertThat(b.toString())
                .isEqualTo("{\"id\":\"" + b.get("id").asString() + "\",\"type\":\"subscription\","
                        + "\"match_type\":\"urlpattern\",\"match\":\"/b/:id\",\"subscriber\":\"" + subscriber
                        + "\",\"active\":true}");
        JsonNode a = data(text, "\"match\":\"a\"");
        assertThat(text).contains("\"payload\":{\"n\":1.50,\"s\":\"x\"}"); // A5: of the first detail that matches
        assertThat(a.get("subscriber").asString()).isEqualTo(subscriber); // one for the whole connection
        stream.reset();
        assertThat(watch.until("\"active\":false")).contains("\"match\":\"a\"");
    }

    // E1: private, and so only for who may know
    @Test
    void subscriptionEventsArePrivate() throws IOException {
        RawClient curious = hub.stream("match=*", bearer(access().subscribe("a")));
        RawClient narrow =
                hub.stream("match=*", bearer(access().subscribePatterns(ROOT + "/exact/:match/:subscriber")));
        hub.stream("match=a");
        narrow.until("\"match\":\"a\"");
        assertThat(hub.upToMark(curious, "m")).doesNotContain("subscription");
    }

    // E2: per connection, whatever the token; and never the connection's own id
    @Test
    void subscriberIsUniquePerConnection() throws IOException {
        String token = bearer(access().subject("ann"));
        hub.stream("match=a", token);
        hub.stream("match=a", token);
        JsonNode list = json(hub.get(ROOT + "/exact/a", all())).get("subscriptions");
        assertThat(list.size()).isEqualTo(2);
        assertThat(list.get(0).get("subscriber")).isNotEqualTo(list.get(1).get("subscriber"));
        assertThat(list.toString()).doesNotContain("ann");
    }

    // E3, E4
    @Test
    void apiListsThemAllThoseOfAMatcherAndEach() throws IOException {
        hub.stream("match=" + encode("https://ex.com/a?b=%20") + "&match_urlpattern=*");
        hub.stream("topic=" + encode("https://ex.com/{id}")); // the other version's
        String answer = hub.get(ROOT, all());
        String last = MercureFixture.body(answer).isEmpty()
                ? ""
                : answer.split("last-event-id=\"", 2)[1].split("\"", 2)[0];
        assertThat(answer)
                .startsWith("HTTP/1.1 200")
                .contains("\r\nContent-Type: application/json\r\n")
                .contains("\r\nLink: <https://hub.example.com" + PATH + ">; rel=\"mercure\"; last-event-id=\"#")
                .contains("\"; type=\"mercure\"; content-type=\"application/json\"\r\n")
                .contains("\r\nETag: \"%23");
        JsonNode all = json(answer);
        assertThat(all.get("id").asString()).isEqualTo(ROOT);
        assertThat(all.get("type").asString()).isEqualTo("subscriptions");
        assertThat(all.get("subscriptions").size()).isEqualTo(2);
        String path = ROOT + "/exact/https%3A%2F%2Fex.com%2Fa%3Fb%3D%2520";
        JsonNode some = json(hub.get(path, all()));
        assertThat(some.get("id").asString()).isEqualTo(path);
        JsonNode one = some.get("subscriptions").get(0);
        assertThat(json(hub.get(one.get("id").asString(), all()))).isEqualTo(one);
        // The cursor leads to what came after the list.
        RawClient watch = hub.stream("match=*&last_event_id=" + encode(last), all());
        hub.stream("match=later");
        assertThat(watch.until("\"match\":\"later\"")).doesNotContain("ex.com");
    }

    // E3
    @Test
    void unknownSubscriptionsAreNotFound() throws IOException {
        assertThat(hub.get(ROOT + "/exact/a/nobody", all())).startsWith("HTTP/1.1 404");
        assertThat(json(hub.get(ROOT + "/exact/a", all())).get("subscriptions").size())
                .isZero();
        assertThat(hub.get(ROOT + "/regexp/a", all())).startsWith("HTTP/1.1 400");
        assertThat(hub.get(ROOT + "/exact", all())).startsWith("HTTP/1.1 404");
        assertThat(hub.get(ROOT + "/exact/a/b/c", all())).startsWith("HTTP/1.1 404");
        assertThat(hub.get(ROOT + "/", all())).startsWith("HTTP/1.1 404");
        assertThat(hub.get(PATH + "/other", all())).startsWith("HTTP/1.1 404");
        assertThat(hub.request("POST", ROOT, "a", all())).startsWith("HTTP/1.1 405");
    }

    // E4
    @Test
    void unchangedListIsNotSentAgain() throws IOException {
        String answer = hub.get(ROOT, all());
        assertThat(answer).contains("last-event-id=\"earliest\"", "ETag: \"earliest\"");
        hub.publish("topic=a&id=" + encode("urn:\"x\"\\"));
        answer = hub.get(ROOT, all());
        assertThat(answer).contains("last-event-id=\"urn:\\\"x\\\"\\\\\"", "ETag: \"urn%3A%22x%22%5C\"");
        String known = "If-None-Match: \"other\", W/\"urn%3A%22x%22%5C\"\r\n";
        assertThat(hub.get(ROOT, all(), known))
                .startsWith("HTTP/1.1 304")
                .contains("Link: ", "ETag: ")
                .endsWith("\r\n\r\n");
        hub.publish("topic=a");
        assertThat(hub.get(ROOT, all(), known)).startsWith("HTTP/1.1 200");
    }

    // E5
    @Test
    void apiNeedsAGrantForItsPath() throws IOException {
        assertThat(hub.get(ROOT)).startsWith("HTTP/1.1 401").contains("resource_metadata=");
        assertThat(hub.get(ROOT, bearer(access().subscribe("a"))))
                .startsWith("HTTP/1.1 403")
                .contains("insufficient_scope");
        assertThat(hub.get(ROOT, bearer(access().publish("*")))).startsWith("HTTP/1.1 403");
        String exact = bearer(access().subscribe(ROOT + "/exact/a"));
        assertThat(hub.get(ROOT + "/exact/a?unrelated=1", exact)).startsWith("HTTP/1.1 200");
        assertThat(hub.get(ROOT + "/exact/%61", exact)).startsWith("HTTP/1.1 200"); // its one canonical spelling counts
        assertThat(hub.get(ROOT + "/exact/b", exact)).startsWith("HTTP/1.1 403");
        String pattern = bearer(access().subscribePatterns(ROOT + "/exact/:match"));
        assertThat(hub.get(ROOT + "/exact/b", pattern)).startsWith("HTTP/1.1 200");
        assertThat(hub.get(ROOT + "/urlpattern/b", pattern)).startsWith("HTTP/1.1 403");
        assertThat(hub.get(ROOT + "/urlpattern/..", pattern)).startsWith("HTTP/1.1 404");
        assertThat(hub.get(ROOT + "/x/%2e%2e/exact/b", pattern)).startsWith("HTTP/1.1 4");
    }

    // A.0, draft-07 "Active Subscriptions"
    @Test
    void deployedVersionHasItsOwnForm() throws IOException {
        RawClient watch = hub.stream(
                "topic=" + encode(ROOT + "/{topic}/{subscriber}"),
                bearer(old().subscribe(ROOT + "/{topic}/{subscriber}", ROOT + "{/topic}{/subscriber}")));
        RawClient stream =
                hub.stream("topic=" + encode("https://ex.com/{id}"), bearer(old().payload("{\"foo\":\"bar\"}")));
        String text = watch.until("\"topic\":\"https://ex.com/{id}\"");
        assertThat(text).doesNotContain("event:");
        JsonNode event = data(text, "ex.com");
        String id = event.get("id").asString();
        assertThat(id).startsWith(ROOT + "/https%3A%2F%2Fex.com%2F%7Bid%7D/urn%3Auuid%3A");
        assertThat(event.toString())
                .startsWith("{\"@context\":\"https://mercure.rocks/\",\"id\":\"" + id + "\",\"type\":\"Subscription\",")
                .endsWith("\"active\":true,\"payload\":{\"foo\":\"bar\"}}");
        String reader = bearer(old().subscribe(ROOT + "{/topic}{/subscriber}"));
        String answer = hub.get(ROOT, reader);
        assertThat(answer)
                .startsWith("HTTP/1.1 200")
                .contains("\r\nContent-Type: application/ld+json\r\n", "rel=\"mercure\"\r\n");
        assertThat(json(answer).get("type").asString()).isEqualTo("Subscriptions");
        assertThat(json(answer).get("subscriptions").size()).isEqualTo(2);
        assertThat(json(answer).get("lastEventID").asString()).startsWith("#");
        assertThat(json(hub.get(ROOT + "/https%3A%2F%2Fex.com%2F%7Bid%7D", allOld()))
                        .get("subscriptions")
                        .get(0)
                        .get("id")
                        .asString())
                .isEqualTo(id);
        assertThat(json(hub.get(id, allOld())).has("lastEventID")).isTrue();
        assertThat(hub.get(ROOT, bearer(old().subscribe("a")))).startsWith("HTTP/1.1 401");
        stream.reset();
        watch.until("\"active\":false");
        assertThat(hub.get(id, allOld())).startsWith("HTTP/1.1 404");
    }

    // P3: nobody else can say such a thing
    @ParameterizedTest
    @ValueSource(strings = {"/exact/a/urn:uuid:1", "/../subscriptions/exact/a/1"})
    void subscriptionEventsCannotBeForged(String below) throws IOException {
        assertThat(hub.publish("topic=" + encode(ROOT + below) + "&data=forged"))
                .startsWith("HTTP/1.1 400");
        assertThat(hub.request("POST", "/events?topic=" + encode(ROOT + below), "data=forged", allOld()))
                .startsWith("HTTP/1.1 400");
        RawClient client = hub.client();
        String line = "{\"topic\":\"" + ROOT + below + "\",\"data\":\"forged\"}\n";
        assertThat(client.send("POST /events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + allOld()
                                + "Content-Type: application/x-ndjson\r\nContent-Length: " + line.length() + "\r\n\r\n"
                                + line)
                        .toEnd())
                .contains("none of the hub's own");
    }

    @Test
    void matcherWhoseEventsCouldHaveNoTopicIsRefused() throws IOException {
        assertThat(hub.get(PATH + "?match=" + "%2F".repeat(400))).startsWith("HTTP/1.1 400");
    }

    @Test
    void withoutThemNothingIsAnnouncedOrListed() throws IOException {
        try (MercureFixture quiet =
                new MercureFixture(b -> b.mercure(MercureConfig.defaults().withSubscriptions(false)))) {
            RawClient watch = quiet.stream("match=*", all());
            quiet.stream("match=a").reset();
            assertThat(quiet.upToMark(watch, "m")).doesNotContain("subscription");
            assertThat(quiet.get(ROOT, all())).startsWith("HTTP/1.1 404");
        }
    }
}
