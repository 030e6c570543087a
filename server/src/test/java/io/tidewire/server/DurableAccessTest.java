package io.tidewire.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.auth.Algorithm;
import io.tidewire.auth.Dialect;
import io.tidewire.auth.Keys;
import io.tidewire.auth.SigningKey;
import io.tidewire.auth.TokenIssuer;
import io.tidewire.auth.TokenVerifier;
import io.tidewire.auth.TrustedIssuer;
import io.tidewire.stream.Abandonment;
import io.tidewire.stream.StreamSpec;
import io.tidewire.stream.TokenStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may read and write streams, with tokens. */
class DurableAccessTest {
    private static final String SECRET = "a secret of more than thirty-two bytes";

    private final Tidewire server = Tidewire.builder()
            .port(0)
            .threads(1)
            .corsOrigins(List.of("https://app.example"))
            .authentication(Authentication.tokens(TokenVerifier.builder()
                    .trust(TrustedIssuer.unnamed()
                            .keys(Keys.secret(SECRET, Algorithm.HS256))
                            .dialects(Dialect.MERCURE_0X)
                            .build())
                    .build()))
            .start();

    @AfterEach
    void stop() {
        server.close();
    }

    private static String bearer(TokenIssuer.Builder token) {
        return "Authorization: Bearer "
                + token.dialect(Dialect.MERCURE_0X).build().issue() + "\r\n";
    }

    private static TokenIssuer.Builder token() {
        return TokenIssuer.with(SigningKey.secret(SECRET, Algorithm.HS256));
    }

    private static String user(String name) {
        return bearer(token().subject(name).subscribe("news"));
    }

    private int status(String line, String fields) throws IOException {
        return Integer.parseInt(answer(line, fields).split(" ")[1]);
    }

    private String answer(String line, String fields) throws IOException {
        try (RawClient client = new RawClient(server.port())) {
            return client.send(line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/plain\r\n"
                            + fields + "Content-Length: 0\r\n\r\n")
                    .toEnd();
        }
    }

    @Test
    void writingNeedsAGrantForTheStream() throws IOException {
        assertThat(status("PUT /streams/a/b", "")).isEqualTo(401);
        assertThat(status("PUT /streams/a/b", bearer(token().publish("/streams/other"))))
                .isEqualTo(403);
        String writer = bearer(token().publish("/streams/a/b"));
        assertThat(status("PUT /streams/a/b", writer)).isEqualTo(201);
        assertThat(status("POST /streams/a/b", user("bob") + "Stream-Closed: true\r\n"))
                .isEqualTo(403);
        assertThat(status("DELETE /streams/a/b", user("bob"))).isEqualTo(403);
        assertThat(status("DELETE /streams/nobodys", user("bob"))).isEqualTo(403);
        assertThat(status("POST /streams/a/b", writer + "Stream-Closed: true\r\n"))
                .isEqualTo(204);
        assertThat(status("DELETE /streams/a/b", writer)).isEqualTo(204);
    }

    @Test
    void readingIsForTheOwnerAndThoseWithAGrant() throws IOException {
        String writer = bearer(token().publish("/streams/a"));
        assertThat(status("PUT /streams/a", writer + "Tidewire-Owner: alice\r\n"))
                .isEqualTo(201);
        for (String method : List.of("GET", "HEAD")) {
            assertThat(status(method + " /streams/a", "")).isEqualTo(401);
            assertThat(status(method + " /streams/a", user("bob"))).isEqualTo(404);
            assertThat(status(method + " /streams/a", user("bob") + "If-None-Match: *\r\n"))
                    .isEqualTo(404);
            assertThat(status(method + " /streams/a", user("alice"))).isEqualTo(200);
            assertThat(status(method + " /streams/a", writer)).isEqualTo(200);
            assertThat(status(method + " /streams/a", bearer(token().subscribe("/streams/a"))))
                    .isEqualTo(200);
        }
    }

    @Test
    void whatTheHubKeepsForItselfIsNotServedAsAStream() throws IOException {
        String everything = bearer(token().publish("*").subscribe("*"));
        String task = server.hub().tasks().start("Export", "alice").id();
        for (String method : List.of("GET", "HEAD", "PUT", "POST", "DELETE")) {
            assertThat(status(method + " /streams/tasks/" + task, everything)).isEqualTo(404);
            assertThat(status(method + " /streams/llm-key/x", everything)).isEqualTo(404);
        }
    }

    @Test
    void theOwnerOfAnAnswerStopsItWithoutAGrant() throws IOException {
        StreamSpec spec = StreamSpec.of(TokenStream.CONTENT_TYPE).with(StreamSpec.OWNER, "alice");
        TokenStream answer = server.hub().streams().open("answers/1", spec, Abandonment.GO_ON);
        assertThat(answer.opened().toCompletableFuture()).succeedsWithin(Duration.ofSeconds(5));
        assertThat(status("DELETE /streams/answers/1", user("bob"))).isEqualTo(403);
        assertThat(answer.isStopped()).isFalse();
        assertThat(status("DELETE /streams/answers/1", user("alice"))).isEqualTo(204);
        assertThat(answer.stopped().toCompletableFuture()).succeedsWithin(Duration.ofSeconds(5));
    }

    @Test
    void pagesOfAllowedSitesSeeTheFields() throws IOException {
        String answer = answer("GET /streams/x", "Origin: https://app.example\r\n" + user("bob"));
        assertThat(answer).contains("Stream-Next-Offset", "Stream-Up-To-Date", "Producer-Expected-Seq");
        assertThat(answer(
                        "OPTIONS /streams/x", "Origin: https://app.example\r\nAccess-Control-Request-Method: PUT\r\n"))
                .contains("If-None-Match", "Stream-TTL", "Producer-Id", "Tidewire-Owner");
    }
}
