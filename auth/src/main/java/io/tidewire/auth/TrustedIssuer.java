package io.tidewire.auth;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Somebody whose tokens the hub takes: a name, keys of its own, the audience its tokens must have, and the dialects that it may
 * speak. Immutable, thread-safe.
 *
 * <pre>{@code
 * TrustedIssuer.named("https://auth.example.com")
 *         .keys(Keys.jwks(URI.create("https://auth.example.com/jwks")).build())
 *         .audience("https://hub.example.com/.well-known/mercure")
 *         .build();
 * TrustedIssuer.unnamed().publisherKeys(one).subscriberKeys(other).build();
 * }</pre>
 */
public final class TrustedIssuer {
    private final @Nullable String name;
    private final List<KeyRole> roles;
    private final Set<String> audience;
    private final Set<Dialect> dialects;
    private final Set<Algorithm> algorithms;
    private final boolean expiryRequired;

    private TrustedIssuer(Builder builder) {
        this.name = builder.name;
        this.roles = List.copyOf(builder.roles);
        this.audience = Set.copyOf(builder.audience);
        this.dialects = EnumSet.copyOf(builder.dialects);
        this.algorithms = EnumSet.copyOf(builder.algorithms);
        this.expiryRequired = builder.expiryRequired;
    }

    /** {@return an issuer whose tokens have exactly this {@code iss}} It speaks Mercure 1.0 unless told otherwise. */
    public static Builder named(String issuer) {
        return new Builder(issuer, Dialect.MERCURE_1);
    }

    /**
     * {@return the issuer of tokens that have no {@code iss}, or one that nobody else is trusted for} Mercure 0.x tokens are like
     * that. It speaks that dialect only.
     */
    public static Builder unnamed() {
        return new Builder(null, Dialect.MERCURE_0X);
    }

    @Nullable
    String name() {
        return name;
    }

    List<KeyRole> roles() {
        return roles;
    }

    Set<String> audience() {
        return audience;
    }

    boolean allows(Algorithm algorithm) {
        return algorithms.contains(algorithm);
    }

    boolean requiresExpiry(Dialect dialect) {
        return dialect == Dialect.MERCURE_1 || expiryRequired;
    }

    /**
     * {@return the rules for a token of this {@code typ}} (A.6 V1) An access token is read as Mercure 1.0 if that is allowed,
     * and then never as anything else. The older dialect takes access tokens too, where it is the only one; tokens of any other
     * type (RFC 8725 section 3.11) were made for something else.
     *
     * @throws TokenException INVALID if there are none
     */
    Dialect dialectFor(@Nullable String type) {
        String plain = type == null ? "jwt" : type.toLowerCase(Locale.ROOT);
        plain = plain.startsWith("application/") ? plain.substring("application/".length()) : plain;
        boolean accessToken = plain.equals("at+jwt");
        if (accessToken && dialects.contains(Dialect.MERCURE_1)) {
            return Dialect.MERCURE_1;
        }
        if ((accessToken || plain.equals("jwt")) && dialects.contains(Dialect.MERCURE_0X)) {
            return Dialect.MERCURE_0X;
        }
        throw TokenException.invalid("typ: " + Quoted.of(type) + " (expected: that of one of " + dialects + ")");
    }

    /** Settings of a {@link TrustedIssuer}. Not thread-safe. */
    public static final class Builder {
        private final @Nullable String name;
        private final List<KeyRole> roles = new ArrayList<>();
        private final Set<String> audience = new LinkedHashSet<>();
        private Set<Dialect> dialects;
        private Set<Algorithm> algorithms = EnumSet.allOf(Algorithm.class);
        private boolean expiryRequired;

        private Builder(@Nullable String name, Dialect dialect) {
            this.name = name;
            this.dialects = EnumSet.of(dialect);
        }

        /**
         * Sets keys for tokens of both uses.
         *
         * @return this
         */
        public Builder keys(Keys keys) {
            roles.add(new KeyRole(keys, true, true));
            return this;
        }

        /**
         * Sets keys whose tokens may publish; what they say of subscribing is dropped.
         *
         * @return this
         */
        public Builder publisherKeys(Keys keys) {
            roles.add(new KeyRole(keys, true, false));
            return this;
        }

        /**
         * Sets keys whose tokens may subscribe; what they say of publishing is dropped.
         *
         * @return this
         */
        public Builder subscriberKeys(Keys keys) {
            roles.add(new KeyRole(keys, false, true));
            return this;
        }

        /**
         * Sets the hub's resource identifiers, one of which must be in {@code aud}. Mercure 1.0 needs one; with none, the older
         * dialect does not look at {@code aud}.
         *
         * @return this
         */
        public Builder audience(String... identifiers) {
            audience.clear();
            audience.addAll(Arrays.asList(identifiers));
            return this;
        }

        /**
         * Sets the dialects that this issuer may speak.
         *
         * @return this
         */
        public Builder dialects(Dialect first, Dialect... more) {
            dialects = EnumSet.of(first, more);
            return this;
        }

        /**
         * Narrows the algorithms; all of {@link Algorithm}. A key decides as well: each fits a few only.
         *
         * @return this
         */
        public Builder algorithms(Algorithm first, Algorithm... more) {
            algorithms = EnumSet.of(first, more);
            return this;
        }

        /**
         * Sets whether tokens of the older dialect must expire; they need not, as many in use do not. Mercure 1.0's always must.
         *
         * @return this
         */
        public Builder expiryRequired(boolean required) {
            expiryRequired = required;
            return this;
        }

        /**
         * {@return the issuer}
         *
         * @throws IllegalArgumentException if there are no keys, or Mercure 1.0 is allowed without a name or an audience
         */
        public TrustedIssuer build() {
            if (roles.isEmpty()) {
                throw new IllegalArgumentException(
                        "issuer.keys: none (expected: keys, or publisher and subscriber keys)");
            }
            if (dialects.contains(Dialect.MERCURE_1) && (name == null || audience.isEmpty())) {
                throw new IllegalArgumentException("issuer.audience: name " + Quoted.of(name) + ", " + audience.size()
                        + " audiences (expected: a name and an audience for Mercure 1.0)");
            }
            return new TrustedIssuer(this);
        }
    }
}
