package io.tidewire.auth;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Says who somebody is and what they may do, from a token that they present ("Token Validation" of Mercure; RFC 7519, 8725,
 * 9068).
 *
 * <p>Thread-safe and immutable but for its caches. Nothing blocks. A signature check takes up to a few hundred microseconds of
 * the calling thread; a token that was verified lately takes a hash of its text. The only wait is for an issuer's key set; the
 * stage then completes on a thread of the HTTP client.
 *
 * <p>A token may have {@link Builder#maxTokenChars} characters, 32 levels of nesting, 100 details and 100 topics (1000 per list in
 * the older dialect). Verified ones are kept within {@link Builder#cacheBytes}: about 0.5 kB and twice the text of its grants each,
 * so 32 MiB are good for some 50,000 small tokens, until they expire, their key is withdrawn, or others push them out.
 *
 * <pre>{@code
 * TokenVerifier verifier = TokenVerifier.builder().trust(issuer).build();
 * verifier.verify(token).whenComplete((identity, failure) -> ...); // failure: a TokenException
 * }</pre>
 */
public final class TokenVerifier {
    private final Map<String, TrustedIssuer> named = new HashMap<>();
    private final @Nullable TrustedIssuer unnamed;
    private final InstantSource clock;
    private final Duration clockSkew;
    private final int maxTokenChars;
    private final Predicate<Grant> grantCheck;
    private final VerifiedTokens verified;

    private TokenVerifier(Builder builder) {
        TrustedIssuer anonymous = null;
        for (TrustedIssuer issuer : builder.issuers) {
            String name = issuer.name();
            TrustedIssuer before = name == null ? anonymous : named.put(name, issuer);
            if (before != null) {
                throw new IllegalArgumentException("issuer: " + Quoted.of(name) + " (expected: each once)");
            }
            anonymous = name == null ? issuer : anonymous;
        }
        this.unnamed = anonymous;
        this.clock = builder.clock;
        this.clockSkew = builder.clockSkew;
        this.maxTokenChars = builder.maxTokenChars;
        this.grantCheck = builder.grantCheck;
        this.verified = new VerifiedTokens(builder.cacheBytes);
    }

    /** {@return settings without any issuer} */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@return the identity, or a failure that is always a {@link TokenException}, never wrapped in another one} Never throws.
     *
     * @param token a JWS in compact form, as presented
     */
    public CompletionStage<Identity> verify(String token) {
        CompletableFuture<Identity> answer = new CompletableFuture<>();
        try {
            if (token.length() > maxTokenChars) {
                throw TokenException.malformed(
                        "token: " + token.length() + " characters (expected: at most " + maxTokenChars + ")");
            }
            VerifiedTokens.Key key = VerifiedTokens.Key.of(token);
            Identity known = verified.get(key, clock.instant());
            if (known == null) {
                verify(key, CompactToken.parse(token), answer);
            } else {
                answer.complete(known);
            }
        } catch (TokenException e) {
            answer.completeExceptionally(e);
        }
        return answer;
    }

    /** What costs little comes before the signature; what a stranger must not learn comes after it. */
    private void verify(VerifiedTokens.Key key, CompactToken token, CompletableFuture<Identity> answer) {
        Claims claims = Claims.of(token.claims());
        TrustedIssuer issuer = issuer(claims.issuer());
        Dialect dialect = issuer.dialectFor(token.type());
        if (!issuer.allows(token.algorithm())) {
            throw TokenException.invalid(
                    "alg: " + token.algorithm().joseName() + " (expected: one allowed for the issuer)");
        }
        KeyRole.prove(issuer.roles(), token)
                .thenApply(proofs -> {
                    Identity identity = identity(token, claims, issuer, dialect, proofs);
                    verified.put(key, identity, proofs);
                    return identity;
                })
                .whenComplete((identity, failure) -> {
                    if (failure == null) {
                        answer.complete(identity);
                    } else {
                        answer.completeExceptionally(plain(failure));
                    }
                });
    }

    /** Keys are bound to their issuer and never pooled (A.6 V3). */
    private TrustedIssuer issuer(@Nullable String name) {
        TrustedIssuer issuer = name == null ? unnamed : named.getOrDefault(name, unnamed);
        if (issuer == null) {
            throw TokenException.invalid("iss: " + Quoted.of(name) + " (expected: a trusted issuer)");
        }
        return issuer;
    }

    private Identity identity(
            CompactToken token, Claims claims, TrustedIssuer issuer, Dialect dialect, List<KeyRole.Proof> proofs) {
        if (proofs.isEmpty()) {
            throw TokenException.invalid("signature: not by a key of the issuer, kid " + Quoted.of(token.keyId()));
        }
        claims.checkTime(clock.instant(), clockSkew, issuer.requiresExpiry(dialect));
        claims.checkAudience(issuer.audience());
        Granted granted = dialect == Dialect.MERCURE_1
                ? AuthorizationDetails.read(token.claims())
                : MercureClaim.read(token.claims());
        if (!granted.all().allMatch(grantCheck)) {
            throw TokenException.invalid("grant: not one that this hub can match");
        }
        boolean publish = proofs.stream().anyMatch(each -> each.role().publish());
        boolean subscribe = proofs.stream().anyMatch(each -> each.role().subscribe());
        String id = claims.tokenId();
        return new Identity(
                claims.subject(),
                issuer.name(),
                claims.expiry(),
                id == null ? token.hash() : id,
                dialect,
                publish ? granted.publish() : List.of(),
                subscribe ? granted.subscribe() : List.of(),
                subscribe ? granted.payloads() : List.of());
    }

    private static TokenException plain(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        // Anything else is a fault of ours. It must not let anybody in, and not be lost either.
        return cause instanceof TokenException known
                ? known
                : new TokenException(
                        TokenException.Kind.INVALID,
                        "internal: " + cause.getClass().getName(),
                        cause);
    }

    /** Settings of a {@link TokenVerifier}. Not thread-safe. */
    public static final class Builder {
        /** More is a mistake in a clock, not skew. */
        private static final Duration MAX_SKEW = Duration.ofMinutes(10);

        private final List<TrustedIssuer> issuers = new ArrayList<>();
        private InstantSource clock = InstantSource.system();
        private Duration clockSkew = Duration.ofSeconds(60);
        private int maxTokenChars = 16 << 10;
        private long cacheBytes = 32L << 20;
        private Predicate<Grant> grantCheck = grant -> true;

        private Builder() {}

        /**
         * Adds an issuer. At most one may be unnamed.
         *
         * @return this
         */
        public Builder trust(TrustedIssuer issuer) {
            issuers.add(issuer);
            return this;
        }

        /**
         * Sets the clock; the system's.
         *
         * @return this
         */
        public Builder clock(InstantSource clock) {
            this.clock = clock;
            return this;
        }

        /**
         * Sets how far an issuer's clock may be ahead of ours; 60 s, at most 10 min. It counts for {@code nbf} only: {@code exp}
         * is exact, as no stream may outlast it.
         *
         * @return this
         */
        public Builder clockSkew(Duration clockSkew) {
            if (clockSkew.isNegative() || clockSkew.compareTo(MAX_SKEW) > 0) {
                throw new IllegalArgumentException(
                        "auth.clock-skew: " + clockSkew + " (expected: 0 to " + MAX_SKEW + ")");
            }
            this.clockSkew = clockSkew;
            return this;
        }

        /**
         * Sets how long a token may be; 16 Ki characters. A longer one is refused before anything is parsed.
         *
         * @return this
         */
        public Builder maxTokenChars(int maxTokenChars) {
            if (maxTokenChars < 1) {
                throw new IllegalArgumentException("auth.token-chars: " + maxTokenChars + " (expected: 1 or more)");
            }
            this.maxTokenChars = maxTokenChars;
            return this;
        }

        /**
         * Sets the memory for verified tokens, as estimated; 32 MiB, 0 for none.
         *
         * @return this
         */
        public Builder cacheBytes(long cacheBytes) {
            if (cacheBytes < 0) {
                throw new IllegalArgumentException("auth.cache-bytes: " + cacheBytes + " (expected: 0 or more)");
            }
            this.cacheBytes = cacheBytes;
            return this;
        }

        /**
         * Sets what every grant must pass, or the whole token is refused: for who matches, and knows which URL Patterns are well
         * formed. Must be thread-safe.
         *
         * @return this
         */
        public Builder grantCheck(Predicate<Grant> grantCheck) {
            this.grantCheck = grantCheck;
            return this;
        }

        /**
         * {@return the verifier}
         *
         * @throws IllegalArgumentException if there is no issuer, or one of them twice
         */
        public TokenVerifier build() {
            if (issuers.isEmpty()) {
                throw new IllegalArgumentException("issuers: none (expected: at least one)");
            }
            return new TokenVerifier(this);
        }
    }
}
