package io.tidewire.server;

import static io.tidewire.server.MercureFixture.PATH;
import static io.tidewire.server.MercureFixture.all;
import static io.tidewire.server.MercureFixture.allOld;
import static io.tidewire.server.MercureFixture.encode;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.hub.HubConfig;
import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Draft-08, "Publication". */
class MercurePublicationTest {
    private final MercureFixture hub = new MercureFixture();

    @AfterEach
    void stop() throws IOException {
        hub.close();
    }

    // P1, P9
    @Test
    void successIs200WithTheIdAsPlainText() throws IOException {
        RawClient stream = hub.stream("match=a");
        String answer = hub.publish("topic=a&data=x&unknown=field");
        assertThat(answer)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nContent-Type: text/plain; charset=utf-8\r\n");
        assertThat(MercureFixture.body(answer)).startsWith("#"); // P6: a fragment, made by the hub
        stream.until("id: " + MercureFixture.body(answer) + "\ndata: x\n\n");
    }

    // P1
    @Test
    void otherContentTypesAreRefused() throws IOException {
        assertThat(hub.client()
                        .send("POST " + PATH + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + all()
                                + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
                        .toEnd())
                .startsWith("HTTP/1.1 415");
    }

    // P2
    @Test
    void updateGoesToSubscribersOfAnyOfItsTopics() throws IOException {
        RawClient canonical = hub.stream("match=a");
        RawClient alternate = hub.stream("topic=b");
        assertThat(hub.publish("topic=a&topic=b&topic=a&data=x")).startsWith("HTTP/1.1 200");
        canonical.until("data: x\n\n");
        alternate.until("data: x\n\n");
    }

    // P2: any text is a topic
    @Test
    void topicMayBeAnyText() throws IOException {
        RawClient stream = hub.stream("match=" + encode("zwölf Ärzte & \"Söhne\""));
        assertThat(hub.publish("topic=" + encode("zwölf Ärzte & \"Söhne\"") + "&data=x"))
                .startsWith("HTTP/1.1 200");
        stream.until("data: x\n\n");
    }

    // P3
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/.well-known/mercure",
                "/.well-known/mercure/subscriptions/exact/a/b",
                "https://hub.example.com/.well-known/mercure/subscriptions/exact/a/b",
                "http://elsewhere.example.com/.well-known/mercure/x",
                "/.well-known/%6Dercure/x",
                "/%2ewell-known/mercure/x",
                "/.well-known/mercure/../mercure/x",
                "/a/%2e%2e/.well-known/mercure",
                "/a/..\\.well-known\\mercure",
                "mercure",
                "mercure/subscriptions/exact/a/b",
                "./mercure/x",
                "x/../mercure/x",
                "https:mercure/x",
                "https:",
                "https:?x",
                "?x",
                "#x",
                " #x",
                "//hub.example.com/.well-known/mercure"
            })
    void topicsOfTheHubItselfAreRefused(String topic) throws IOException {
        assertThat(hub.publish("topic=ok&topic=" + encode(topic) + "&data=x"))
                .startsWith("HTTP/1.1 400")
                .contains("expected: none of the hub's own");
        assertThat(hub.request("POST", "/events?topic=" + encode(topic), "data=x", all())) // nor by the native door
                .startsWith("HTTP/1.1 400");
    }

    // P3: what only looks like it is free
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/.well-known/mercury",
                "/x/.well-known/mercure",
                "/.well-known/mercure%2Fx",
                "https://[/.well-known/mercure",
                "a?b"
            })
    void topicsBesideThemAreTaken(String topic) throws IOException {
        assertThat(hub.publish("topic=" + encode(topic) + "&data=x")).startsWith("HTTP/1.1 200");
    }

    // P4
    @Test
    void everyLineOfTheDataBecomesAField() throws IOException {
        RawClient stream = hub.stream("match=a");
        hub.publish("topic=a&data=" + encode("1\n2\r3\r\nevent: forged\n\nid: forged"));
        stream.until("data: 1\ndata: 2\ndata: 3\ndata: event: forged\ndata: \ndata: id: forged\n\n");
        hub.publish("topic=a");
        stream.until("\ndata: \n\n");
    }

    // P4
    @Test
    void valuesThatAreNotUtf8AreRefused() throws IOException {
        assertThat(hub.publish("topic=a&data=%FF")).startsWith("HTTP/1.1 400").contains("data: malformed UTF-8");
        assertThat(hub.publish("topic=%C3%28")).startsWith("HTTP/1.1 400");
        assertThat(hub.publish("topic=a&unknown=%FF")).startsWith("HTTP/1.1 200");
    }

    // P5
    @ParameterizedTest
    @ValueSource(strings = {"private=on", "private=off", "private=", "private", "private=0"})
    void presenceOfPrivateMakesPrivate(String field) throws IOException {
        RawClient nobody = hub.stream("match=a");
        RawClient granted = hub.stream("match=a", all());
        hub.publish("topic=a&data=secret&" + field);
        granted.until("data: secret\n\n");
        assertThat(hub.upToMark(nobody, "a")).doesNotContain("secret");
    }

    // P6: byte for byte
    @ParameterizedTest
    @ValueSource(
            strings = {"urn:uuid:5e94c686-2c0b-4f9b-958c-92ccc3bbb4eb", "https://ex.com/?a=[1]#\"q\"", "zwölf 'x' <y>"})
    void idOfThePublisherIsKept(String id) throws IOException {
        RawClient stream = hub.stream("match=a");
        assertThat(MercureFixture.body(hub.publish("topic=a&data=x&id=" + encode(id))))
                .isEqualTo(id);
        stream.until("id: " + id + "\ndata: x\n\n");
    }

    // P6, P7, P8, X6, P11, X4
    @ParameterizedTest
    @ValueSource(
            strings = {
                "id=%231", "id=earliest", "id=a%0Ab", "id=a%00", "id=a%E2%80%8Fb", "type=a%0Db", "type=a%E2%80%8Fb",
                "type=mercure", "retry=1x", "retry=-1", "retry=", "retry=%D9%A1", "topic=*", "topic=a%0Db",
                "topic=a%E2%80%AEb", "topic=a%7F", "topic="
            })
    void brokenRuleOfAFieldIsRefused(String field) throws IOException {
        assertThat(hub.publish("topic=a&data=x&" + field)).startsWith("HTTP/1.1 400");
        assertThat(hub.publish("topic=a&data=x&" + field, allOld())).startsWith("HTTP/1.1 400");
    }

    // P7, P8
    @Test
    void typeAndRetryReachTheSubscriber() throws IOException {
        RawClient stream = hub.stream("match=a");
        hub.publish("topic=a&data=x&type=news&retry=0015");
        assertThat(stream.until("data: x\n\n")).contains("event: news\n", "retry: 15\n");
    }

    // P11
    @Test
    void topicIsNeeded() throws IOException {
        assertThat(hub.publish("data=x")).startsWith("HTTP/1.1 400").contains("topic: none");
    }

    // P10
    @Test
    void whatIsTooLargeIs413() throws IOException {
        assertThat(hub.publish("topic=a&id=" + "x".repeat(129))).startsWith("HTTP/1.1 413");
        assertThat(hub.publish("topic=a&type=" + "x".repeat(257))).startsWith("HTTP/1.1 413");
        assertThat(hub.publish("topic=" + "x".repeat(1025))).startsWith("HTTP/1.1 413");
        assertThat(hub.publish("topic=a&retry=" + "1".repeat(19))).startsWith("HTTP/1.1 413");
        assertThat(hub.publish(
                        IntStream.range(0, 1001).mapToObj(i -> "topic=" + i).collect(Collectors.joining("&"))))
                .startsWith("HTTP/1.1 413");
        assertThat(hub.publish("a&".repeat(5000))).startsWith("HTTP/1.1 413");
        try (MercureFixture small =
                new MercureFixture(b -> b.hubConfig(HubConfig.defaults().withSizes(1024, 500)))) {
            assertThat(small.publish("topic=a&data=" + "x".repeat(501))).startsWith("HTTP/1.1 413");
        }
        assertThat(hub.client()
                        .send("POST " + PATH + " HTTP/1.1\r\nHost: x\r\n" + all()
                                + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 2000000\r\n\r\n")
                        .send("x".repeat(1_200_000))
                        .until("limits.body-bytes"))
                .startsWith("HTTP/1.1 413");
    }

    // A.0: a hub of the deployed version alone leaves the event name free
    @Test
    void eventNameMercureIsFreeWhereOnlyTheDeployedVersionIsSpoken() throws IOException {
        try (MercureFixture old =
                new MercureFixture(b -> b.mercure(MercureConfig.defaults().withVersions(false, true)))) {
            assertThat(old.publish("topic=a&type=mercure", allOld())).startsWith("HTTP/1.1 200");
        }
    }
}
