package io.tidewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tidewire.auth.Algorithm;
import io.tidewire.auth.Identity;
import io.tidewire.auth.Keys;
import io.tidewire.auth.SigningKey;
import io.tidewire.auth.TokenException;
import io.tidewire.auth.TokenIssuer;
import io.tidewire.auth.TokenVerifier;
import io.tidewire.auth.TrustedIssuer;
import io.tidewire.server.HookReceiver.Received;
import io.tidewire.server.HookReceiver.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an application is asked, and what becomes of its answers. */
class ExternalAuthorizerTest {
    private static final RequestHead HEAD = new RequestHead(
            "GET", "/events", Map.of(), Map.of("cookie", "sid=1", "x-tenant", "acme", "x-other", "o"), "10.0.0.7");

    private final HookReceiver application = new HookReceiver();
    private final HandClock clock = new HandClock();

    @AfterEach
    void stop() {
        application.close();
    }

    private ExternalAuthorizer.Builder builder() {
        return ExternalAuthorizer.builder(application.uri(), HookReceiver.SECRET)
                .clock(clock);
    }

    private static Identity identity(CompletionStage<Identity> stage) {
        return stage.toCompletableFuture().join();
    }

    private static TokenException.Kind refusal(CompletionStage<Identity> stage) {
        try {
            throw new AssertionError("allowed: " + identity(stage));
        } catch (CompletionException e) {
            assertThat(e).hasCauseInstanceOf(TokenException.class);
            return e.getCause() instanceof TokenException why ? why.kind() : TokenException.Kind.MALFORMED;
        }
    }

    // --- the question

    @Test
    void questionHoldsTheTokenAndWhatWasChosenAndIsSigned() throws Exception {
        application.reply(Reply.json("{}"));
        ExternalAuthorizer authorizer = ExternalAuthorizer.builder(application.uri(), HookReceiver.SECRET)
                .headers(List.of("X-Tenant", "X-Absent"))
                .build();
        identity(authorizer.authenticate("opaque", HEAD));
        Received asked = application.received().get(0);
        assertThat(asked.body())
                .isEqualTo("{\"token\":\"opaque\",\"method\":\"GET\",\"path\":\"/events\",\"remote\":\"10.0.0.7\","
                        + "\"headers\":{\"x-tenant\":\"acme\"}}");
        assertThat(SignatureExample.isAuthentic(
                        HookReceiver.SECRET.getBytes(StandardCharsets.UTF_8),
                        asked.id(),
                        asked.timestamp(),
                        asked.signature(),
                        asked.body().getBytes(StandardCharsets.UTF_8)))
                .isTrue();
    }

    @Test
    void plaintextShortSecretsAndTheAuthorizationFieldAreRefused() {
        assertThatThrownBy(() -> ExternalAuthorizer.builder(
                                java.net.URI.create("http://app.example/"), HookReceiver.SECRET)
                        .build())
                .hasMessageContaining("authorize.url");
        assertThatThrownBy(() ->
                        ExternalAuthorizer.builder(application.uri(), "short").build())
                .hasMessageContaining("authorize.secret: 5 bytes");
        assertThatThrownBy(() -> builder().headers(List.of("Authorization"))).hasMessageContaining("authorize.headers");
    }

    // --- the answer

    @Test
    void allowedIsWhomTheAnswerSays() {
        application.reply(Reply.json("{'user':'ann','subscribe':['orders/*'],'publish':['chat'],"
                + "'expiresAt':'2026-03-01T14:00:00.7+01:00','tokenId':'s-1','more':true}"));
        Identity ann = identity(builder().build().authenticate("t", HEAD));
        assertThat(ann.subject()).isEqualTo("ann");
        assertThat(ann.tokenId()).isEqualTo("s-1");
        assertThat(ann.expiry()).isEqualTo(Instant.parse("2026-03-01T13:00:00Z"));
        assertThat(ann.subscribe()).extracting("match").containsExactly("orders/*");
        assertThat(ann.publish()).extracting("match").containsExactly("chat");
    }

    @Test
    void expiryMayBeInSeconds() {
        application.reply(Reply.json("{'expiresAt':1900000000}"));
        Identity somebody = identity(builder().build().authenticate("t", HEAD));
        assertThat(somebody.expiry()).isEqualTo(Instant.ofEpochSecond(1_900_000_000));
        assertThat(somebody.subject()).isNull();
        assertThat(somebody.tokenId()).startsWith("sha256:");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void refusalRefuses(int status) {
        application.reply(Reply.of(status));
        assertThat(refusal(builder().build().authenticate("t", HEAD))).isEqualTo(TokenException.Kind.INVALID);
    }

    @Test
    void whatHasExpiredIsRefused() {
        application.reply(Reply.json("{'expiresAt':'2026-03-01T12:00:00Z'}"));
        assertThat(refusal(builder().build().authenticate("t", HEAD))).isEqualTo(TokenException.Kind.INVALID);
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 204, 302, 400, 404, 429, 500, 503})
    void everyOtherStatusLetsNobodyInAndIsNotKept(int status) {
        application.reply(Reply.of(status), Reply.json("{}"));
        ExternalAuthorizer authorizer = builder().build();
        assertThat(refusal(authorizer.authenticate("t", HEAD))).isEqualTo(TokenException.Kind.KEYS_UNAVAILABLE);
        identity(authorizer.authenticate("t", HEAD));
        assertThat(authorizer.count(HookCounter.AUTHORIZE_FAILED)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "true",
                "<html>",
                "{",
                "{}{}",
                "{'user':1}",
                "{'user':''}",
                "{'user':'a','user':'b'}",
                "{'subscribe':'*'}",
                "{'subscribe':[1]}",
                "{'publish':{}}",
                "{'publish':['']}",
                "{'expiresAt':'soon'}",
                "{'expiresAt':1.5}",
                "{'expiresAt':1e400}",
                "{'expiresAt':99999999999999999}",
                "{'cacheSeconds':-1}",
                "{'cacheSeconds':'5'}",
                "{'tokenId':[]}"
            })
    void garbageLetsNobodyIn(String answer) {
        application.reply(Reply.json(answer));
        assertThat(refusal(builder().build().authenticate("t", HEAD))).isEqualTo(TokenException.Kind.KEYS_UNAVAILABLE);
    }

    @Test
    void hugeAnswerLetsNobodyIn() {
        application.reply(Reply.json("{'user':'" + "x".repeat(100_000) + "'}"));
        assertThat(refusal(builder().build().authenticate("t", HEAD))).isEqualTo(TokenException.Kind.KEYS_UNAVAILABLE);
    }

    @Test
    void slowAnswerLetsNobodyIn() {
        application.reply(request -> application.stall());
        assertThat(refusal(builder().timeout(Duration.ofMillis(100)).build().authenticate("t", HEAD)))
                .isEqualTo(TokenException.Kind.KEYS_UNAVAILABLE);
    }

    @Test
    void nobodyThereLetsNobodyIn() {
        application.close();
        assertThat(refusal(builder().build().authenticate("t", HEAD))).isEqualTo(TokenException.Kind.KEYS_UNAVAILABLE);
    }

    // --- how often

    @Test
    void answerIsKeptForAsLongAsItSays() {
        application.reply(Reply.json("{'user':'ann','cacheSeconds':60}"));
        ExternalAuthorizer authorizer = builder().build();
        identity(authorizer.authenticate("t", HEAD));
        clock.advance(Duration.ofSeconds(59));
        identity(authorizer.authenticate("t", HEAD));
        assertThat(application.received()).hasSize(1);
        assertThat(authorizer.count(HookCounter.AUTHORIZE_CACHE_HITS)).isEqualTo(1);
        clock.advance(Duration.ofSeconds(1));
        identity(authorizer.authenticate("t", HEAD));
        assertThat(application.received()).hasSize(2);
    }

    @Test
    void answerIsNotKeptBeyondTheLongestNorItsExpiry() {
        application.reply(
                Reply.json("{'cacheSeconds':86400}"),
                Reply.json(
                        "{'cacheSeconds':86400,'expiresAt':'" + clock.instant().plusSeconds(65) + "'}"),
                Reply.of(401));
        ExternalAuthorizer authorizer = builder()
                .cacheFor(Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofSeconds(1))
                .build();
        identity(authorizer.authenticate("t", HEAD));
        clock.advance(Duration.ofSeconds(60));
        identity(authorizer.authenticate("t", HEAD));
        clock.advance(Duration.ofSeconds(5));
        assertThat(refusal(authorizer.authenticate("t", HEAD))).isEqualTo(TokenException.Kind.INVALID);
    }

    @Test
    void refusalIsKeptShortly() {
        application.reply(Reply.of(401), Reply.json("{}"));
        ExternalAuthorizer authorizer = builder().build();
        refusal(authorizer.authenticate("t", HEAD));
        refusal(authorizer.authenticate("t", HEAD));
        assertThat(application.received()).hasSize(1);
        clock.advance(Duration.ofSeconds(5));
        identity(authorizer.authenticate("t", HEAD));
        assertThat(authorizer.count(HookCounter.AUTHORIZE_REFUSED)).isEqualTo(1);
    }

    @Test
    void whatElseWasSentIsPartOfTheQuestion() {
        application.reply(Reply.json("{}"));
        ExternalAuthorizer authorizer = builder().build();
        identity(authorizer.authenticate("t", HEAD));
        identity(authorizer.authenticate("t", new RequestHead("GET", "/other", Map.of(), Map.of(), "10.0.0.7")));
        identity(authorizer.authenticate("t", new RequestHead("GET", "/events", Map.of(), Map.of(), "10.0.0.8")));
        identity(authorizer.authenticate("u", HEAD));
        assertThat(application.received()).hasSize(4);
    }

    @Test
    void cacheIsBoundedAndTheLeastUsedGoes() {
        application.reply(Reply.json("{}"));
        ExternalAuthorizer authorizer = builder().cacheEntries(2).build();
        for (String token : List.of("a", "b", "a", "c", "a", "b")) {
            identity(authorizer.authenticate(token, HEAD));
        }
        assertThat(application.received()).hasSize(4);
    }

    @Test
    void whoAsksMeanwhileWaitsForTheSameAnswer() {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        application.reply(request -> reply.join());
        ExternalAuthorizer authorizer = builder().build();
        List<CompletionStage<Identity>> answers = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            answers.add(authorizer.authenticate("t", HEAD));
        }
        reply.complete(Reply.json("{'user':'ann'}"));
        answers.forEach(each -> assertThat(identity(each).subject()).isEqualTo("ann"));
        assertThat(application.received()).hasSize(1);
        assertThat(authorizer.count(HookCounter.AUTHORIZE_CALLS)).isEqualTo(1);
        assertThat(authorizer.count(HookCounter.AUTHORIZE_JOINED)).isEqualTo(999);
    }

    @Test
    void callsAreBoundedAndSoAreThoseThatWait() {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        application.reply(request -> reply.join());
        ExternalAuthorizer authorizer = builder().calls(2, 3).build();
        List<CompletionStage<Identity>> answers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            answers.add(authorizer.authenticate("t" + i, HEAD));
        }
        assertThat(refusal(authorizer.authenticate("t5", HEAD))).isEqualTo(TokenException.Kind.KEYS_UNAVAILABLE);
        await().until(() -> application.received().size() == 2);
        reply.complete(Reply.json("{}"));
        answers.forEach(ExternalAuthorizerTest::identity);
        assertThat(application.atOnce()).isEqualTo(2);
    }

    // --- beside JWT

    @Test
    void onlyWhatIsNoJwtAtAllGoesToTheApplication() {
        application.reply(Reply.json("{'user':'from the application'}"));
        String secret = "x".repeat(32);
        TokenVerifier verifier = TokenVerifier.builder()
                .trust(TrustedIssuer.unnamed()
                        .keys(Keys.secret(secret, Algorithm.HS256))
                        .build())
                .build();
        ExternalAuthorizer external = builder().credentials(List.of("Cookie")).build();
        Authenticator both = Authenticator.firstOf((token, head) -> verifier.verify(token), external);
        assertThat(both.credentials()).containsExactly("cookie");
        String good = TokenIssuer.with(SigningKey.secret(secret, Algorithm.HS256))
                .subject("from the token")
                .build()
                .issue();
        String forged = TokenIssuer.with(SigningKey.secret("y".repeat(32), Algorithm.HS256))
                .build()
                .issue();
        assertThat(identity(both.authenticate(good, HEAD)).subject()).isEqualTo("from the token");
        assertThat(refusal(both.authenticate(forged, HEAD))).isEqualTo(TokenException.Kind.INVALID);
        assertThat(application.received()).isEmpty();
        assertThat(identity(both.authenticate("opaque", HEAD)).subject()).isEqualTo("from the application");
        assertThat(identity(both.authenticate("", HEAD)).subject()).isEqualTo("from the application");
        assertThat(application.received().get(1).body()).contains("\"token\":null", "\"cookie\":\"sid=1\"");
    }
}
