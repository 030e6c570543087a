package io.tidewire.server;

import io.tidewire.auth.Algorithm;
import io.tidewire.auth.Dialect;
import io.tidewire.auth.Keys;
import io.tidewire.auth.SigningKey;
import io.tidewire.auth.TokenIssuer;
import io.tidewire.auth.TokenVerifier;
import io.tidewire.auth.TrustedIssuer;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Mercure hub that takes tokens of both versions, each from an issuer of its own, and clients that talk to it over sockets. */
final class MercureFixture implements AutoCloseable {
    static final String PATH = "/.well-known/mercure";
    static final String AUDIENCE = "https://hub.example.com" + PATH;
    static final String ISSUER = "https://issuer.example.com";
    static final String SITE = "https://app.example.com";
    static final SigningKey OLD_KEY = SigningKey.secret("the deployed version's secret, long enough", Algorithm.HS256);
    static final SigningKey KEY = SigningKey.secret("the secret of draft-08, long enough as well", Algorithm.HS256);

    final Tidewire server;
    private final List<RawClient> clients = new ArrayList<>();

    MercureFixture() {
        this(builder -> builder);
    }

    MercureFixture(UnaryOperator<TidewireBuilder> change) {
        server = change.apply(builder()).start();
    }

    static TidewireBuilder builder() {
        return Tidewire.builder()
                .port(0)
                .threads(2)
                .publicUrl(URI.create("https://hub.example.com"))
                .corsOrigins(List.of(SITE))
                .authentication(authentication())
                .mercure(MercureConfig.defaults());
    }

    static Authentication authentication() {
        TrustedIssuer old = TrustedIssuer.unnamed()
                .keys(Keys.secret("the deployed version's secret, long enough", Algorithm.HS256))
                .build();
        TrustedIssuer named = TrustedIssuer.named(ISSUER)
                .keys(Keys.secret("the secret of draft-08, long enough as well", Algorithm.HS256))
                .audience(AUDIENCE)
                .build();
        return Authentication.tokens(
                        TokenVerifier.builder().trust(old).trust(named).build())
                .withAnonymousSubscribe(true);
    }

    /** {@return settings for tokens of the deployed version} */
    static TokenIssuer.Builder old() {
        return TokenIssuer.with(OLD_KEY);
    }

    /** {@return settings for access tokens of draft-08} */
    static TokenIssuer.Builder access() {
        return TokenIssuer.with(KEY)
                .dialect(Dialect.MERCURE_1)
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .subject("ann")
                .expiresAfter(Duration.ofMinutes(10));
    }

    static String bearer(TokenIssuer.Builder token) {
        return "Authorization: Bearer " + token.build().issue() + "\r\n";
    }

    /** {@return the header of a token that may do everything} */
    static String all() {
        return bearer(access().publish("*").subscribe("*"));
    }

    static String allOld() {
        return bearer(old().publish("*").subscribe("*"));
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    RawClient client() throws IOException {
        RawClient client = new RawClient(server.port());
        clients.add(client);
        return client;
    }

    /** {@return a stream whose first comment has come} */
    RawClient stream(String query, String... headers) throws IOException {
        RawClient client = client();
        client.send("GET " + PATH + "?" + query + " HTTP/1.1\r\nHost: x\r\n" + String.join("", headers) + "\r\n");
        client.until("\r\n:\n\n");
        return client;
    }

    String request(String method, String target, String body, String... headers) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        return client().send(method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                        + String.join("", headers)
                        + (bytes.length > 0 || method.equals("POST") || method.equals("QUERY")
                                ? "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + bytes.length
                                        + "\r\n"
                                : "")
                        + "\r\n")
                .send(bytes)
                .toEnd();
    }

    String get(String target, String... headers) throws IOException {
        return request("GET", target, "", headers);
    }

    /** {@return the answer to a publish by somebody who may do everything} */
    String publish(String form) throws IOException {
        return publish(form, all());
    }

    String publish(String form, String... headers) throws IOException {
        return request("POST", PATH, form, headers);
    }

    /** Publishes something public that every stream of this topic sees, and {@return all that came up to it}. */
    String upToMark(RawClient stream, String topic) throws IOException {
        publish("topic=" + encode(topic) + "&data=the+mark");
        return stream.until("data: the mark\n\n");
    }

    static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    static JsonNode json(String answer) {
        return new JsonMapper().readTree(body(answer));
    }

    @Override
    public void close() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
        server.close();
    }
}
