package io.tidewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidewire.hub.HubConfig;
import io.tidewire.hub.TopicSelector;
import io.tidewire.log.Update;
import io.tidewire.server.HookReceiver.Reply;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Hooks beside a server, over sockets on both sides. */
class HooksServerTest {
    private final HookReceiver application = new HookReceiver();
    private final Webhooks hooks = Webhooks.builder(application.uri(), HookReceiver.SECRET)
            .batch(50, Duration.ofMillis(5))
            .build();
    private final ExternalAuthorizer authorizer = ExternalAuthorizer.builder(application.uri(), HookReceiver.SECRET)
            .credentials(List.of("x-session"))
            .build();
    private final List<RawClient> clients = new ArrayList<>();
    private Tidewire server = builder().webhooks(hooks).start();

    private static TidewireBuilder builder() {
        return Tidewire.builder().port(0).threads(2);
    }

    private void guard(HubConfig config) {
        server.close();
        server = builder()
                .hubConfig(config)
                .authentication(Authentication.by(authorizer))
                .counted(authorizer)
                .start();
    }

    @AfterEach
    void stop() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
        server.close();
        hooks.close();
        application.close();
    }

    private RawClient request(String query, String... fields) throws IOException {
        RawClient client = new RawClient(server.port());
        clients.add(client);
        String lines = String.join("\r\n", fields) + (fields.length == 0 ? "" : "\r\n");
        return client.send("GET /events" + query + " HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n");
    }

    // --- webhooks

    @Test
    void comingAndGoingAndChangedTopicsAreToldInOrder() throws IOException {
        RawClient client = request("?topic=a&topic=b");
        client.until("event: connected");
        String id = server.hub().connections().get(0).id();
        assertThat(server.hub()
                        .changeTopics(id, List.of(TopicSelector.parse("c")), List.of(TopicSelector.parse("a")))
                        .toCompletableFuture()
                        .join())
                .isPresent();
        client.close();
        await().until(() -> server.hub().connectionCount() == 0);
        server.close();
        hooks.close();
        assertThat(application.told())
                .startsWith(
                        "connected a,b", "topic.occupied a", "topic.occupied b", "topic.occupied c", "topic.vacated a")
                .endsWith("topic.vacated b", "topic.vacated c")
                .hasSize(8);
    }

    @Test
    void shutdownOfTheServerIsToldBeforeTheHooksEnd() throws IOException {
        request("?topic=a").until("event: connected");
        server.close();
        hooks.close();
        assertThat(application.told()).contains("disconnected a", "topic.vacated a");
        assertThat(application.received().toString()).contains("\"reason\":\"shutdown\"");
    }

    @Test
    void occupiedAndVacatedAddUpWhenManyComeAndGoAtOnce() throws Exception {
        ExecutorService visitors = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String topic = "t" + i % 3;
                done.add(visitors.submit(() -> {
                    try (RawClient client = new RawClient(server.port())) {
                        client.send("GET /events?topic=" + topic + "&topic=all HTTP/1.1\r\nHost: x\r\n\r\n");
                        client.until("event: connected");
                    }
                    return null;
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
        } finally {
            visitors.shutdownNow();
        }
        await().until(() -> server.hub().connectionCount() == 0);
        server.close();
        hooks.close();
        Set<String> occupied = new HashSet<>();
        List<String> told = application.told();
        for (String each : told) {
            String topic = each.substring(each.indexOf(' ') + 1);
            if (each.startsWith("topic.occupied ")) {
                assertThat(occupied.add(topic)).isTrue();
            } else if (each.startsWith("topic.vacated ")) {
                assertThat(occupied.remove(topic)).isTrue();
            }
        }
        assertThat(occupied).isEmpty();
        assertThat(told.stream().filter(each -> each.startsWith("connected "))).hasSize(200);
        assertThat(told.stream().filter(each -> each.startsWith("disconnected ")))
                .hasSize(200);
    }

    @Test
    void countersAreOnTheMetricsPage() throws IOException {
        request("?topic=a").until("event: connected");
        await().until(() -> hooks.count(HookCounter.WEBHOOK_DELIVERED) == 2);
        RawClient scraper = new RawClient(server.port());
        clients.add(scraper);
        scraper.send("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(scraper.toEnd())
                .contains("tidewire_webhooks_delivered_total 2.0", "tidewire_authorize_calls_total 0.0");
    }

    // --- the authorise call

    @Test
    void applicationDecidesWhoMayListenToWhat() throws IOException {
        application.reply(request -> request.body().contains("\"ann\"")
                ? Reply.json("{'user':'ann','subscribe':['mine']}")
                : request.body().contains("\"down\"") ? Reply.of(500) : Reply.of(403));
        guard(HubConfig.defaults());
        RawClient ann = request("?topic=mine", "Authorization: Bearer ann");
        ann.until("event: connected");
        server.hub().publish(Update.to("mine").data("for ann").isPrivate(true).build());
        ann.until("data: for ann");
        assertThat(server.hub().connections("ann")).hasSize(1);
        assertThat(request("?topic=mine", "Authorization: Bearer bob").until("\r\n\r\n"))
                .contains(" 401 ");
        assertThat(request("?topic=mine", "Authorization: Bearer down").until("\r\n\r\n"))
                .contains(" 503 ", "Retry-After: ");
        assertThat(request("?topic=mine").until("\r\n\r\n")).contains(" 401 ");
        request("?topic=mine", "X-Session: ann").until("event: connected");
        assertThat(application.received().get(3).body()).contains("\"token\":null", "\"x-session\":\"ann\"");
    }

    @Test
    void publishingByCookieIsForPagesOfThisSiteOnly() throws IOException {
        application.reply(Reply.json("{'user':'ann','publish':['a']}"));
        server.close();
        server = builder()
                .authentication(Authentication.by(ExternalAuthorizer.builder(application.uri(), HookReceiver.SECRET)
                        .credentials(List.of("cookie"))
                        .build()))
                .start();
        assertThat(post("Cookie: sid=1", "Origin: https://evil.example")).contains(" 403 ");
        assertThat(application.received()).isEmpty();
        assertThat(post("Cookie: sid=1", "Origin: http://x")).contains(" 200 ");
        assertThat(application.received().get(0).body()).contains("\"cookie\":\"sid=1\"");
        request("?topic=a", "Cookie: sid=1").until("event: connected");
    }

    private String post(String... fields) throws IOException {
        String body = "{\"topic\":\"a\",\"data\":\"1\"}";
        RawClient client = new RawClient(server.port());
        clients.add(client);
        return client.send("POST /events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
                        + String.join("\r\n", fields) + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .toEnd();
    }

    @Test
    void streamEndsWhenTheAnswerExpires() throws IOException {
        application.reply(request -> Reply.json("{'expiresAt':" + (Instant.now().getEpochSecond() + 2) + "}"));
        guard(HubConfig.defaults().withKeepAlive(Duration.ofSeconds(1)));
        RawClient client = request("?topic=a", "Authorization: Bearer opaque");
        client.until("event: connected");
        assertThat(client.until("token-expired")).contains("token-expired");
    }

    @Test
    void thousandStreamsWithOneTokenMakeOneCall() throws IOException {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        application.reply(request -> reply.join());
        guard(HubConfig.defaults());
        for (int i = 0; i < 1000; i++) {
            request("?topic=a", "Authorization: Bearer opaque");
        }
        await().until(() -> authorizer.count(HookCounter.AUTHORIZE_JOINED) == 999);
        reply.complete(Reply.json("{'user':'ann'}"));
        for (RawClient client : clients) {
            client.until("event: connected");
        }
        assertThat(authorizer.count(HookCounter.AUTHORIZE_CALLS)).isEqualTo(1);
    }
}
