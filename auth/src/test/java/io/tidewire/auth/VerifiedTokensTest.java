package io.tidewire.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VerifiedTokensTest {
    private static Identity identity(@Nullable Instant expiry, String topic) {
        return new Identity(
                "ann",
                null,
                expiry,
                "id",
                Dialect.MERCURE_0X,
                List.of(new Grant(topic, Grant.MatchType.SELECTOR)),
                List.of(),
                List.of());
    }

    private static VerifiedTokens.Key key(int number) {
        return VerifiedTokens.Key.of("token " + number);
    }

    @Test
    void anEntryEndsWithItsToken() {
        VerifiedTokens tokens = new VerifiedTokens(1 << 20);
        Identity identity = identity(Tokens.NOW.plusSeconds(10), "a");
        tokens.put(key(1), identity, List.of());
        assertThat(tokens.get(key(1), Tokens.NOW.plusSeconds(9))).isSameAs(identity);
        assertThat(tokens.get(key(1), Tokens.NOW.plusSeconds(10))).isNull();
        assertThat(tokens.get(key(2), Tokens.NOW)).isNull();
    }

    @Test
    void whatIsUsedStaysAndTheRestGoes() {
        VerifiedTokens tokens = new VerifiedTokens(100_000);
        for (int i = 0; i < 10_000; i++) {
            tokens.put(key(i), identity(null, "a"), List.of());
            assertThat(tokens.get(key(0), Tokens.NOW)).isNotNull();
        }
        long kept = IntStream.range(0, 10_000)
                .filter(i -> tokens.get(key(i), Tokens.NOW) != null)
                .count();
        assertThat(kept).isBetween(80L, 200L);
    }

    @Test
    void whatIsTooLargeIsNotKept() {
        VerifiedTokens tokens = new VerifiedTokens(10_000);
        tokens.put(key(1), identity(null, "x".repeat(5_000)), List.of());
        assertThat(tokens.get(key(1), Tokens.NOW)).isNull();
        VerifiedTokens none = new VerifiedTokens(0);
        none.put(key(1), identity(null, "a"), List.of());
        assertThat(none.get(key(1), Tokens.NOW)).isNull();
    }

    @Test
    void aVerifierAnswersFromItUntilTheTokenExpires() {
        Tokens.Clock clock = new Tokens.Clock();
        TrustedIssuer issuer = TrustedIssuer.unnamed()
                .keys(Keys.secret(TestKeys.SECRET, Algorithm.HS256))
                .build();
        TokenVerifier verifier =
                TokenVerifier.builder().trust(issuer).clock(clock).build();
        String token = Tokens.simple("{\"exp\":" + Tokens.NOW.plusSeconds(10).getEpochSecond() + "}");
        Identity first = Tokens.accepted(verifier, token);
        clock.to(9);
        assertThat(Tokens.accepted(verifier, token)).isSameAs(first);
        clock.to(10);
        assertThat(Tokens.refusal(verifier, token)).isEqualTo(TokenException.Kind.EXPIRED);
    }

    @Test
    void boundsAreCheckedAtConfiguration() {
        TokenVerifier.Builder builder = TokenVerifier.builder();
        assertThatIllegalArgumentException().isThrownBy(() -> builder.cacheBytes(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxTokenChars(0));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.clockSkew(Duration.ofHours(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.clockSkew(Duration.ofSeconds(-1)));
    }
}
