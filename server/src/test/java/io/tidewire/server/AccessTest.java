package io.tidewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidewire.auth.Algorithm;
import io.tidewire.auth.Dialect;
import io.tidewire.auth.Identity;
import io.tidewire.auth.Keys;
import io.tidewire.auth.SigningKey;
import io.tidewire.auth.TokenIssuer;
import io.tidewire.auth.TokenVerifier;
import io.tidewire.auth.TrustedIssuer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may do what, over real sockets. */
class AccessTest {
    private static final String SECRET = "a secret of more than thirty-two bytes";
    private static final String SITE = "https://app.example";

    private final TokenVerifier verifier = TokenVerifier.builder()
            .trust(TrustedIssuer.unnamed()
                    .keys(Keys.secret(SECRET, Algorithm.HS256))
                    .dialects(Dialect.MERCURE_0X)
                    .build())
            .build();
    private final List<RawClient> clients = new ArrayList<>();
    private Tidewire server = start(Authentication.tokens(verifier));

    private static Tidewire start(Authentication rules) {
        return Tidewire.builder()
                .port(0)
                .authentication(rules)
                .corsOrigins(List.of(SITE))
                .start();
    }

    private void restart(Authentication rules) {
        server.close();
        server = start(rules);
    }

    @AfterEach
    void stop() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
        server.close();
    }

    private static TokenIssuer.Builder token() {
        return TokenIssuer.with(SigningKey.secret(SECRET, Algorithm.HS256)).dialect(Dialect.MERCURE_0X);
    }

    private static String bearer(TokenIssuer.Builder token) {
        return "Authorization: Bearer " + token.build().issue() + "\r\n";
    }

    private static String admin() {
        return bearer(token().publish("*").subscribe("*").subject("root"));
    }

    private RawClient client() throws IOException {
        RawClient client = new RawClient(server.port());
        clients.add(client);
        return client;
    }

    private String request(String line, String headers, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return client().send(line + " HTTP/1.1\r\nHost: hub.example\r\nConnection: close\r\n" + headers
                        + "Content-Length: " + bytes.length + "\r\n\r\n")
                .send(bytes)
                .toEnd();
    }

    private String publish(String headers, String json) throws IOException {
        return request("POST /events", headers + "Content-Type: application/json\r\n", json);
    }

    private RawClient listen(String query, String headers) throws IOException {
        RawClient client = client();
        client.send("GET /events" + query + " HTTP/1.1\r\nHost: hub.example\r\n" + headers + "\r\n")
                .until("event: connected");
        return client;
    }

    private static String connection(RawClient client) throws IOException {
        String head = client.until("Tidewire-Connection: ");
        int from = head.indexOf("Tidewire-Connection: ") + 21;
        return head.substring(from, head.indexOf("\r\n", from));
    }

    @Test
    void withoutATokenNothingIsPublishedListenedToListedOrEnded() throws IOException {
        for (String line : List.of(
                "POST /events",
                "POST /broadcast",
                "POST /users/ann/events",
                "GET /events?topic=a",
                "GET /connections",
                "DELETE /connections?topic=a",
                "GET /users/ann/connections",
                "DELETE /connections/abc")) {
            assertThat(request(line, "", "{}"))
                    .as(line)
                    .startsWith("HTTP/1.1 401")
                    .contains("WWW-Authenticate: Bearer\r\n");
        }
        assertThat(request("GET /health", "", "")).startsWith("HTTP/1.1 200");
    }

    @Test
    void anonymousSubscribersAndPublishersCanBeLetIn() throws IOException {
        restart(Authentication.tokens(verifier).withAnonymousPublish(true).withAnonymousSubscribe(true));
        RawClient client = listen("?topic=a", "");
        assertThat(publish("", "{\"topic\":\"a\",\"data\":\"secret\",\"private\":true}"))
                .contains("200 OK");
        assertThat(publish("", "{\"topic\":\"a\",\"data\":\"open\"}")).contains("200 OK");
        assertThat(client.until("data: open\n")).doesNotContain("secret");
        assertThat(publish("Authorization: Bearer nonsense\r\n", "{\"topic\":\"a\"}"))
                .startsWith("HTTP/1.1 401")
                .contains("error=\"invalid_token\"");
    }

    @Test
    void publishingNeedsAGrantForEachTopic() throws IOException {
        String orders = bearer(token().publish("orders/*", "news"));
        assertThat(publish(orders, "{\"topic\":\"orders/1\"}")).contains("200 OK");
        assertThat(publish(orders, "{\"topics\":[\"news\",\"orders/1\"]}")).contains("200 OK");
        assertThat(publish(orders, "{\"topics\":[\"news\",\"other\"]}"))
                .startsWith("HTTP/1.1 403")
                .contains("insufficient_scope", "no grant for other");
        String lines = "{\"topic\":\"news\"}\n{\"topic\":\"other\"}\n{\"topic\":\"news\"}\n";
        assertThat(request("POST /events", orders + "Content-Type: application/x-ndjson\r\n", lines))
                .contains("\"line\":2", "no grant for other")
                .containsPattern("(?s)\"id\".*\"error\".*\"id\"");
    }

    @Test
    void usersConnectionsAndBroadcastArePathsThatAGrantMustName() throws IOException {
        RawClient ann = listen("", bearer(token().subject("ann")));
        String some = bearer(token().publish("/users/ann", "/connections/" + connection(ann)));
        String json = some + "Content-Type: application/json\r\n";
        assertThat(request("POST /users/ann/events", json, "{\"data\":\"1\"}")).contains("\"sent\":1");
        assertThat(request("POST /connections/" + connection(ann) + "/events", json, "{\"data\":\"2\"}"))
                .contains("\"sent\":1");
        ann.until("data: 2\n");
        assertThat(request("POST /users/bob/events", json, "{}")).startsWith("HTTP/1.1 403");
        assertThat(request("POST /broadcast", json, "{}")).startsWith("HTTP/1.1 403");
        assertThat(request("GET /connections", some, "")).startsWith("HTTP/1.1 403");
        assertThat(request("GET /connections", admin(), "")).contains("\"user\":\"ann\"");
    }

    @Test
    void privateUpdateReachesOnlyThoseWithTheGrantLiveAndInReplay() throws IOException {
        RawClient with = listen("?topic=orders/1", bearer(token().subscribe("orders/*")));
        RawClient without = listen("?topic=orders/1", bearer(token().subscribe("other")));
        publish(admin(), "{\"topic\":\"orders/1\",\"data\":\"secret\",\"private\":true}");
        publish(admin(), "{\"topic\":\"orders/1\",\"data\":\"open\"}");
        assertThat(with.until("data: open\n")).contains("data: secret\n");
        assertThat(without.until("data: open\n")).doesNotContain("secret");
        RawClient later = listen("?topic=orders/1&last_event_id=earliest", bearer(token().subscribe("other")));
        assertThat(later.until("data: open\n")).doesNotContain("secret");
    }

    @Test
    void tokenMayComeAsACookieAndTheHeaderWins() throws IOException {
        String good = token().publish("*").build().issue();
        String cookie = "Cookie: a=b; mercureAuthorization=" + good + "\r\n";
        listen("?topic=a", cookie);
        assertThat(publish(cookie + "Origin: " + SITE + "\r\n", "{\"topic\":\"a\"}"))
                .contains("200 OK");
        assertThat(publish(cookie + "Authorization: Bearer bad\r\nOrigin: " + SITE + "\r\n", "{\"topic\":\"a\"}"))
                .startsWith("HTTP/1.1 401");
        assertThat(publish("Authorization: Bearer " + good + "\r\nAuthorization: Bearer x\r\n", "{\"topic\":\"a\"}"))
                .startsWith("HTTP/1.1 400")
                .contains("invalid_request");
        assertThat(publish("Authorization: Basic abc\r\n", "{\"topic\":\"a\"}")).startsWith("HTTP/1.1 400");
    }

    @Test
    void cookieOfAnotherSitesPageIsWorthNothing() throws IOException {
        String cookie =
                "Cookie: mercureAuthorization=" + token().publish("*").build().issue() + "\r\n";
        for (String from : List.of(
                "",
                "Origin: https://evil.example\r\n",
                "Origin: null\r\n",
                "Referer: https://evil.example/page\r\n",
                "Referer: https://hub.example.evil.example/\r\n")) {
            assertThat(publish(cookie + from, "{\"topic\":\"a\"}")).as(from).startsWith("HTTP/1.1 403");
        }
        assertThat(publish(cookie + "Origin: http://hub.example\r\n", "{\"topic\":\"a\"}"))
                .contains("200 OK");
        assertThat(publish(cookie + "Referer: " + SITE + "/page\r\n", "{\"topic\":\"a\"}"))
                .contains("200 OK");
    }

    @Test
    void tokenInTheQueryIsLookedAtOnlyIfAllowed() throws IOException {
        String query =
                "/events?topic=a&access_token=" + token().subject("ann").build().issue();
        assertThat(request("GET " + query, "", "")).startsWith("HTTP/1.1 401");
        restart(Authentication.tokens(verifier).withQueryAllowed(true));
        listen(query.substring(7), "");
        assertThat(server.hub().connections().get(0).user()).isEqualTo("ann");
    }

    @Test
    void authenticatorThatAnswersLaterHoldsTheBodyBack() throws Exception {
        CompletableFuture<Identity> answer = new CompletableFuture<>();
        restart(Authentication.by((text, head) -> answer));
        RawClient client = client();
        client.send(
                "POST /events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 13\r\n\r\n{\"topic\":\"a\"}GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        answer.complete(verifier.verify(token().publish("a").build().issue())
                .toCompletableFuture()
                .get());
        assertThat(client.toEnd()).containsPattern("(?s)200 OK.*\"id\":.*200 OK.*up\n");
    }

    @Test
    void authenticatorThatFailsIsAnErrorOfOursAndNotAPass() throws IOException {
        restart(Authentication.by((text, head) -> CompletableFuture.failedFuture(new IllegalStateException("broken"))));
        assertThat(publish("Authorization: Bearer t\r\n", "{\"topic\":\"a\"}")).startsWith("HTTP/1.1 500");
    }

    @Test
    void listedSiteMayCallWithCookiesAndAnotherMayNot() throws IOException {
        String asked = "Access-Control-Request-Method: POST\r\n";
        assertThat(request("OPTIONS /events", "Origin: " + SITE + "\r\n" + asked, ""))
                .startsWith("HTTP/1.1 204")
                .contains(
                        "Access-Control-Allow-Origin: " + SITE + "\r\n",
                        "Access-Control-Allow-Credentials: true",
                        "Last-Event-ID",
                        "Vary: Origin");
        assertThat(request("OPTIONS /events", "Origin: https://evil.example\r\n" + asked, ""))
                .startsWith("HTTP/1.1 403")
                .contains("Vary: Origin")
                .doesNotContain("Access-Control-Allow");
        RawClient stream = listen("?topic=a", admin() + "Origin: " + SITE + "\r\n");
        assertThat(stream.until("event: connected"))
                .contains("Access-Control-Allow-Origin: " + SITE, "Tidewire-Resume, ", "Vary: Origin");
        assertThat(publish("Origin: " + SITE + "\r\n", "{}"))
                .as("errors too")
                .contains("Access-Control-Allow-Origin: ");
    }

    @Test
    void everySiteMayCallWithoutCookiesIfSaidSo() throws IOException {
        server.close();
        server = Tidewire.builder().port(0).corsOrigins(List.of("*")).start();
        assertThat(request("GET /connections", "Origin: https://any.example\r\n", ""))
                .contains("Access-Control-Allow-Origin: *\r\n")
                .doesNotContain("Credentials", "Vary");
    }

    @Test
    void topicsOfAnOpenStreamAreChangedByItsOwner() throws IOException {
        String ann = bearer(token().subject("ann"));
        RawClient client = listen("?topic=a", ann);
        String path = "PATCH /connections/" + connection(client) + "/topics";
        assertThat(request(path, ann, "{\"add\":[\"b/*\"],\"remove\":[\"a\"]}")).contains("\"topics\":[\"b/*\"]");
        publish(admin(), "{\"topic\":\"a\",\"data\":\"1\"}");
        publish(admin(), "{\"topic\":\"b/x\",\"data\":\"2\"}");
        assertThat(client.until("data: 2\n")).doesNotContain("data: 1\n");
        assertThat(request(path, bearer(token().subject("bob")), "{}")).startsWith("HTTP/1.1 403");
        assertThat(request(path, "", "{}")).startsWith("HTTP/1.1 401");
        assertThat(request(path, ann, "{\"add\":\"b\"}"))
                .startsWith("HTTP/1.1 400")
                .contains("add: ");
        assertThat(request("PATCH /connections/nobody/topics", ann, "{}")).startsWith("HTTP/1.1 404");
        String many = "\"x\",".repeat(100);
        assertThat(request(path, ann, "{\"add\":[" + many + "\"y\"]}"))
                .startsWith("HTTP/1.1 400")
                .contains("limits.topics");
    }

    @Test
    void newTokenKeepsAStreamOpenAndBringsItsGrants() throws IOException {
        RawClient client = listen("?topic=a", bearer(token().subject("ann").expiresAfter(Duration.ofSeconds(5))));
        String renewed = bearer(token().subject("ann").subscribe("a").expiresAfter(Duration.ofHours(1)));
        String path = "PUT /connections/" + connection(client) + "/token";
        assertThat(request(path, bearer(token().subject("bob")), "")).startsWith("HTTP/1.1 403");
        assertThat(request(path, renewed, "")).startsWith("HTTP/1.1 200");
        publish(admin(), "{\"topic\":\"a\",\"data\":\"secret\",\"private\":true}");
        client.until("data: secret\n");
    }

    @Test
    void streamEndsWithItsTokenAndSaysSo() throws IOException {
        RawClient client = listen("?topic=a", bearer(token().subject("ann").expiresAfter(Duration.ofSeconds(3))));
        assertThat(client.toEnd()).contains("event: closing", "\"reason\":\"token-expired\"");
    }

    @Test
    void connectionsOfAUserATopicOrATokenAreEnded() throws IOException {
        RawClient ann = listen("?topic=a", bearer(token().subject("ann")));
        RawClient bob = listen("?topic=b", bearer(token().subject("bob")));
        RawClient cid = listen("?topic=c", bearer(token().subject("cid").ids(() -> "cids-token")));
        assertThat(request("DELETE /connections?user=ann", admin(), "")).contains("\"ended\":1");
        assertThat(request("DELETE /connections?topic=b", admin(), "")).contains("\"ended\":1");
        assertThat(request("DELETE /connections?token=cids-token", admin(), "")).contains("\"ended\":1");
        for (RawClient client : List.of(ann, bob, cid)) {
            assertThat(client.toEnd()).contains("\"reason\":\"kicked\"");
        }
        assertThat(request("DELETE /connections", admin(), "")).startsWith("HTTP/1.1 400");
        await().until(() -> server.hub().connectionCount() == 0);
    }

    @Test
    void topicsWhereTheHubsOwnEventsAreCannotBePublished() throws IOException {
        for (String topic : List.of(
                "/.well-known/mercure/subscriptions/a/b",
                "/.well-known/%6dercure/subscriptions",
                "https://elsewhere.example/.well-known/mercure",
                "/a/../.well-known/mercure/x",
                "/%2ewell-known/mercure/x",
                "\\\\.well-known\\\\mercure\\\\x")) {
            assertThat(publish(admin(), "{\"topic\":\"" + topic + "\"}"))
                    .as(topic)
                    .startsWith("HTTP/1.1 400");
        }
        assertThat(publish(admin(), "{\"topic\":\"/.well-known/other\"}")).contains("200 OK");
    }
}
