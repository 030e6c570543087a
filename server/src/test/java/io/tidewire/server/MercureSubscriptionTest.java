package io.tidewire.server;

import static io.tidewire.server.MercureFixture.PATH;
import static io.tidewire.server.MercureFixture.all;
import static io.tidewire.server.MercureFixture.allOld;
import static io.tidewire.server.MercureFixture.bearer;
import static io.tidewire.server.MercureFixture.encode;
import static io.tidewire.server.MercureFixture.old;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.hub.CloseReason;
import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Draft-08, "Subscription" and "Matcher Types"; draft-07, "Topic Selectors". */
class MercureSubscriptionTest {
    private final MercureFixture hub = new MercureFixture();

    @AfterEach
    void stop() throws IOException {
        hub.close();
    }

    private void publish(String topic, String data) throws IOException {
        assertThat(hub.publish("topic=" + encode(topic) + "&data=" + encode(data)))
                .startsWith("HTTP/1.1 200");
    }

    // S1
    @Test
    void getOpensAStreamOfEventsThatEachHaveAnId() throws IOException {
        RawClient stream = hub.stream("match=https%3A%2F%2Fex.com%2Fa");
        publish("https://ex.com/a", "one");
        assertThat(stream.until("data: one\n\n"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nContent-Type: text/event-stream\r\n", "\r\nX-Accel-Buffering: no\r\n")
                .containsPattern("\nid: #[0-9a-z]+\\.[0-9a-z]+\ndata: one\n\n");
    }

    // S8: nothing but updates; the first bytes are a comment, so that the head is through every buffer
    @Test
    void streamBeginsWithACommentAndHasNoEventsOfOurs() throws IOException {
        RawClient stream = hub.stream("match=a");
        assertThat(hub.upToMark(stream, "a"))
                .contains("\r\n\r\n3\r\n:\n\n\r\n")
                .doesNotContain("connected", "event:", "retry:", "Tidewire-", "Last-Event-ID");
        hub.server.hub().disconnectTopic("a", CloseReason.KICKED);
        assertThat(stream.toEnd()).doesNotContain("closing", "event:");
    }

    // S1: the body of a QUERY and the query are united
    @Test
    void queryMethodTakesMatchersOfBodyAndQuery() throws IOException {
        RawClient stream = hub.client()
                .send("QUERY " + PATH + "?match=a HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n"
                        + "Content-Type: application/x-www-form-urlencoded\r\n\r\nmatch=b");
        stream.until("\r\n:\n\n");
        publish("a", "by query");
        publish("b", "by body");
        assertThat(stream.until("data: by body\n\n")).contains("data: by query\n");
        assertThat(hub.client()
                        .send("QUERY " + PATH + " HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\nConnection: close\r\n"
                                + "Content-Type: text/plain\r\n\r\nmatch=b")
                        .toEnd())
                .startsWith("HTTP/1.1 415")
                .contains("Accept-Query: application/x-www-form-urlencoded");
    }

    // S1
    @Test
    void headIsAnsweredAndOtherMethodsAreNot() throws IOException {
        assertThat(hub.request("HEAD", PATH + "?match=a", ""))
                .startsWith("HTTP/1.1 200")
                .endsWith("\r\n\r\n");
        assertThat(hub.request("DELETE", PATH + "?match=a", ""))
                .startsWith("HTTP/1.1 405")
                .contains("Allow: GET, HEAD, QUERY, POST");
    }

    // S2
    @Test
    void atLeastOneMatcherIsNeeded() throws IOException {
        assertThat(hub.get(PATH)).startsWith("HTTP/1.1 400");
        assertThat(hub.get(PATH + "?unrelated=1")).startsWith("HTTP/1.1 400");
    }

    // S3: a plus is a space, names are compared decoded, a stray % stands for itself, a name alone is an empty value
    @Test
    void queryIsParsedAsTheUrlStandardHasIt() throws IOException {
        RawClient stream = hub.stream("m%61tch=a+b&match=100%&unrelated=%FF&x");
        publish("a b", "one");
        publish("100%", "two");
        assertThat(stream.until("data: two\n\n")).contains("data: one\n");
        assertThat(hub.get(PATH + "?match")).startsWith("HTTP/1.1 400").contains("match: empty");
    }

    // S4
    @ParameterizedTest
    @ValueSource(
            strings = {"match_regexp", "matchURLPattern", "Match", "MATCH_EXACT", "match_", "matches", "m%61tch_cel"})
    void unknownMatcherIsRefused(String name) throws IOException {
        assertThat(hub.get(PATH + "?match=a&" + name + "=b"))
                .startsWith("HTTP/1.1 400")
                .contains("expected: match, match_exact or match_urlpattern");
    }

    // S5, X6
    @ParameterizedTest
    @ValueSource(
            strings = {
                "match=%FF",
                "match=a%00b",
                "match=a%0Ab",
                "match=a%C2%85b",
                "match=a%7Fb",
                "match=a%E2%80%AEb",
                "match_urlpattern=%28",
                "match_urlpattern=https%3A%2F%2F%5B"
            })
    void matcherThatIsNoTextOrNoPatternIsRefused(String query) throws IOException {
        assertThat(hub.get(PATH + "?" + query)).startsWith("HTTP/1.1 400");
    }

    // S5: limits
    @Test
    void tooManyOrTooLongMatchersAreRefused() throws IOException {
        String many = IntStream.range(0, 101).mapToObj(i -> "match=" + i).collect(Collectors.joining("&"));
        assertThat(hub.get(PATH + "?" + many)).startsWith("HTTP/1.1 400").contains("limits.topics");
        assertThat(hub.get(PATH + "?match=" + "x".repeat(4097))).startsWith("HTTP/1.1 400");
    }

    // S6
    @Test
    void updateThatSeveralMatchersSelectComesOnce() throws IOException {
        RawClient stream = hub.stream("match=a&match=a&match=*&match_urlpattern=/:any*");
        assertThat(hub.publish("topic=a&topic=%2Fb&data=once")).startsWith("HTTP/1.1 200");
        assertThat(hub.upToMark(stream, "a").split("data: once", -1)).hasSize(2);
    }

    // X1
    @Test
    void exactMatcherComparesBytes() throws IOException {
        RawClient stream = hub.stream("match=%2Fa%2F..%2Fb&match_exact=https%3A%2F%2FEX.com%2F");
        publish("/b", "resolved");
        publish("https://ex.com/", "other case");
        publish("https://ex.com/a/../b", "absolute");
        publish("https://EX.com/", "same");
        assertThat(hub.upToMark(stream, "/a/../b"))
                .contains("data: same\n")
                .doesNotContain("resolved", "other case", "absolute");
    }

    // X2: relative patterns and topics are relative to the hub's URL; no topic that is no URL matches
    @Test
    void urlPatternMatchesUrls() throws IOException {
        RawClient stream = hub.stream(
                "match_urlpattern=" + encode("/books/:id") + "&match_urlpattern=" + encode("https://EX.com/b/:id"));
        publish("https://hub.example.com/books/1", "absolute topic");
        publish("/books/2", "relative topic");
        publish("https://other.example.com/books/3", "other host");
        publish("/Books/4", "other case");
        publish("https://[", "no url");
        publish("https://ex.com/b/5", "host as it is");
        assertThat(hub.upToMark(stream, "/books/9"))
                .contains("data: absolute topic\n", "data: relative topic\n", "data: host as it is\n")
                .doesNotContain("other host", "other case", "no url");
    }

    // X4
    @ParameterizedTest
    @ValueSource(strings = {"match=*", "match_exact=*", "match_urlpattern=*", "topic=*"})
    void starMatchesEveryTopic(String query) throws IOException {
        RawClient stream = hub.stream(query);
        publish("https://[", "no url");
        assertThat(stream.until("data: no url\n\n")).contains("HTTP/1.1 200");
    }

    // X3
    @Test
    void patternThatExplodesARegexIsMatchedInTime() throws IOException {
        RawClient stream = hub.stream("match_urlpattern=" + encode("/:a(x+x+x+x+x+x+x+x+y)") + "&match=mark");
        publish("/" + "x".repeat(900), "exploding");
        assertThat(hub.upToMark(stream, "mark")).doesNotContain("exploding");
        RawClient old = hub.stream("topic=" + encode("/{a}{b}{c}{d}{e}{f}{g}{h}!") + "&topic=mark");
        publish("/" + "x".repeat(900), "exploding");
        assertThat(hub.upToMark(old, "mark")).doesNotContain("exploding");
    }

    // A.3, 0.x: a selector selects itself, and what it is a template of
    @Test
    void deployedSelectorsAreNamesAndTemplates() throws IOException {
        RawClient stream = hub.stream(
                "topic=" + encode("https://ex.com/b/{id}") + "&topic=plain&topic=" + encode("https://ex.com/*"));
        publish("https://ex.com/b/1", "by template");
        publish("https://ex.com/b/{id}", "itself");
        publish("https://ex.com/c", "no star of ours");
        assertThat(hub.upToMark(stream, "plain"))
                .contains("data: by template\n", "data: itself\n")
                .doesNotContain("no star of ours");
    }

    // A.0: the two do not mix in one request, and each can be switched off
    @Test
    void versionsCanBeSwitchedOff() throws IOException {
        assertThat(hub.get(PATH + "?topic=a&matchAny=b")).startsWith("HTTP/1.1 400");
        try (MercureFixture draft =
                new MercureFixture(b -> b.mercure(MercureConfig.defaults().withVersions(true, false)))) {
            assertThat(draft.get(PATH + "?topic=a")).startsWith("HTTP/1.1 400");
            assertThat(draft.get(PATH + "?match=a", allOld())).startsWith("HTTP/1.1 401");
        }
        try (MercureFixture old =
                new MercureFixture(b -> b.mercure(MercureConfig.defaults().withVersions(false, true)))) {
            assertThat(old.get(PATH + "?match=a")).startsWith("HTTP/1.1 400");
            assertThat(old.get(PATH + "?topic=a", all())).startsWith("HTTP/1.1 401");
            assertThat(old.stream("topic=a&matchAny=b", allOld()).until(":\n\n"))
                    .startsWith("HTTP/1.1 200");
        }
        try (Tidewire none = Tidewire.builder().port(0).start();
                RawClient client = new RawClient(none.port())) {
            assertThat(client.send("GET " + PATH + "?topic=a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                            .toEnd())
                    .startsWith("HTTP/1.1 404");
        }
    }

    // S7
    @Test
    void moreConnectionsThanAUserMayHaveAreRefused() throws IOException {
        Limits limits = new Limits(
                100,
                0,
                1,
                0,
                100_000,
                8192,
                100,
                100,
                Limits.defaults().deadPeer(),
                Limits.defaults().headTimeout(),
                Limits.defaults().bodyTimeout(),
                Limits.defaults().idleTimeout());
        try (MercureFixture small = new MercureFixture(b -> b.limits(limits))) {
            String token = bearer(old().subject("bob"));
            small.stream("topic=a", token);
            assertThat(small.get(PATH + "?topic=a", token)).startsWith("HTTP/1.1 429");
        }
    }

    // S9
    @Test
    void silenceIsBrokenByComments() throws IOException {
        try (MercureFixture quick = new MercureFixture(b ->
                b.hubConfig(io.tidewire.hub.HubConfig.defaults().withKeepAlive(java.time.Duration.ofMillis(100))))) {
            assertThat(quick.stream("match=a").until("\r\n3\r\n:\n\n\r\n3\r\n:\n\n"))
                    .doesNotContain("event:");
        }
    }
}
