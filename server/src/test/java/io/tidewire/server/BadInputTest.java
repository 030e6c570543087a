package io.tidewire.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.hub.HubConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong gets a clear answer, or the door; the hub goes on serving everyone else, which each test ends by checking. */
class BadInputTest {
    private static final Limits LIMITS = new Limits(
            20,
            0,
            2,
            5,
            2000,
            4096,
            100,
            1000,
            Duration.ofSeconds(15),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(60));

    private final Tidewire server = Tidewire.builder()
            .port(0)
            .limits(LIMITS)
            .hubConfig(HubConfig.defaults().withSizes(1024, 500))
            .identify(head -> head.parameter("user"))
            .start();
    private final List<RawClient> clients = new ArrayList<>();

    @AfterEach
    void othersAreStillServed() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
        org.awaitility.Awaitility.await().until(() -> {
            try (RawClient client = new RawClient(server.port())) {
                return client.send("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                        .toEnd()
                        .endsWith("up\n");
            }
        });
        server.close();
    }

    private RawClient client() throws IOException {
        RawClient client = new RawClient(server.port());
        clients.add(client);
        return client;
    }

    private String answer(String request) throws IOException {
        return client().send(request).toEnd();
    }

    private String post(byte[] body) throws IOException {
        return client().send(
                        "POST /events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
                                + "Content-Length: " + body.length + "\r\n\r\n")
                .send(body)
                .toEnd();
    }

    private String post(String body) throws IOException {
        return post(body.getBytes(StandardCharsets.UTF_8));
    }

    private String get(String path) throws IOException {
        return answer("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nonsense | body: ",
                "[] | body: no JSON object",
                "{\"topic\":\"a\"} x | body: ",
                "{\"topik\":\"a\"} | topik: unknown field (did you mean topic?)",
                "{\"topic\":7} | topic: VALUE_NUMBER_INT (expected: a string)",
                "{\"data\":\"x\"} | topic: 0 topics (expected: 1 to 1000)",
                "{\"topic\":\"a*\"} | topic: a* (expected: no '*'",
                "{\"topic\":\"\"} | topic: 0 characters",
                "{\"topic\":\"a\",\"id\":\"#1\"} | id: #1 (expected:",
                "{\"topic\":\"a\",\"event\":\"a\\nb\"} | event: control character at 1",
                "{\"topic\":\"a\",\"retry\":-1} | retry: -1 (expected:",
                "{\"topic\":\"a\",\"retry\":\"1\"} | retry: VALUE_STRING",
                "{\"topic\":\"a\",\"private\":1} | private: VALUE_NUMBER_INT (expected: true or false)"
            })
    void badEventNamesTheFieldAndTheRule(String body, String detail) throws IOException {
        assertThat(post(body))
                .startsWith("HTTP/1.1 400")
                .contains("application/problem+json", "\"detail\":\"" + detail);
    }

    @Test
    void badUtf8IsRefused() throws IOException {
        byte[] body = "{\"topic\":\"a\",\"data\":\"\u00ff\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(post(body)).startsWith("HTTP/1.1 400").contains("body: malformed UTF-8");
    }

    @Test
    void oversizedEventBodyAndTopicAreRefused() throws IOException {
        assertThat(post("{\"topic\":\"a\",\"data\":\"" + "x".repeat(501) + "\"}"))
                .startsWith("HTTP/1.1 413")
                .contains("data: 501 bytes (expected: at most 500");
        assertThat(post("{\"topic\":\"a\",\"data\":\"" + "x".repeat(2000) + "\"}"))
                .startsWith("HTTP/1.1 413")
                .contains("limits.body-bytes");
        assertThat(post("{\"topic\":\"" + "t".repeat(1025) + "\"}"))
                .startsWith("HTTP/1.1 400")
                .contains("topic: 1025 characters");
    }

    @Test
    void oversizedHeadIsRefused() throws IOException {
        assertThat(get("/events?topic=" + "x".repeat(5000)))
                .startsWith("HTTP/1.1 414")
                .contains("limits.head-bytes");
        assertThat(answer("GET /events HTTP/1.1\r\nHost: x\r\nX-Long: " + "x".repeat(5000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431");
    }

    @Test
    void malformedHttpIsRefused() throws IOException {
        assertThat(answer("what is this\r\n\r\n")).startsWith("HTTP/1.1 400");
        assertThat(answer("GET / HTTP/1.1\r\nbad header\r\n\r\n")).startsWith("HTTP/1.1 400");
    }

    @Test
    void bodyThatStopsHalfWayIsAnsweredAndClosed() throws IOException {
        assertThat(
                        answer(
                                "POST /events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"))
                .startsWith("HTTP/1.1 408")
                .contains("body: stopped half-way");
    }

    @Test
    void headThatNeverEndsIsClosed() throws IOException {
        assertThat(answer("GET /events HTTP/1.1\r\nHost:")).isEmpty();
    }

    @Test
    void badPatternAndParametersAreRefused() throws IOException {
        assertThat(get("/events?topic=a**")).startsWith("HTTP/1.1 400").contains("topic: a** (expected: a pattern");
        assertThat(get("/events?topic=a&slow=never")).startsWith("HTTP/1.1 400").contains("slow: never");
        assertThat(get("/events?topic=a&frame=x")).startsWith("HTTP/1.1 400").contains("frame: x");
        assertThat(get("/events?topic=a&heartbeat=x"))
                .startsWith("HTTP/1.1 400")
                .contains("heartbeat: x");
        assertThat(get("/events?topic=%zz")).startsWith("HTTP/1.1 400");
    }

    @Test
    void thousandTopicsOnOneConnectionAreRefusedWithTheLimit() throws IOException {
        String query =
                IntStream.range(0, 1000).mapToObj(i -> "topic=" + (i % 10)).collect(Collectors.joining("&"));
        String tooLong = get("/events?" + query);
        assertThat(tooLong).startsWith("HTTP/1.1 414");
        String fits = IntStream.range(0, 101).mapToObj(i -> "topic=" + i).collect(Collectors.joining("&"));
        assertThat(get("/events?" + fits))
                .startsWith("HTTP/1.1 400")
                .contains("topic: 101 of them (expected: at most 100");
    }

    @Test
    void unknownPathMethodAndTypeAreRefused() throws IOException {
        assertThat(get("/nope")).startsWith("HTTP/1.1 404");
        assertThat(answer("PUT /events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 405")
                .contains("Allow: GET, HEAD, POST");
        assertThat(
                        answer(
                                "POST /events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: image/png\r\nContent-Length: 0\r\n\r\n"))
                .startsWith("HTTP/1.1 415");
    }

    @Test
    void moreStreamsOfAUserThanAllowedAreRefused() throws IOException {
        for (int i = 0; i < 2; i++) {
            client().send("GET /events?user=ann HTTP/1.1\r\nHost: x\r\n\r\n").until("event: connected");
        }
        assertThat(get("/events?user=ann"))
                .startsWith("HTTP/1.1 429")
                .contains("Retry-After: ", "limits.connections-per-user");
    }

    @Test
    void refusalArrivesEvenIfTheBodyIsSentOn() throws IOException {
        RawClient client =
                client().send("POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n" + "x".repeat(1000));
        client.until("404");
        assertThat(client.send("x".repeat(199_000)).toEnd()).contains("problem+json", "Connection: close");
    }

    @Test
    void publishesBeyondTheRateAreRefused() throws IOException {
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            answers.add(post("{\"topic\":\"a\"}").substring(0, 12));
        }
        assertThat(answers).contains("HTTP/1.1 200", "HTTP/1.1 429");
    }

    @Test
    void floodOfConnectionsBeyondTheLimitIsTurnedAwayAndThoseWithinStay() throws IOException {
        RawClient within = client();
        within.send("GET /events?topic=a HTTP/1.1\r\nHost: x\r\n\r\n").until("event: connected");
        List<RawClient> flood = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            flood.add(client());
        }
        assertThat(flood.get(39).until("limits.connections"))
                .startsWith("HTTP/1.1 503")
                .contains("Retry-After: ");
        server.hub().publish(io.tidewire.log.Update.to("a").data("still here").build());
        within.until("data: still here\n\n");
    }

    @Test
    void idFromBeforeARestartIsAGap() throws IOException {
        assertThat(client().send("GET /events?topic=a HTTP/1.1\r\nHost: x\r\nLast-Event-ID: #abc.5\r\n\r\n")
                        .until("event: gap"))
                .contains("Tidewire-Resume: gap", "\"resume\":\"gap\"");
    }
}
