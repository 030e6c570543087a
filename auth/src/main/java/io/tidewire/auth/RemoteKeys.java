package io.tidewire.auth;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that an issuer publishes as a JSON Web Key Set, fetched when needed and kept. Thread-safe; nothing blocks: who has to
 * wait gets a stage that completes on a thread of the HTTP client.
 *
 * <p>Shared secrets in a key set are ignored. Nothing is fetched before the first use or {@link #warmUp}.
 */
public final class RemoteKeys extends Keys {
    /*
     * One fetch at a time, and one per minAge whatever the reason:
     *
     *   nothing yet, or older than maxStale   whoever asks waits for the fetch; if it fails, KEYS_UNAVAILABLE
     *   older than its age                    served as it is, and fetched in the background
     *   kid unknown                           a rotation, or an attacker: waits for a fetch if one is due. If the last one
     *                                         failed the kid may well be good: KEYS_UNAVAILABLE. Else there is no such key.
     *
     * A wall clock that was set back makes keys old, never young, and lets a fetch happen.
     */
    private static final Logger log = LoggerFactory.getLogger(RemoteKeys.class);

    private record Snapshot(List<VerificationKey> keys, Instant fetchedAt, Duration age) {
        List<VerificationKey> named(@Nullable String keyId) {
            List<VerificationKey> named = keys.stream()
                    .filter(each -> keyId != null && keyId.equals(each.keyId()))
                    .toList();
            if (!named.isEmpty()) {
                return named;
            }
            // A key without an id may be any; and a token without one may be of any key.
            return keyId == null
                    ? keys
                    : keys.stream().filter(each -> each.keyId() == null).toList();
        }
    }

    private final URI uri;
    private final JwksFetch fetch;
    private final InstantSource clock;
    private final Duration minAge;
    private final Duration maxAge;
    private final Duration maxStale;

    /** Replaced as a whole. */
    private volatile @Nullable Snapshot snapshot;

    /** Guards the three below, and writing the one above. */
    private final Object lock = new Object();

    private @Nullable CompletableFuture<Snapshot> underWay;
    private @Nullable Instant lastAttempt;
    private @Nullable TokenException lastFailure;

    private RemoteKeys(Builder builder) {
        this.uri = builder.uri;
        this.clock = builder.clock;
        this.minAge = builder.minAge;
        this.maxAge = builder.maxAge;
        this.maxStale = builder.maxStale;
        this.fetch = new JwksFetch(uri, builder.timeout);
    }

    /** {@return when the keys are there; fails with a {@link TokenException} if they cannot be had} For a server's start. */
    public CompletionStage<Void> warmUp() {
        CompletableFuture<Void> warm = new CompletableFuture<>();
        CompletableFuture<?> keys = usable() == null ? refresh() : CompletableFuture.completedFuture(null);
        keys.whenComplete((done, failure) -> {
            if (failure == null) {
                warm.complete(null);
            } else {
                warm.completeExceptionally(failure);
            }
        });
        return warm;
    }

    @Override
    CompletableFuture<List<VerificationKey>> find(Algorithm algorithm, @Nullable String keyId) {
        Snapshot now = usable();
        if (now != null) {
            List<VerificationKey> named = now.named(keyId);
            if (!named.isEmpty() || keyId == null || !mayHelp()) {
                return CompletableFuture.completedFuture(fitting(named, algorithm));
            }
        }
        return refresh().thenApply(fetched -> fitting(fetched.named(keyId), algorithm));
    }

    @Override
    boolean trusts(VerificationKey key) {
        Snapshot now = usable();
        return now != null && now.keys().contains(key);
    }

    @Override
    List<VerificationKey> fixed() {
        throw new IllegalArgumentException("keys: " + this + " (expected: keys that are fixed)");
    }

    private static List<VerificationKey> fitting(List<VerificationKey> keys, Algorithm algorithm) {
        return keys.stream().filter(each -> each.fits(algorithm)).toList();
    }

    /** {@return the keys, unless there are none or they are too old to be served} Sees to it that they do not get old. */
    private @Nullable Snapshot usable() {
        Snapshot now = snapshot;
        if (now == null || hasPassed(now.fetchedAt(), maxStale, false)) {
            return null;
        }
        if (hasPassed(now.fetchedAt(), now.age(), true)) {
            refresh();
        }
        return now;
    }

    /** {@return whether a fetch could know more: one is due or under way, or the last one failed} */
    private boolean mayHelp() {
        synchronized (lock) {
            return underWay != null || lastFailure != null || isDue();
        }
    }

    private CompletableFuture<Snapshot> refresh() {
        CompletableFuture<Snapshot> mine = new CompletableFuture<>();
        synchronized (lock) {
            if (underWay != null) {
                return underWay;
            }
            if (!isDue()) {
                TokenException failure = lastFailure;
                Snapshot now = snapshot;
                return failure == null && now != null
                        ? CompletableFuture.completedFuture(now)
                        : CompletableFuture.failedFuture(
                                failure == null ? unavailable("no fetch is due", null) : failure);
            }
            lastAttempt = clock.instant();
            underWay = mine;
        }
        fetch.fetch().whenComplete((fetched, failure) -> {
            if (failure == null) {
                succeeded(mine, fetched);
            } else {
                failed(mine, failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure);
            }
        });
        return mine;
    }

    private void succeeded(CompletableFuture<Snapshot> mine, JwksFetch.Fetched fetched) {
        Duration said = fetched.maxAge();
        Duration age = said == null
                ? maxAge
                : said.compareTo(minAge) < 0 ? minAge : said.compareTo(maxAge) > 0 ? maxAge : said;
        Snapshot next = new Snapshot(fetched.keys(), clock.instant(), age);
        synchronized (lock) {
            Snapshot before = snapshot;
            if (before == null || !before.keys().equals(next.keys())) {
                log.info(
                        "jwks: {} has {} keys for signatures",
                        Quoted.of(uri.toString()),
                        next.keys().size());
            }
            snapshot = next;
            lastFailure = null;
            underWay = null;
        }
        mine.complete(next);
    }

    private void failed(CompletableFuture<Snapshot> mine, Throwable cause) {
        TokenException failure = unavailable(cause.toString(), cause);
        synchronized (lock) {
            lastFailure = failure;
            underWay = null;
        }
        log.warn("{}", failure.detail());
        mine.completeExceptionally(failure);
    }

    private TokenException unavailable(String why, @Nullable Throwable cause) {
        return new TokenException(
                TokenException.Kind.KEYS_UNAVAILABLE, "jwks: " + Quoted.of(uri.toString()) + ": " + why, cause);
    }

    /** Under the lock. */
    private boolean isDue() {
        return lastAttempt == null || hasPassed(lastAttempt, minAge, true);
    }

    /** {@return whether it is that long ago; {@code setBack} if the clock says it is yet to come} */
    private boolean hasPassed(Instant since, Duration span, boolean setBack) {
        Duration elapsed = Duration.between(since, clock.instant());
        return elapsed.isNegative() ? setBack : elapsed.compareTo(span) >= 0;
    }

    @Override
    public String toString() {
        return "RemoteKeys[" + Quoted.of(uri.toString()) + "]";
    }

    /** Settings of a {@link RemoteKeys}. Not thread-safe. */
    public static final class Builder {
        private final URI uri;
        private boolean plaintextAllowed;
        private InstantSource clock = InstantSource.system();
        private Duration minAge = Duration.ofSeconds(15);
        private Duration maxAge = Duration.ofMinutes(10);
        private Duration maxStale = Duration.ofHours(24);
        private Duration timeout = Duration.ofSeconds(5);

        Builder(URI uri) {
            this.uri = uri;
        }

        /**
         * Allows {@code http} to other machines than this one. Whoever is on the way can then make tokens.
         *
         * @return this
         */
        public Builder plaintextAllowed(boolean allowed) {
            this.plaintextAllowed = allowed;
            return this;
        }

        /**
         * Sets the least time between two fetches, whatever asks for them; 15 s.
         *
         * @return this
         */
        public Builder minAge(Duration minAge) {
            this.minAge = positive("jwks.min-age", minAge);
            return this;
        }

        /**
         * Sets when keys are fetched again at the latest; 10 min. The issuer's {@code Cache-Control: max-age} counts between
         * {@code minAge} and this.
         *
         * @return this
         */
        public Builder maxAge(Duration maxAge) {
            this.maxAge = positive("jwks.max-age", maxAge);
            return this;
        }

        /**
         * Sets how old keys may get while the issuer cannot be reached; 24 h. A key that leaked is trusted that long if the
         * attacker can keep us from the issuer.
         *
         * @return this
         */
        public Builder maxStale(Duration maxStale) {
            this.maxStale = positive("jwks.max-stale", maxStale);
            return this;
        }

        /**
         * Sets how long a fetch may take, connection and body included; 5 s.
         *
         * @return this
         */
        public Builder timeout(Duration timeout) {
            this.timeout = positive("jwks.timeout", timeout);
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
         * {@return the keys, not yet fetched}
         *
         * @throws IllegalArgumentException if the URI is not absolute https (or http to loopback), or has user info or a
         *     fragment, or the ages are not {@code minAge <= maxAge <= maxStale}
         */
        public RemoteKeys build() {
            boolean secure = "https".equalsIgnoreCase(uri.getScheme());
            boolean plain = "http".equalsIgnoreCase(uri.getScheme()) && (plaintextAllowed || isLoopback(uri.getHost()));
            if (uri.getHost() == null || !(secure || plain) || uri.getUserInfo() != null || uri.getFragment() != null) {
                throw new IllegalArgumentException("jwks.uri: " + Quoted.of(uri.getScheme() + "://" + uri.getHost())
                        + " (expected: https, or http to this machine; no user info, no fragment)");
            }
            if (minAge.compareTo(maxAge) > 0 || maxAge.compareTo(maxStale) > 0) {
                throw new IllegalArgumentException("jwks.max-age: " + maxAge + " (expected: between " + minAge + " and "
                        + maxStale + ", the minimum age and the maximum staleness)");
            }
            return new RemoteKeys(this);
        }

        /** By its text: a name that resolves to loopback today may not do so tomorrow. */
        private static boolean isLoopback(@Nullable String host) {
            return host != null
                    && (host.equalsIgnoreCase("localhost")
                            || host.equals("[::1]")
                            || host.matches("127(\\.\\d{1,3}){3}"));
        }

        private static Duration positive(String name, Duration value) {
            if (value.toMillis() < 1) {
                throw new IllegalArgumentException(name + ": " + value + " (expected: 1 ms or more)");
            }
            return value;
        }
    }
}
