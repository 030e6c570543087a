package io.tidewire.server;

import static io.tidewire.server.MercureFixture.PATH;
import static io.tidewire.server.MercureFixture.SITE;
import static io.tidewire.server.MercureFixture.access;
import static io.tidewire.server.MercureFixture.all;
import static io.tidewire.server.MercureFixture.allOld;
import static io.tidewire.server.MercureFixture.bearer;
import static io.tidewire.server.MercureFixture.encode;
import static io.tidewire.server.MercureFixture.old;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidewire.auth.TokenIssuer;
import io.tidewire.hub.CloseReason;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Draft-08, "Authorization" with its sections; for 0.x what its deployed hubs do. */
class MercureAuthorizationTest {
    private static final String METADATA =
            "resource_metadata=\"https://hub.example.com/.well-known/oauth-protected-resource/.well-known/mercure\"";

    private final MercureFixture hub = new MercureFixture();

    @AfterEach
    void stop() throws IOException {
        hub.close();
    }

    private static String cookie(String name, TokenIssuer.Builder token) {
        return "Cookie: other=1; " + name + "=" + token.build().issue() + "\r\n";
    }

    // "Error Responses": no token, one needed
    @Test
    void challengeWithoutATokenNamesTheMetadataAndNoError() throws IOException {
        assertThat(hub.publish("topic=a", ""))
                .startsWith("HTTP/1.1 401")
                .contains("WWW-Authenticate: Bearer " + METADATA)
                .doesNotContain("error=");
        try (MercureFixture closed = new MercureFixture(
                b -> b.authentication(MercureFixture.authentication().withAnonymousSubscribe(false)))) {
            assertThat(closed.get(PATH + "?match=a")).startsWith("HTTP/1.1 401").contains(METADATA);
            assertThat(closed.get(PATH + "?topic=a")).startsWith("HTTP/1.1 401");
            closed.stream("match=a", bearer(access()));
        }
    }

    // "Error Responses": a token that is not valid; and it is not said why
    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "a.b.c", "eyJhbGciOiJub25lIn0.e30."})
    void badTokenIsInvalid(String token) throws IOException {
        assertThat(hub.get(PATH + "?match=a", "Authorization: Bearer " + token + "\r\n"))
                .startsWith("HTTP/1.1 401")
                .contains("WWW-Authenticate: Bearer error=\"invalid_token\"")
                .contains("token: not valid here");
    }

    // "Error Responses": malformed presentation
    @Test
    void malformedPresentationIsABadRequest() throws IOException {
        assertThat(hub.get(PATH + "?match=a", "Authorization: Basic YTpi\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("Bearer error=\"invalid_request\"");
        assertThat(hub.get(PATH + "?match=a", all(), all())).startsWith("HTTP/1.1 400");
    }

    // "Publishers": a grant on every topic
    @Test
    void publisherNeedsAGrantForEveryTopic() throws IOException {
        String token = bearer(access().publish("a").publishPatterns("/books/:id"));
        assertThat(hub.publish("topic=a&topic=%2Fbooks%2F1", token)).startsWith("HTTP/1.1 200");
        assertThat(hub.publish("topic=a&topic=b", token))
                .startsWith("HTTP/1.1 403")
                .contains("WWW-Authenticate: Bearer error=\"insufficient_scope\"");
        assertThat(hub.publish("topic=a", bearer(access().subscribe("*")))).startsWith("HTTP/1.1 403");
    }

    // A.0: deployed hubs answer 401 to everything
    @Test
    void deployedVersionAnswers401WithoutAGrant() throws IOException {
        String token = bearer(old().publish("a", "https://ex.com/{id}"));
        assertThat(hub.publish("topic=a&topic=https%3A%2F%2Fex.com%2F1", token)).startsWith("HTTP/1.1 200");
        assertThat(hub.publish("topic=a&topic=b", token)).startsWith("HTTP/1.1 401");
        assertThat(hub.publish("topic=a", bearer(old().subscribe("*")))).startsWith("HTTP/1.1 401");
    }

    // "Subscribers": one grant on any topic is enough, and what is listened to grants nothing
    @Test
    void privateUpdateNeedsAGrantForOneOfItsTopics() throws IOException {
        RawClient granted = hub.stream("match=*", bearer(access().subscribe("b")));
        RawClient oldGranted = hub.stream("topic=*", bearer(old().subscribe("{x}")));
        RawClient other = hub.stream("match=*", bearer(access().subscribe("c")));
        RawClient anonymous = hub.stream("match=*");
        hub.publish("topic=a&topic=b&data=secret&private=on");
        granted.until("data: secret\n\n");
        oldGranted.until("data: secret\n\n");
        assertThat(hub.upToMark(other, "m")).doesNotContain("secret");
        assertThat(hub.upToMark(anonymous, "m")).doesNotContain("secret");
    }

    // "Subscribers": the token's end is the stream's
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void streamEndsWithItsToken(boolean draft08) throws IOException {
        Duration life = Duration.ofSeconds(2);
        RawClient stream = draft08
                ? hub.stream("match=a", bearer(access().expiresAfter(life)))
                : hub.stream("topic=a", bearer(old().expiresAfter(life)));
        assertThat(stream.toEnd()).doesNotContain("closing");
        assertThat(hub.server.hub().closed(CloseReason.TOKEN_EXPIRED)).isEqualTo(1);
    }

    // "Subscribers": a maximum lifetime beside it
    @Test
    void streamHasAMaximumLifetime() throws IOException {
        try (MercureFixture brief = new MercureFixture(b -> b.hubConfig(io.tidewire.hub.HubConfig.defaults()
                .withKeepAlive(Duration.ofMillis(100))
                .withMaxAge(Duration.ofMillis(300))))) {
            assertThat(brief.stream("match=a").toEnd()).doesNotContain("event:");
        }
    }

    // "Authorization HTTP Header": T1
    @Test
    void headerWinsOverTheCookieAndItsSchemeHasNoCase() throws IOException {
        String weak = cookie("__Secure-mercure_access_token", access());
        assertThat(hub.publish("topic=a", all().replace("Bearer", "bEARER"), weak))
                .startsWith("HTTP/1.1 200");
        assertThat(hub.publish(
                        "topic=a",
                        "Authorization: Bearer nonsense\r\n",
                        cookie("__Secure-mercure_access_token", access().publish("*"))))
                .startsWith("HTTP/1.1 401");
    }

    // "Cookie": T2, both versions' names and a configured one
    @Test
    void cookiesOfBothVersionsAreTaken() throws IOException {
        RawClient stream = hub.stream("match=a", cookie("__Secure-mercure_access_token", access().subscribe("a")));
        RawClient oldStream = hub.stream("topic=a", cookie("mercureAuthorization", old().subscribe("a")));
        hub.publish("topic=a&data=secret&private");
        stream.until("data: secret\n\n");
        oldStream.until("data: secret\n\n");
        try (MercureFixture named =
                new MercureFixture(b -> b.mercure(MercureConfig.defaults().withCookie("hub_token")))) {
            RawClient own = named.stream("match=a", cookie("hub_token", access().subscribe("a")));
            named.publish("topic=a&data=secret&private");
            own.until("data: secret\n\n");
        }
    }

    // T4: a cross-site POST with a cookie
    @Test
    void publishWithACookieMustComeFromAnAllowedSite() throws IOException {
        String cookie = cookie("__Secure-mercure_access_token", access().publish("*"));
        assertThat(hub.publish("topic=a", cookie, "Origin: " + SITE + "\r\n")).startsWith("HTTP/1.1 200");
        assertThat(hub.publish("topic=a", cookie, "Referer: " + SITE + "/page\r\n"))
                .startsWith("HTTP/1.1 200");
        assertThat(hub.publish("topic=a", cookie, "Origin: https://evil.example.com\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(hub.publish("topic=a", cookie, "Origin: null\r\n")).startsWith("HTTP/1.1 403");
        assertThat(hub.publish("topic=a", cookie)).startsWith("HTTP/1.1 403");
        assertThat(hub.request("QUERY", PATH, "match_=1", cookie)).startsWith("HTTP/1.1 400"); // safe: let in
    }

    // T3: no token in the query, of whatever name, even where the deployed version takes it
    @Test
    void tokenInTheQueryIsForTheDeployedVersionOnly() throws IOException {
        String token = access().subscribe("*").build().issue();
        String oldToken = old().subscribe("*").publish("*").build().issue();
        assertThat(hub.get(PATH + "?match=a&access_token=" + token))
                .startsWith("HTTP/1.1 400")
                .contains("Bearer error=\"invalid_request\"");
        try (MercureFixture lax = new MercureFixture(
                b -> b.authentication(MercureFixture.authentication().withQueryAllowed(true)))) {
            assertThat(lax.get(PATH + "?match=a&access_token=" + token)).startsWith("HTTP/1.1 400");
            assertThat(lax.get(PATH + "?match=a&authorization=" + oldToken)).startsWith("HTTP/1.1 4");
            assertThat(lax.request("POST", PATH + "?access_token=" + token, "topic=a"))
                    .startsWith("HTTP/1.1 400");
            RawClient stream = lax.stream("topic=a&authorization=" + oldToken);
            lax.publish("topic=a&data=secret&private");
            stream.until("data: secret\n\n");
        }
    }

    // V1: each version has its own tokens, unless it is allowed otherwise
    @Test
    void tokensOfOneVersionAreNotForTheOther() throws IOException {
        assertThat(hub.get(PATH + "?match=a", allOld()))
                .startsWith("HTTP/1.1 401")
                .contains("invalid_token");
        assertThat(hub.get(PATH + "?topic=a", all())).startsWith("HTTP/1.1 401");
        try (MercureFixture mixed =
                new MercureFixture(b -> b.mercure(MercureConfig.defaults().withMixedTokens(true)))) {
            RawClient stream = mixed.stream("topic=a", all());
            RawClient other = mixed.stream("match=a", allOld());
            mixed.publish("topic=a&data=secret&private");
            stream.until("data: secret\n\n");
            other.until("data: secret\n\n");
        }
    }

    // "Topic Matcher List": one malformed pattern rejects the token
    @Test
    void tokenWithAMalformedPatternIsInvalid() throws IOException {
        assertThat(hub.publish("topic=a", bearer(access().publish("a").publishPatterns("https://["))))
                .startsWith("HTTP/1.1 401")
                .contains("invalid_token");
    }

    // "Authorization", note: a hub on a trusted network may do without
    @Test
    void hubWithoutAuthenticationTakesPublishersAndListsSubscriptions() throws IOException {
        try (Tidewire open = Tidewire.builder()
                        .port(0)
                        .mercure(MercureConfig.defaults())
                        .start();
                RawClient stream = new RawClient(open.port());
                RawClient publisher = new RawClient(open.port());
                RawClient reader = new RawClient(open.port())) {
            stream.send("GET " + PATH + "?topic=a HTTP/1.1\r\nHost: x\r\n\r\n").until(":\n\n");
            publisher
                    .send("POST " + PATH + " HTTP/1.1\r\nHost: x\r\nContent-Length: 14\r\n"
                            + "Content-Type: application/x-www-form-urlencoded\r\n\r\ntopic=a&data=x")
                    .until("200 OK");
            stream.until("data: x\n\n");
            assertThat(reader.send("GET " + PATH + "/subscriptions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                    + "Accept: application/ld+json\r\n\r\n")
                            .toEnd())
                    .contains("\r\nLink: </.well-known/mercure>; rel=\"mercure\"\r\n", "\"topic\":\"a\"");
        }
    }

    // "Protected Resource Metadata" (RFC 9728)
    @Test
    void metadataTellsWhatAClientNeeds() throws IOException {
        assertThat(hub.get("/.well-known/oauth-protected-resource/.well-known/mercure"))
                .startsWith("HTTP/1.1 200")
                .contains("Content-Type: application/json")
                .endsWith("{\"resource\":\"https://hub.example.com/.well-known/mercure\","
                        + "\"bearer_methods_supported\":[\"header\"],"
                        + "\"authorization_details_types_supported\":[\"https://mercure.rocks/authorization-detail\"],"
                        + "\"mercure_cookie\":true,\"mercure_subscriptions\":true}");
        try (MercureFixture old =
                new MercureFixture(b -> b.mercure(MercureConfig.defaults().withVersions(false, true)))) {
            assertThat(old.get("/.well-known/oauth-protected-resource/.well-known/mercure"))
                    .startsWith("HTTP/1.1 404");
        }
    }

    // C1, R7
    @Test
    void allowedSiteMaySendCredentialsAndReadTheHeaders() throws IOException {
        assertThat(hub.stream("match=a&last_event_id=earliest", "Origin: " + SITE + "\r\n")
                        .until("\r\n\r\n"))
                .contains("Access-Control-Allow-Origin: " + SITE + "\r\n", "Access-Control-Allow-Credentials: true\r\n")
                .containsPattern("Access-Control-Expose-Headers: [^\r]*Link[^\r]*Mercure-Last-Event-ID")
                .contains("Vary: Origin\r\n");
        assertThat(hub.stream("match=a", "Origin: https://evil.example.com\r\n").until("\r\n\r\n"))
                .doesNotContain("Access-Control-Allow");
        assertThat(hub.request(
                        "OPTIONS",
                        PATH + "?" + encode("match") + "=a",
                        "",
                        "Origin: " + SITE + "\r\n",
                        "Access-Control-Request-Method: QUERY\r\n"))
                .startsWith("HTTP/1.1 204")
                .containsPattern("Access-Control-Allow-Methods: [^\r]*QUERY")
                .containsPattern("Access-Control-Allow-Headers: [^\r]*Authorization[^\r]*Last-Event-ID");
    }

    // A.10 and S11 together: a stream that ends leaves nothing behind
    @Test
    void endedStreamsAreForgotten() throws IOException {
        RawClient stream = hub.stream("match=a");
        stream.reset();
        await().until(() -> hub.server.hub().connectionCount() == 0);
        assertThat(hub.get(PATH + "/subscriptions", all())).contains("\"subscriptions\":[]");
    }
}
