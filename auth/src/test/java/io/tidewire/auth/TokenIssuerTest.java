package io.tidewire.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tidewire.auth.Grant.MatchType;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TokenIssuerTest {
    private static TokenIssuer.Builder with(SigningKey key) {
        return TokenIssuer.with(key).clock(InstantSource.fixed(Tokens.NOW));
    }

    private static TokenIssuer.Builder access(SigningKey key) {
        return with(key)
                .dialect(Dialect.MERCURE_1)
                .issuer(Tokens.ISSUER)
                .audience(Tokens.AUDIENCE)
                .subject("ann");
    }

    @Test
    void makesTokensOfTheOlderDialect() {
        String token = with(TestKeys.hmac())
                .subject("ann")
                .publish("*")
                .subscribe("/a/{b}", "c\"\n")
                .payload("{\"user\": \"é\"}")
                .ids(() -> "id-1")
                .build()
                .issue();
        Identity identity = Tokens.accepted(Tokens.simpleVerifier(), token);
        assertThat(identity.subject()).isEqualTo("ann");
        assertThat(identity.tokenId()).isEqualTo("id-1");
        assertThat(identity.expiry()).isEqualTo(Tokens.NOW.plusSeconds(3600));
        assertThat(identity.publish()).singleElement().matches(Grant::isWildcard);
        assertThat(identity.subscribe())
                .containsExactly(new Grant("/a/{b}", MatchType.SELECTOR), new Grant("c\"\n", MatchType.SELECTOR));
        assertThat(identity.payloads().get(0).json()).isEqualTo("{\"user\":\"é\"}");
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"HS256", "HS384", "HS512"})
    void makesAccessTokensWithEveryKey(Algorithm algorithm) {
        KeyPair pair = TestKeys.fitting(algorithm);
        TokenIssuer issuer = access(SigningKey.pem(TestKeys.privatePem(pair), algorithm))
                .keyId("k")
                .publish("a")
                .publishPatterns("/:id")
                .subscribe("*")
                .subscribePatterns("/x/*")
                .payload("[1]")
                .expiresAfter(Duration.ofMinutes(5))
                .build();
        TokenVerifier verifier = Tokens.accessVerifier(Keys.pem(TestKeys.publicPem(pair)));
        Identity identity = Tokens.accepted(verifier, issuer.issue());
        assertThat(identity.expiry()).isEqualTo(Tokens.NOW.plusSeconds(300));
        assertThat(identity.publish())
                .containsExactly(new Grant("a", MatchType.EXACT), new Grant("/:id", MatchType.URLPATTERN));
        assertThat(identity.subscribe())
                .containsExactly(new Grant("*", MatchType.EXACT), new Grant("/x/*", MatchType.URLPATTERN));
        assertThat(identity.payloads())
                .singleElement()
                .satisfies(payload -> assertThat(payload.json()).isEqualTo("[1]"));
        assertThat(Tokens.accepted(verifier, issuer.issue()).tokenId()).isNotEqualTo(identity.tokenId());
    }

    @Test
    void mayGrantNothingAndLastForEver() {
        Identity identity = Tokens.accepted(
                Tokens.simpleVerifier(),
                with(TestKeys.hmac()).neverExpires().audience("a", "b").build().issue());
        assertThat(identity.expiry()).isNull();
        assertThat(identity.publish()).isEmpty();
        assertThat(Tokens.accepted(
                                Tokens.accessVerifier(Keys.secret(TestKeys.SECRET, Algorithm.HS256)),
                                access(TestKeys.hmac()).build().issue())
                        .subscribe())
                .isEmpty();
    }

    @Test
    void refusesWhatAVerifierWouldRefuse() {
        SigningKey key = TestKeys.hmac();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(key).dialect(Dialect.MERCURE_1).build())
                .withMessageContaining("issuer");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> access(key).neverExpires().build())
                .withMessageContaining("expires");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> access(key)
                        .publish(Collections.nCopies(101, "a").toArray(String[]::new))
                        .build())
                .withMessageContaining("topics");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(key).subscribePatterns("/:id").build());
        assertThatIllegalArgumentException().isThrownBy(() -> with(key).payload("{"));
        assertThatIllegalArgumentException().isThrownBy(() -> with(key).expiresAfter(Duration.ZERO));
    }
}
