package io.tidewire.auth;

import io.tidewire.auth.Grant.MatchType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes tokens that a {@link TokenVerifier} takes; for the command line, tests and small installations. Immutable, thread-safe.
 *
 * <pre>{@code
 * String token = TokenIssuer.with(SigningKey.secret(secret, Algorithm.HS256))
 *         .subject("ann").subscribe("*").build().issue();
 * }</pre>
 */
public final class TokenIssuer {
    private final SigningKey key;
    private final String header;
    private final Map<String, Object> claims;
    private final @Nullable Duration lifetime;
    private final InstantSource clock;
    private final Supplier<String> ids;

    private TokenIssuer(Builder builder) {
        this.key = builder.key;
        this.lifetime = builder.lifetime;
        this.clock = builder.clock;
        this.ids = builder.ids;
        this.header = builder.header();
        this.claims = builder.claims();
    }

    /** {@return settings for Mercure 0.x tokens that last an hour and grant nothing} */
    public static Builder with(SigningKey key) {
        return new Builder(key);
    }

    /** {@return a new token, with an id of its own} */
    public String issue() {
        long now = clock.instant().getEpochSecond();
        Map<String, Object> body = new LinkedHashMap<>(claims);
        body.put("iat", now);
        if (lifetime != null) {
            body.put("exp", now + lifetime.toSeconds());
        }
        body.put("jti", ids.get());
        String signed = base64(header) + "." + base64(JsonWriter.write(body));
        return signed + "." + key.sign(signed.getBytes(StandardCharsets.US_ASCII));
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Settings of a {@link TokenIssuer}. Not thread-safe. */
    public static final class Builder {
        private final SigningKey key;
        private final List<String> audience = new ArrayList<>();
        private final List<Grant> publish = new ArrayList<>();
        private final List<Grant> subscribe = new ArrayList<>();
        private Dialect dialect = Dialect.MERCURE_0X;
        private @Nullable String keyId;
        private @Nullable String issuer;
        private @Nullable String subject;
        private @Nullable String clientId;
        private @Nullable Object payload;
        private @Nullable Duration lifetime = Duration.ofHours(1);
        private InstantSource clock = InstantSource.system();
        private Supplier<String> ids = () -> UUID.randomUUID().toString();

        private Builder(SigningKey key) {
            this.key = key;
        }

        /**
         * Sets how grants are written; 0.x. Mercure 1.0 needs an issuer, an audience and a subject too.
         *
         * @return this
         */
        public Builder dialect(Dialect dialect) {
            this.dialect = dialect;
            return this;
        }

        /**
         * Sets {@code kid}, for verifiers with several keys.
         *
         * @return this
         */
        public Builder keyId(String keyId) {
            this.keyId = keyId;
            return this;
        }

        /**
         * Sets {@code iss}.
         *
         * @return this
         */
        public Builder issuer(String issuer) {
            this.issuer = issuer;
            return this;
        }

        /**
         * Sets {@code sub}.
         *
         * @return this
         */
        public Builder subject(String subject) {
            this.subject = subject;
            return this;
        }

        /**
         * Sets {@code client_id}; the subject, in Mercure 1.0.
         *
         * @return this
         */
        public Builder clientId(String clientId) {
            this.clientId = clientId;
            return this;
        }

        /**
         * Sets {@code aud}.
         *
         * @return this
         */
        public Builder audience(String... identifiers) {
            audience.clear();
            audience.addAll(Arrays.asList(identifiers));
            return this;
        }

        /**
         * Adds topics to publish to, or {@code *}: selectors in 0.x, exact in 1.0.
         *
         * @return this
         */
        public Builder publish(String... topics) {
            return add(publish, MatchType.EXACT, topics);
        }

        /**
         * Adds URL Patterns to publish to; 1.0 only.
         *
         * @return this
         */
        public Builder publishPatterns(String... patterns) {
            return add(publish, MatchType.URLPATTERN, patterns);
        }

        /**
         * Adds topics to subscribe to, or {@code *}: selectors in 0.x, exact in 1.0.
         *
         * @return this
         */
        public Builder subscribe(String... topics) {
            return add(subscribe, MatchType.EXACT, topics);
        }

        /**
         * Adds URL Patterns to subscribe to; 1.0 only.
         *
         * @return this
         */
        public Builder subscribePatterns(String... patterns) {
            return add(subscribe, MatchType.URLPATTERN, patterns);
        }

        /**
         * Sets what presence tells about the subscriber, as JSON.
         *
         * @return this
         * @throws IllegalArgumentException if it is no JSON
         */
        public Builder payload(String json) {
            try {
                this.payload = JsonReader.value(json);
                return this;
            } catch (JsonSyntaxException e) {
                throw new IllegalArgumentException("payload: " + e.getMessage() + " (expected: JSON)", e);
            }
        }

        /**
         * Sets how long a token lasts; an hour.
         *
         * @return this
         */
        public Builder expiresAfter(Duration lifetime) {
            if (lifetime.toSeconds() < 1) {
                throw new IllegalArgumentException("expires: " + lifetime + " (expected: 1 s or more)");
            }
            this.lifetime = lifetime;
            return this;
        }

        /**
         * Lets tokens last for ever; 0.x only.
         *
         * @return this
         */
        public Builder neverExpires() {
            this.lifetime = null;
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
         * Sets what makes {@code jti}; random UUIDs.
         *
         * @return this
         */
        public Builder ids(Supplier<String> ids) {
            this.ids = ids;
            return this;
        }

        /**
         * {@return the issuer}
         *
         * @throws IllegalArgumentException if the dialect needs a setting that is missing, or does not know one that is there
         */
        public TokenIssuer build() {
            boolean patterns = publish.stream().anyMatch(Builder::isPattern)
                    || subscribe.stream().anyMatch(Builder::isPattern);
            if (dialect == Dialect.MERCURE_0X && patterns) {
                throw new IllegalArgumentException("patterns: URL Patterns (expected: dialect 1.0 for them)");
            }
            if (dialect == Dialect.MERCURE_1) {
                require("issuer", issuer != null);
                require("audience", !audience.isEmpty());
                require("subject", subject != null);
                require("expires", lifetime != null);
                require("topics", publish.size() + subscribe.size() <= AuthorizationDetails.MAX_TOPICS);
            }
            return new TokenIssuer(this);
        }

        private static void require(String name, boolean holds) {
            if (!holds) {
                throw new IllegalArgumentException(name + ": none, or too many (expected: set, for dialect 1.0)");
            }
        }

        private static boolean isPattern(Grant grant) {
            return grant.matchType() == MatchType.URLPATTERN;
        }

        private Builder add(List<Grant> grants, MatchType type, String... matches) {
            for (String match : matches) {
                grants.add(new Grant(match, type));
            }
            return this;
        }

        private String header() {
            Map<String, Object> header = new LinkedHashMap<>();
            header.put("alg", key.algorithm().joseName());
            header.put("typ", dialect == Dialect.MERCURE_1 ? "at+jwt" : "JWT");
            put(header, "kid", keyId);
            return JsonWriter.write(header);
        }

        private Map<String, Object> claims() {
            Map<String, Object> claims = new LinkedHashMap<>();
            put(claims, "iss", issuer);
            put(claims, "sub", subject);
            put(claims, "client_id", clientId == null && dialect == Dialect.MERCURE_1 ? subject : clientId);
            if (!audience.isEmpty()) {
                claims.put("aud", audience.size() == 1 ? audience.get(0) : List.copyOf(audience));
            }
            if (dialect == Dialect.MERCURE_1) {
                claims.put(AuthorizationDetails.NAME, details());
            } else {
                claims.put(MercureClaim.NAME, mercure());
            }
            return claims;
        }

        private Map<String, Object> mercure() {
            Map<String, Object> mercure = new LinkedHashMap<>();
            mercure.put("publish", publish.stream().map(Grant::match).toList());
            mercure.put("subscribe", subscribe.stream().map(Grant::match).toList());
            put(mercure, "payload", payload);
            return mercure;
        }

        private List<Object> details() {
            List<Object> details = new ArrayList<>();
            if (!publish.isEmpty()) {
                details.add(detail("publish", publish));
            }
            if (!subscribe.isEmpty()) {
                Map<String, Object> detail = detail("subscribe", subscribe);
                put(detail, "payload", payload);
                details.add(detail);
            }
            return details;
        }

        private static Map<String, Object> detail(String action, List<Grant> grants) {
            Map<String, Object> detail = new LinkedHashMap<>();
            detail.put("type", AuthorizationDetails.TYPE);
            detail.put("actions", List.of(action));
            detail.put("topics", grants.stream().map(Builder::topic).toList());
            return detail;
        }

        private static Map<String, Object> topic(Grant grant) {
            Map<String, Object> topic = new LinkedHashMap<>();
            topic.put("match", grant.match());
            if (isPattern(grant)) {
                topic.put("match_type", "urlpattern");
            }
            return topic;
        }

        private static void put(Map<String, Object> members, String name, @Nullable Object value) {
            if (value != null) {
                members.put(name, value);
            }
        }
    }
}
