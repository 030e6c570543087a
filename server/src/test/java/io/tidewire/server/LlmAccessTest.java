package io.tidewire.server;

import static io.tidewire.server.LlmFixture.CHAT;
import static io.tidewire.server.LlmFixture.HELLO;
import static io.tidewire.server.LlmFixture.post;
import static io.tidewire.server.LlmFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.auth.Algorithm;
import io.tidewire.auth.Dialect;
import io.tidewire.auth.Keys;
import io.tidewire.auth.SigningKey;
import io.tidewire.auth.TokenIssuer;
import io.tidewire.auth.TokenVerifier;
import io.tidewire.auth.TrustedIssuer;
import io.tidewire.llm.UpstreamKey;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whose credentials are whose, when the hub has tokens and the upstream has keys. */
class LlmAccessTest {
    private static final String SECRET = "a secret of more than thirty-two bytes";
    private static final String ECHO = "/llm/model/echo";

    private final LlmFixture llm = new LlmFixture();
    private final Authentication tokens = Authentication.tokens(TokenVerifier.builder()
            .trust(TrustedIssuer.unnamed()
                    .keys(Keys.secret(SECRET, Algorithm.HS256))
                    .dialects(Dialect.MERCURE_0X)
                    .build())
            .build());
    private final Tidewire clientsKeys = hub(tokens, llm.config());
    private final Tidewire ourKey = hub(tokens, keyed());

    private LlmConfig keyed() {
        return LlmConfig.of(List.of(
                LlmUpstream.of(llm.target().withKey(UpstreamKey.of("Authorization: Bearer {key}", "sk-ours")))));
    }

    private static Tidewire hub(Authentication rules, LlmConfig config) {
        return Tidewire.builder()
                .port(0)
                .threads(1)
                .authentication(rules)
                .llm(config)
                .start();
    }

    @AfterEach
    void stop() {
        clientsKeys.close();
        ourKey.close();
        llm.close();
    }

    private static String token(String user, String... publish) {
        TokenIssuer.Builder token = TokenIssuer.with(SigningKey.secret(SECRET, Algorithm.HS256))
                .dialect(Dialect.MERCURE_0X)
                .subject(user);
        for (String topic : publish) {
            token.publish(topic);
        }
        return token.build().issue();
    }

    private int status(Tidewire hub, String... headers) throws Exception {
        return llm.get(hub, ECHO, headers).statusCode();
    }

    @Test
    void openingNeedsAGrantForTheUpstream() throws Exception {
        assertThat(status(clientsKeys)).isEqualTo(401);
        assertThat(status(clientsKeys, "Authorization", "Bearer sk-mine")).isEqualTo(401);
        assertThat(status(clientsKeys, "Tidewire-Token", "nonsense")).isEqualTo(401);
        assertThat(status(clientsKeys, "Tidewire-Token", token("alice", "news")))
                .isEqualTo(403);
        assertThat(status(clientsKeys, "Tidewire-Token", token("alice", "/llm/model")))
                .isEqualTo(200);
    }

    @Test
    void theClientsKeyGoesUpstreamAndItsTokenDoesNot() throws Exception {
        String token = token("alice", "/llm/model");
        HttpResponse<String> echo =
                llm.get(clientsKeys, ECHO, "Authorization", "Bearer sk-mine", "Tidewire-Token", token);
        assertThat(echo.body()).contains("Bearer sk-mine").doesNotContain(token);
    }

    @Test
    void whereTheKeyIsOursTheTokenComesAsTheSdksKey() throws Exception {
        String token = token("alice", "/llm/model");
        for (String[] headers : List.of(
                new String[] {"Authorization", "Bearer " + token},
                new String[] {"x-api-key", token},
                new String[] {"Tidewire-Token", token},
                new String[] {"Cookie", "mercureAuthorization=" + token})) {
            HttpResponse<String> echo = llm.get(ourKey, ECHO, headers);
            assertThat(echo.statusCode()).as(headers[0]).isEqualTo(200);
            assertThat(echo.body()).contains("Bearer sk-ours").doesNotContain(token);
        }
        assertThat(status(ourKey, "Authorization", "Bearer sk-any")).isEqualTo(401);
    }

    @Test
    void onlyTheTokensUserReadsAndStops() throws Exception {
        String alice = token("alice", "/llm/model");
        String bob = token("bob", "/llm/model", "*");
        String place = llm.send(post(ourKey, CHAT, HELLO, "Authorization", "Bearer " + alice))
                .headers()
                .firstValue("Location")
                .orElseThrow();
        assertThat(llm.get(ourKey, place, "Authorization", "Bearer " + alice).statusCode())
                .isEqualTo(200);
        assertThat(llm.get(ourKey, place, "Tidewire-Token", bob).statusCode()).isEqualTo(404);
        assertThat(llm.delete(ourKey, place, "Tidewire-Token", bob).statusCode())
                .isEqualTo(404);
        assertThat(llm.send(request(ourKey, place).build()).statusCode()).isEqualTo(404);
    }

    @Test
    void whereNoTokenIsNeededAnSdksKeyNeedNotBeOne() throws Exception {
        try (Tidewire open = hub(tokens.withAnonymousPublish(true), keyed())) {
            assertThat(status(open, "Authorization", "Bearer sk-any")).isEqualTo(200);
            assertThat(status(open, "x-api-key", "sk-any")).isEqualTo(200);
            assertThat(status(open, "Tidewire-Token", "sk-any")).isEqualTo(401);
        }
    }
}
