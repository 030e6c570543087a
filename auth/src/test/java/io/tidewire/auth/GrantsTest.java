package io.tidewire.auth;

import static io.tidewire.auth.TokenException.Kind.INVALID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tidewire.auth.Grant.MatchType;
import java.security.KeyPair;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What tokens of both dialects grant, and whose tokens are taken. */
class GrantsTest {
    private static final SigningKey HMAC = TestKeys.hmac();
    private static final Keys SECRET = Keys.secret(TestKeys.SECRET, Algorithm.HS256);

    @Nested
    class TheOlderDialect {
        private final TokenVerifier verifier = Tokens.simpleVerifier();

        private Identity read(String claims) {
            return Tokens.accepted(verifier, Tokens.simple(claims));
        }

        @Test
        void listsSelectors() {
            Identity identity = read("{\"sub\":\"ann\",\"jti\":\"t1\",\"mercure\":{\"publish\":[\"a\",\"/b/{id}\"],"
                    + "\"subscribe\":[\"*\"],\"payload\":{\"n\":1.50,\"s\":\"\\u00e9\\n\"}}}");
            assertThat(identity.publish())
                    .containsExactly(new Grant("a", MatchType.SELECTOR), new Grant("/b/{id}", MatchType.SELECTOR));
            assertThat(identity.subscribe()).singleElement().matches(Grant::isWildcard);
            assertThat(identity.payloads()).singleElement().satisfies(payload -> {
                assertThat(payload.json()).isEqualTo("{\"n\":1.50,\"s\":\"é\\u000a\"}");
                assertThat(payload.topics()).singleElement().matches(Grant::isWildcard);
            });
            assertThat(identity.subject()).isEqualTo("ann");
            assertThat(identity.tokenId()).isEqualTo("t1");
            assertThat(identity.issuer()).isNull();
            assertThat(identity.expiry()).isNull();
            assertThat(identity.dialect()).isEqualTo(Dialect.MERCURE_0X);
            assertThat(identity.toString()).doesNotContain("1.50");
        }

        @Test
        void mayHaveItsClaimUnderAUri() {
            assertThat(read("{\"mercure\":{\"publish\":[\"a\"]},\"https://mercure.rocks/\":{\"publish\":[\"b\"]}}")
                            .publish())
                    .containsExactly(new Grant("b", MatchType.SELECTOR));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{}",
                    "{\"mercure\":{}}",
                    "{\"mercure\":{\"publish\":[],\"subscribe\":null,\"payload\":null}}",
                    "{\"authorization_details\":[{\"type\":\"https://mercure.rocks/authorization-detail\"}]}"
                })
        void mayGrantNothing(String claims) {
            Identity identity = read(claims);
            assertThat(identity.publish()).isEmpty();
            assertThat(identity.subscribe()).isEmpty();
            assertThat(identity.payloads()).isEmpty();
        }

        @Test
        void isBounded() {
            String topics = String.join(",", Collections.nCopies(1000, "\"a\""));
            assertThat(read("{\"mercure\":{\"publish\":[" + topics + "]}}").publish())
                    .hasSize(1000);
            assertThat(Tokens.refusal(verifier, Tokens.simple("{\"mercure\":{\"publish\":[" + topics + ",\"a\"]}}")))
                    .isEqualTo(INVALID);
        }

        @Test
        void isKnownByAHashThatTheSignatureDoesNotChange() {
            TokenVerifier ecdsa = Tokens.trusting(
                            TrustedIssuer.unnamed().keys(Keys.pem(TestKeys.publicPem(TestKeys.P256))))
                    .build();
            SigningKey key = TestKeys.signing(TestKeys.P256);
            String one = Tokens.signed(key, Tokens.header(key, ""), "{}");
            String other = Tokens.signed(key, Tokens.header(key, ""), "{}");
            assertThat(one).isNotEqualTo(other);
            assertThat(Tokens.accepted(ecdsa, one).tokenId())
                    .isEqualTo(Tokens.accepted(ecdsa, other).tokenId())
                    .startsWith("sha256:")
                    .hasSize(50);
        }
    }

    @Nested
    class AuthorizationDetail {
        private static final String TYPE = "\"type\":\"https://mercure.rocks/authorization-detail\"";
        private static final String GOOD =
                "{" + TYPE + ",\"actions\":[\"publish\",\"subscribe\"],\"topics\":[{\"match\":\"a\"}]}";

        private final TokenVerifier verifier = Tokens.accessVerifier(SECRET);

        private String token(String... details) {
            return Tokens.access(HMAC, ",\"authorization_details\":[" + String.join(",", details) + "]");
        }

        private Identity read(String... details) {
            return Tokens.accepted(verifier, token(details));
        }

        @Test
        void isReadInTheTokensOrder() {
            Identity identity = read(
                    "{" + TYPE + ",\"actions\":[\"subscribe\"],\"topics\":[{\"match\":\"a\"},"
                            + "{\"match\":\"/:id\",\"match_type\":\"urlpattern\"}],\"payload\":{\"p\":1}}",
                    "{" + TYPE + ",\"actions\":[\"publish\"],\"topics\":[{\"match\":\"*\",\"match_type\":\"exact\"}],"
                            + "\"payload\":{\"p\":2}}",
                    GOOD);
            Grant a = new Grant("a", MatchType.EXACT);
            Grant pattern = new Grant("/:id", MatchType.URLPATTERN);
            assertThat(identity.subscribe()).containsExactly(a, pattern, a);
            assertThat(identity.publish()).containsExactly(new Grant("*", MatchType.EXACT), a);
            assertThat(identity.payloads())
                    .containsExactly(
                            new Identity.Payload(List.of(a, pattern), "{\"p\":1}"),
                            new Identity.Payload(List.of(a), null));
            assertThat(identity.issuer()).isEqualTo(Tokens.ISSUER);
            assertThat(identity.expiry()).isEqualTo(Tokens.NOW.plusSeconds(600));
            assertThat(identity.dialect()).isEqualTo(Dialect.MERCURE_1);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"type\":\"tenant\",\"topics\":\"acme\",\"actions\":{\"read\":true}}",
                    "{\"type\":7}",
                    "{}",
                    "{" + TYPE + ",\"actions\":[\"replay\"],\"topics\":[{\"match\":\"b\"}]}"
                })
        void ofAnotherTypeOrActionIsIgnored(String other) {
            assertThat(read(other, GOOD).publish()).containsExactly(new Grant("a", MatchType.EXACT));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "1",
                    "null",
                    "[]",
                    "{" + TYPE + "}",
                    "{" + TYPE + ",\"actions\":[],\"topics\":[{\"match\":\"a\"}]}",
                    "{" + TYPE + ",\"actions\":\"publish\",\"topics\":[{\"match\":\"a\"}]}",
                    "{" + TYPE + ",\"actions\":[\"publish\",1],\"topics\":[{\"match\":\"a\"}]}",
                    "{" + TYPE + ",\"actions\":[\"publish\",null],\"topics\":[{\"match\":\"a\"}]}",
                    "{" + TYPE + ",\"actions\":[\"publish\"]}",
                    "{" + TYPE + ",\"actions\":[\"publish\"],\"topics\":[]}",
                    "{" + TYPE + ",\"actions\":[\"publish\"],\"topics\":{\"match\":\"a\"}}",
                    "{" + TYPE + ",\"actions\":[\"publish\"],\"topics\":[\"a\"]}",
                    "{" + TYPE + ",\"actions\":[\"publish\"],\"topics\":[{}]}",
                    "{" + TYPE + ",\"actions\":[\"publish\"],\"topics\":[{\"match\":null}]}",
                    "{" + TYPE + ",\"actions\":[\"publish\"],\"topics\":[{\"match\":1}]}",
                    "{" + TYPE + ",\"actions\":[\"publish\"],\"topics\":[{\"match\":\"a\",\"match_type\":\"Exact\"}]}",
                    "{" + TYPE + ",\"actions\":[\"publish\"],\"topics\":[{\"match\":\"a\",\"match_type\":null}]}",
                    "{" + TYPE + ",\"actions\":[\"x\"],\"topics\":[{\"match\":\"a\",\"match_type\":\"cel\"}]}"
                })
        void thatIsBadRejectsTheWholeToken(String bad) {
            assertThat(Tokens.refusal(verifier, token(GOOD, bad))).isEqualTo(INVALID);
            assertThat(Tokens.refusal(verifier, token(bad, GOOD))).isEqualTo(INVALID);
        }

        @ParameterizedTest
        @ValueSource(strings = {"{}", "\"x\"", "null", "1"})
        void mustBeInAList(String claim) {
            assertThat(Tokens.refusal(verifier, Tokens.access(HMAC, ",\"authorization_details\":" + claim)))
                    .isEqualTo(INVALID);
        }

        @Test
        void mayBeMissing() {
            assertThat(Tokens.accepted(verifier, Tokens.access(HMAC, "")).publish())
                    .isEmpty();
            assertThat(read().publish()).isEmpty();
        }

        @Test
        void isBounded() {
            String[] details = Collections.nCopies(100, GOOD).toArray(String[]::new);
            TokenVerifier roomy = Tokens.trusting(
                            TrustedIssuer.named(Tokens.ISSUER).keys(SECRET).audience(Tokens.AUDIENCE))
                    .maxTokenChars(100_000)
                    .build();
            assertThat(Tokens.accepted(roomy, token(details)).publish()).hasSize(100);
            assertThat(Tokens.refusal(roomy, token(String.join(",", details), GOOD)))
                    .isEqualTo(INVALID);
            String topics = String.join(",", Collections.nCopies(100, "{\"match\":\"a\"}"));
            String wide = "{" + TYPE + ",\"actions\":[\"publish\"],\"topics\":[" + topics + "]}";
            assertThat(read(wide).publish()).hasSize(100);
            assertThat(Tokens.refusal(verifier, token(wide, GOOD))).isEqualTo(INVALID);
        }

        @Test
        void mustPassTheMatchersCheck() {
            TokenVerifier picky = Tokens.trusting(
                            TrustedIssuer.named(Tokens.ISSUER).keys(SECRET).audience(Tokens.AUDIENCE))
                    .grantCheck(grant -> !grant.match().equals("a"))
                    .build();
            assertThat(Tokens.refusal(picky, token(GOOD))).isEqualTo(INVALID);
        }
    }

    @Nested
    class AccessTokens {
        private final TokenVerifier verifier = Tokens.accessVerifier(SECRET);

        private String with(String header, String claims) {
            return Tokens.signed(HMAC, Tokens.header(HMAC, header), claims);
        }

        private String claims(String issuer, String audience) {
            return "{\"iss\":" + issuer + ",\"aud\":" + audience + ",\"exp\":4102444800}";
        }

        @ParameterizedTest
        @ValueSource(strings = {"at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"})
        void sayWhatTheyAre(String type) {
            Tokens.accepted(
                    verifier,
                    with(
                            ",\"typ\":\"" + type + "\"",
                            claims("\"" + Tokens.ISSUER + "\"", "[\"x\",\"" + Tokens.AUDIENCE + "\"]")));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", ",\"typ\":\"JWT\"", ",\"typ\":\"at\"", ",\"typ\":\"at+jwt2\""})
        void orAreNone(String header) {
            assertThat(Tokens.refusal(
                            verifier, with(header, claims("\"" + Tokens.ISSUER + "\"", "\"" + Tokens.AUDIENCE + "\""))))
                    .isEqualTo(INVALID);
        }

        @ParameterizedTest
        @ValueSource(strings = {"\"https://auth.example.com/\"", "\"https://AUTH.example.com\"", "\"\"", "\"evil\""})
        void ofAnotherIssuer(String issuer) {
            assertThat(Tokens.refusal(
                            verifier, with(",\"typ\":\"at+jwt\"", claims(issuer, "\"" + Tokens.AUDIENCE + "\""))))
                    .isEqualTo(INVALID);
        }

        @ParameterizedTest
        @ValueSource(strings = {"\"https://hub.example.com\"", "[]", "[\"x\"]", "\"\""})
        void forAnotherAudience(String audience) {
            assertThat(Tokens.refusal(
                            verifier, with(",\"typ\":\"at+jwt\"", claims("\"" + Tokens.ISSUER + "\"", audience))))
                    .isEqualTo(INVALID);
        }

        @Test
        void withoutAudienceIssuerOrExpiry() {
            String issuer = "\"iss\":\"" + Tokens.ISSUER + "\"";
            String audience = "\"aud\":\"" + Tokens.AUDIENCE + "\"";
            for (String claims : List.of(
                    "{" + issuer + ",\"exp\":4102444800}",
                    "{" + audience + ",\"exp\":4102444800}",
                    "{" + issuer + "," + audience + "}")) {
                assertThat(Tokens.refusal(verifier, with(",\"typ\":\"at+jwt\"", claims)))
                        .isEqualTo(INVALID);
            }
        }
    }

    @Nested
    class Issuers {
        private final KeyPair oneKey = TestKeys.P256;
        private final KeyPair otherKey = TestKeys.ec("secp256r1");

        private String claiming(KeyPair pair, String issuer) {
            SigningKey key = TestKeys.signing(pair);
            return Tokens.signed(key, Tokens.header(key, ""), "{\"iss\":\"" + issuer + "\"}");
        }

        private TrustedIssuer.Builder older(TrustedIssuer.Builder issuer, KeyPair pair) {
            return issuer.dialects(Dialect.MERCURE_0X).keys(Keys.pem(TestKeys.publicPem(pair)));
        }

        @Test
        void doNotShareKeys() {
            TokenVerifier verifier = Tokens.trusting(older(TrustedIssuer.named("one"), oneKey))
                    .trust(older(TrustedIssuer.named("other"), otherKey).build())
                    .build();
            assertThat(Tokens.accepted(verifier, claiming(oneKey, "one")).issuer())
                    .isEqualTo("one");
            assertThat(Tokens.accepted(verifier, claiming(otherKey, "other")).issuer())
                    .isEqualTo("other");
            assertThat(Tokens.refusal(verifier, claiming(otherKey, "one"))).isEqualTo(INVALID);
            assertThat(Tokens.refusal(verifier, claiming(oneKey, "other"))).isEqualTo(INVALID);
        }

        @Test
        void theUnnamedCannotSpeakForANamedOne() {
            TokenVerifier verifier = Tokens.trusting(older(TrustedIssuer.named("one"), oneKey))
                    .trust(older(TrustedIssuer.unnamed(), otherKey).build())
                    .build();
            assertThat(Tokens.refusal(verifier, claiming(otherKey, "one"))).isEqualTo(INVALID);
            assertThat(Tokens.accepted(verifier, claiming(otherKey, "somebody")).issuer())
                    .isNull();
        }

        @Test
        void doNotSpeakDialectsTheyMayNot() {
            TokenVerifier both = Tokens.trusting(TrustedIssuer.named(Tokens.ISSUER)
                            .keys(SECRET)
                            .audience(Tokens.AUDIENCE)
                            .dialects(Dialect.MERCURE_0X, Dialect.MERCURE_1))
                    .build();
            // An access token is never read by the older rules, whatever it claims.
            assertThat(Tokens.accepted(both, Tokens.access(HMAC, ",\"mercure\":{\"publish\":[\"*\"]}"))
                            .publish())
                    .isEmpty();
            String older = "{\"iss\":\"" + Tokens.ISSUER + "\",\"aud\":\"" + Tokens.AUDIENCE
                    + "\",\"mercure\":{\"publish\":[\"*\"]}}";
            assertThat(Tokens.accepted(both, Tokens.simple(older)).publish()).hasSize(1);
            assertThat(Tokens.refusal(Tokens.accessVerifier(SECRET), Tokens.simple(older)))
                    .isEqualTo(INVALID);
        }

        @Test
        void mayHaveKeysForOneUseOnly() {
            TokenVerifier verifier = Tokens.trusting(TrustedIssuer.unnamed()
                            .publisherKeys(Keys.pem(TestKeys.publicPem(oneKey)))
                            .subscriberKeys(Keys.pem(TestKeys.publicPem(otherKey))))
                    .build();
            String claims = "{\"mercure\":{\"publish\":[\"a\"],\"subscribe\":[\"b\"],\"payload\":1}}";
            SigningKey publisher = TestKeys.signing(oneKey);
            Identity publishing =
                    Tokens.accepted(verifier, Tokens.signed(publisher, Tokens.header(publisher, ""), claims));
            assertThat(publishing.publish()).hasSize(1);
            assertThat(publishing.subscribe()).isEmpty();
            assertThat(publishing.payloads()).isEmpty();
            SigningKey subscriber = TestKeys.signing(otherKey);
            Identity subscribing =
                    Tokens.accepted(verifier, Tokens.signed(subscriber, Tokens.header(subscriber, ""), claims));
            assertThat(subscribing.publish()).isEmpty();
            assertThat(subscribing.subscribe()).hasSize(1);
            assertThat(subscribing.payloads()).hasSize(1);
        }

        @Test
        void withTheSameKeyForBothUsesGrantBoth() {
            TokenVerifier verifier = Tokens.trusting(
                            TrustedIssuer.unnamed().publisherKeys(SECRET).subscriberKeys(SECRET))
                    .build();
            Identity identity = Tokens.accepted(
                    verifier, Tokens.simple("{\"mercure\":{\"publish\":[\"a\"],\"subscribe\":[\"b\"]}}"));
            assertThat(identity.publish()).hasSize(1);
            assertThat(identity.subscribe()).hasSize(1);
        }

        @Test
        void areCheckedAtConfiguration() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TrustedIssuer.named("a").keys(SECRET).build())
                    .withMessageContaining("audience");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TrustedIssuer.unnamed()
                            .keys(SECRET)
                            .audience("a")
                            .dialects(Dialect.MERCURE_1)
                            .build());
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TrustedIssuer.unnamed().build())
                    .withMessageContaining("keys");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TokenVerifier.builder().build());
            TrustedIssuer unnamed = TrustedIssuer.unnamed().keys(SECRET).build();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TokenVerifier.builder()
                            .trust(unnamed)
                            .trust(unnamed)
                            .clock(InstantSource.system())
                            .build())
                    .withMessageContaining("each once");
        }
    }
}
