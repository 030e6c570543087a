package io.tidewire.app;

import io.tidewire.auth.Algorithm;
import io.tidewire.auth.Dialect;
import io.tidewire.auth.Keys;
import io.tidewire.auth.RemoteKeys;
import io.tidewire.auth.TokenVerifier;
import io.tidewire.auth.TrustedIssuer;
import io.tidewire.server.Authentication;
import io.tidewire.server.Authenticator;
import io.tidewire.server.ExternalAuthorizer;
import io.tidewire.server.TidewireBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Turns the settings {@code auth.…} into who may do what. */
final class AuthSetup {
    private final Settings settings;

    AuthSetup(Settings settings) {
        this.settings = settings;
    }

    /** Throws a UsageException if nobody could publish: a hub that is good for nothing is a mistake. */
    void requirePublishers() {
        boolean keys = !settings.text(Setting.AUTH_SECRET).isEmpty()
                || !settings.text(Setting.AUTH_KEYS).isEmpty()
                || !settings.text(Setting.AUTH_JWKS).isEmpty()
                || !settings.text(Setting.AUTHORIZE_URL).isEmpty();
        if (!keys && !settings.flag(Setting.AUTH_ANONYMOUS_PUBLISH)) {
            throw new UsageException(
                    "auth: nobody could publish (expected: auth.secret, auth.keys or auth.jwks and tokens "
                            + "from tidewire token; authorize.url; or --dev, or auth.anonymous-publish, which let everybody publish)");
        }
    }

    /** Sets the rules. */
    void addTo(TidewireBuilder builder) {
        Keys keys = keys();
        boolean asked = !settings.text(Setting.AUTHORIZE_URL).isEmpty();
        TokenVerifier verifier = verifier(keys == null ? nobodys() : keys);
        Authenticator authenticator = (token, head) -> verifier.verify(token);
        if (asked) {
            ExternalAuthorizer application = ExternalAuthorizer.builder(
                            settings.uri(Setting.AUTHORIZE_URL), settings.text(Setting.AUTHORIZE_SECRET))
                    .build();
            builder.counted(application);
            authenticator = keys == null ? application : Authenticator.firstOf(authenticator, application);
        }
        builder.authentication(Authentication.by(authenticator)
                .withAnonymousPublish(settings.flag(Setting.AUTH_ANONYMOUS_PUBLISH))
                .withAnonymousSubscribe(anonymousSubscribe(keys != null || asked))
                .withQueryAllowed(settings.flag(Setting.AUTH_QUERY)));
    }

    /** {@return keys that nobody has: no token is good} */
    private static Keys nobodys() {
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        return Keys.secret(secret, Algorithm.HS256);
    }

    private boolean anonymousSubscribe(boolean tokensAreGiven) {
        return switch (settings.text(Setting.AUTH_ANONYMOUS_SUBSCRIBE)) {
            case "auto" -> !tokensAreGiven;
            case "true" -> true;
            case "false" -> false;
            default -> throw settings.wrong(Setting.AUTH_ANONYMOUS_SUBSCRIBE, "auto, true or false");
        };
    }

    private TokenVerifier verifier(Keys keys) {
        String issuer = settings.text(Setting.AUTH_ISSUER);
        List<String> audience = settings.list(Setting.AUTH_AUDIENCE);
        TrustedIssuer.Builder trusted =
                (issuer.isEmpty() ? TrustedIssuer.unnamed() : TrustedIssuer.named(issuer)).keys(keys);
        if (issuer.isEmpty() || audience.isEmpty()) {
            trusted.dialects(Dialect.MERCURE_0X); // the newer form demands both
        } else {
            trusted.dialects(Dialect.MERCURE_0X, Dialect.MERCURE_1);
        }
        if (!audience.isEmpty()) {
            trusted.audience(audience.toArray(new String[0]));
        }
        return TokenVerifier.builder().trust(trusted.build()).build();
    }

    private @Nullable Keys keys() {
        List<Keys> fixed = new ArrayList<>();
        String secret = settings.text(Setting.AUTH_SECRET);
        if (!secret.isEmpty()) {
            fixed.add(secret(secret));
        }
        String file = settings.text(Setting.AUTH_KEYS);
        if (!file.isEmpty()) {
            fixed.add(Keys.pem(read(Path.of(file))));
        }
        if (settings.text(Setting.AUTH_JWKS).isEmpty()) {
            return fixed.isEmpty() ? null : Keys.anyOf(fixed.toArray(new Keys[0]));
        }
        if (!fixed.isEmpty()) {
            throw settings.wrong(Setting.AUTH_JWKS, "not beside auth.secret or auth.keys");
        }
        RemoteKeys remote = Keys.jwks(settings.uri(Setting.AUTH_JWKS)).build();
        remote.warmUp();
        return remote;
    }

    /** {@return the secret with every algorithm that it is long enough for} */
    private static Keys secret(String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        List<Algorithm> fit = Stream.of(Algorithm.HS256, Algorithm.HS384, Algorithm.HS512)
                .filter(a -> a.equals(Algorithm.HS256) || a.minSecretBytes() <= bytes)
                .toList();
        return Keys.secret(text, fit.toArray(new Algorithm[0]));
    }

    private String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw settings.wrong(Setting.AUTH_KEYS, "a PEM file that can be read");
        }
    }
}
