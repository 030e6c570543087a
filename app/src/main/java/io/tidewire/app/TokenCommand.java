package io.tidewire.app;

import io.tidewire.auth.Algorithm;
import io.tidewire.auth.Dialect;
import io.tidewire.auth.SigningKey;
import io.tidewire.auth.TokenIssuer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidewire token}: signs a token. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Signs a token that a hub with the same secret, or the key's public half, takes; prints it.",
        footer = {
            "",
            "The secret is --secret or TIDEWIRE_AUTH_SECRET. A topic may be a name, a pattern (orders/*), a URI template",
            "(https://example.com/books/{id}) or * for every topic. To publish to users and connections it takes",
            "/users/NAME, /connections/ID, /broadcast; to list connections, /connections; * allows all of that.",
            "",
            "Examples:",
            "  export TIDEWIRE_AUTH_SECRET=$(head -c 32 /dev/urandom | base64)",
            "  tidewire token --publish '*' --subscribe '*'",
            "  tidewire token --subscribe 'orders/*' --sub ann --expires 1h",
            "  tidewire token --key signing.pem --publish news --dialect 1.0"
        })
final class TokenCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    CommandSpec spec;

    @Option(names = "--publish", paramLabel = "TOPIC", description = "What may be published; again for more")
    List<String> publish = List.of();

    @Option(
            names = "--subscribe",
            paramLabel = "TOPIC",
            description = "Whose private events may be received; again for more")
    List<String> subscribe = List.of();

    @Option(names = "--sub", paramLabel = "USER", description = "Who it is for")
    @Nullable
    String subject;

    @Option(
            names = "--expires",
            paramLabel = "TIME",
            defaultValue = "1d",
            description = "How long it is good: 30s, 5m, 2h, 1d, or never (${DEFAULT-VALUE})")
    String expires = "1d";

    @Option(names = "--issuer", paramLabel = "NAME", description = "Its iss")
    @Nullable
    String issuer;

    @Option(names = "--audience", paramLabel = "ID", description = "Its aud; again for more")
    List<String> audience = List.of();

    @Option(
            names = "--secret",
            paramLabel = "TEXT",
            description = "The hub's auth.secret; better in TIDEWIRE_AUTH_SECRET, where no process listing shows it")
    @Nullable
    String secret;

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "PEM file with a private key (PKCS #8), instead of a secret")
    @Nullable
    Path key;

    @Option(
            names = "--dialect",
            paramLabel = "0.x|1.0",
            defaultValue = "0.x",
            description = "Which Mercure's claims it carries (${DEFAULT-VALUE})")
    String dialect = "0.x";

    @Override
    public Integer call() {
        TokenIssuer.Builder token = TokenIssuer.with(signingKey()).dialect(dialect());
        if (!publish.isEmpty()) {
            token.publish(publish.toArray(new String[0]));
        }
        if (!subscribe.isEmpty()) {
            token.subscribe(subscribe.toArray(new String[0]));
        }
        if (subject != null) {
            token.subject(subject);
        }
        if (issuer != null) {
            token.issuer(issuer);
        }
        if (!audience.isEmpty()) {
            token.audience(audience.toArray(new String[0]));
        }
        expiry(token);
        spec.commandLine().getOut().println(token.build().issue());
        spec.commandLine().getOut().flush();
        return 0;
    }

    private void expiry(TokenIssuer.Builder token) {
        if (expires.equals("never")) {
            token.neverExpires();
            return;
        }
        Duration lifetime = Settings.duration(expires);
        if (lifetime == null) {
            throw new UsageException("--expires: " + expires + " (expected: a time, as in 30s, 5m, 2h, 1d, or never)");
        }
        token.expiresAfter(lifetime);
    }

    private Dialect dialect() {
        return switch (dialect) {
            case "0.x" -> Dialect.MERCURE_0X;
            case "1.0" -> Dialect.MERCURE_1;
            default -> throw new UsageException("--dialect: " + dialect + " (expected: 0.x or 1.0)");
        };
    }

    private SigningKey signingKey() {
        Path file = key;
        if (file != null) {
            try {
                return SigningKey.pem(Files.readString(file));
            } catch (IOException e) {
                throw new UsageException("--key: " + file + " cannot be read (expected: a PEM file)");
            }
        }
        String text = secret != null ? secret : System.getenv(Setting.AUTH_SECRET.variable());
        if (text == null || text.isEmpty()) {
            throw new UsageException("token: nothing to sign with (expected: --secret, TIDEWIRE_AUTH_SECRET or --key)");
        }
        return SigningKey.secret(text, Algorithm.HS256);
    }
}
