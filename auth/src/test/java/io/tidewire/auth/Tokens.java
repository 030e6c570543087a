package io.tidewire.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Tokens of any shape, and what becomes of them. */
final class Tokens {
    static final String ISSUER = "https://auth.example.com";
    static final String AUDIENCE = "https://hub.example.com/.well-known/mercure";
    static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    /** A clock that the test moves. */
    static final class Clock implements InstantSource {
        private volatile Instant now = NOW;

        @Override
        public Instant instant() {
            return now;
        }

        /** By one thread. */
        void to(long secondsFromNow) {
            now = NOW.plusSeconds(secondsFromNow);
        }
    }

    private Tokens() {}

    static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static String signed(SigningKey key, String header, String claims) {
        String input = base64(header) + "." + base64(claims);
        return input + "." + key.sign(input.getBytes(StandardCharsets.US_ASCII));
    }

    /** A header for this key with more members, if any, led by a comma. */
    static String header(SigningKey key, String more) {
        return "{\"alg\":\"" + key.algorithm().joseName() + "\"" + more + "}";
    }

    /** Signed with the test's secret, of the unnamed issuer. */
    static String simple(String claims) {
        return signed(TestKeys.hmac(), header(TestKeys.hmac(), ""), claims);
    }

    /** An access token of {@link #ISSUER} with these further claims, led by a comma if any. */
    static String access(SigningKey key, String more) {
        return signed(
                key,
                header(key, ",\"typ\":\"at+jwt\""),
                "{\"iss\":\"" + ISSUER + "\",\"aud\":\"" + AUDIENCE + "\",\"exp\":"
                        + NOW.plusSeconds(600).getEpochSecond() + more + "}");
    }

    static TokenVerifier.Builder trusting(TrustedIssuer.Builder issuer) {
        return TokenVerifier.builder().clock(InstantSource.fixed(NOW)).trust(issuer.build());
    }

    /** Takes 0.x tokens under the test's secret. */
    static TokenVerifier simpleVerifier() {
        return trusting(TrustedIssuer.unnamed().keys(Keys.secret(TestKeys.SECRET, Algorithm.HS256)))
                .build();
    }

    /** Takes access tokens of {@link #ISSUER}. */
    static TokenVerifier accessVerifier(Keys keys) {
        return trusting(TrustedIssuer.named(ISSUER).keys(keys).audience(AUDIENCE))
                .build();
    }

    static Identity accepted(TokenVerifier verifier, String token) {
        try {
            return within(verifier.verify(token));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TokenException refusal) {
                throw new AssertionError(refusal.kind() + " " + refusal.detail(), refusal);
            }
            throw new AssertionError(e);
        }
    }

    static TokenException refused(TokenVerifier verifier, String token) {
        return failure(verifier.verify(token));
    }

    static TokenException.Kind refusal(TokenVerifier verifier, String token) {
        return refused(verifier, token).kind();
    }

    static TokenException failure(CompletionStage<?> stage) {
        try {
            throw new AssertionError("accepted: " + within(stage));
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(TokenException.class);
            return (TokenException) e.getCause();
        }
    }

    static <T> T within(CompletionStage<T> stage) throws ExecutionException {
        try {
            return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
