package io.tidewire.server;

import io.tidewire.auth.Identity;
import io.tidewire.auth.TokenException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks an application over HTTP whom a token stands for (B9). Safe for any thread; never blocks.
 *
 * <p>Only 200 with an answer that makes sense lets anybody in; 401 and 403 refuse; everything else, and no answer in time, is
 * {@link TokenException.Kind#KEYS_UNAVAILABLE}. Equal questions are asked once: answers are cached, and who asks meanwhile waits for the
 * same answer. {@code docs/hooks.md} has question and answer.
 *
 * <pre>{@code
 * ExternalAuthorizer application = ExternalAuthorizer.builder(URI.create("https://app.example/authorise"), secret).build();
 * Authentication.by(Authenticator.firstOf((token, head) -> verifier.verify(token), application));
 * }</pre>
 */
public final class ExternalAuthorizer implements Authenticator {
    private static final Logger LOG = LoggerFactory.getLogger(ExternalAuthorizer.class);

    private final HookCounts counts = new HookCounts();
    private final AtomicBoolean failing = new AtomicBoolean();
    private final AuthorizeCalls calls;
    private final AnswerCache cache;
    private final InstantSource clock;
    private final Duration usualAge;
    private final Duration maxAge;
    private final Duration refusalAge;
    private final Set<String> sentHeaders;
    private final Set<String> credentials;

    private ExternalAuthorizer(Builder builder) {
        HookEndpoint endpoint = HookEndpoint.of("authorize.url", builder.uri, builder.plaintextAllowed);
        WebhookSignature signature = new WebhookSignature("authorize.secret", builder.secrets);
        HookClient client = new HookClient(endpoint, signature, builder.timeout, builder.maxAnswerBytes, builder.clock);
        calls = new AuthorizeCalls(client, new CallSlots(builder.calls, builder.waiting), builder.timeout);
        cache = new AnswerCache(builder.cacheEntries);
        clock = builder.clock;
        usualAge = builder.usualAge;
        maxAge = builder.maxAge;
        refusalAge = builder.refusalAge;
        sentHeaders = new TreeSet<>(builder.headers);
        sentHeaders.addAll(builder.credentials);
        credentials = Set.copyOf(builder.credentials);
    }

    /**
     * {@return settings}
     *
     * @param uri whom to ask; https, or http to this machine
     * @param secret what requests are signed with: {@code whsec_} and base64 of 24 bytes or more, or 24 bytes or more of any text
     */
    public static Builder builder(URI uri, String secret) {
        return new Builder(uri, secret);
    }

    /** {@return a counter's value since the start; 0 for those of webhooks} */
    public long count(HookCounter counter) {
        return counts.get(counter);
    }

    @Override
    public Set<String> credentials() {
        return credentials;
    }

    @Override
    public CompletionStage<Identity> authenticate(String token, RequestHead head) {
        AuthorizeQuestion question = AuthorizeQuestion.of(token, head, sentHeaders);
        AnswerCache.Found found = cache.find(question.key(), clock.instant());
        switch (found.source()) {
            case CACHE -> counts.add(HookCounter.AUTHORIZE_CACHE_HITS, 1);
            case CALL_UNDER_WAY -> counts.add(HookCounter.AUTHORIZE_JOINED, 1);
            case NEW_CALL -> {
                counts.add(HookCounter.AUTHORIZE_CALLS, 1);
                calls.ask(question.body())
                        .whenComplete((answer, failure) -> conclude(question, found.future(), answer, failure));
            }
        }
        return found.future();
    }

    private void conclude(
            AuthorizeQuestion question,
            CompletableFuture<Identity> waiters,
            @Nullable HookAnswer answer,
            @Nullable Throwable failure) {
        try {
            if (answer == null) {
                throw unavailable(
                        String.valueOf(failure instanceof CompletionException ? failure.getCause() : failure));
            }
            Identity identity = granted(question, answer);
            failing.set(false);
            waiters.complete(identity);
        } catch (TokenException e) {
            if (e.kind() == TokenException.Kind.KEYS_UNAVAILABLE) {
                failed(question, e);
            } else {
                failing.set(false);
                counts.add(HookCounter.AUTHORIZE_REFUSED, 1);
                cache.refused(question.key(), e, clock.instant().plus(refusalAge));
            }
            waiters.completeExceptionally(e);
        } catch (RuntimeException e) { // a fault of ours must not let anybody in, nor wait
            TokenException why = TokenException.unavailable("authorize: internal: " + e, e);
            failed(question, why);
            waiters.completeExceptionally(why);
        }
    }

    private void failed(AuthorizeQuestion question, TokenException why) {
        counts.add(HookCounter.AUTHORIZE_FAILED, 1);
        cache.failed(question.key());
        if (failing.getAndSet(true)) {
            LOG.debug("{}", why.detail());
        } else {
            LOG.warn("{}; until it answers, those whom it would know get 503", why.detail());
        }
    }

    private Identity granted(AuthorizeQuestion question, HookAnswer answer) {
        if (answer.status() == 401 || answer.status() == 403) {
            throw TokenException.invalid("authorize: " + calls.endpoint() + " answered " + answer.status());
        }
        if (answer.status() != 200) {
            throw unavailable("status " + answer.status() + " (expected: 200, 401 or 403)");
        }
        if (answer.truncated()) {
            throw unavailable("answer: more than " + answer.body().length + " bytes");
        }
        AuthorizeAnswer yes;
        try {
            yes = AuthorizeAnswer.parse(answer.body(), question.tokenId());
        } catch (IllegalArgumentException e) {
            throw unavailable(String.valueOf(e.getMessage()));
        }
        Instant now = clock.instant();
        Instant expiry = yes.identity().expiry();
        if (expiry != null && !now.isBefore(expiry)) {
            throw TokenException.invalid("authorize: " + calls.endpoint() + " answered what has expired");
        }
        Duration said = yes.cacheFor();
        Duration age = said == null ? usualAge : said;
        Instant goodUntil = now.plus(age.compareTo(maxAge) < 0 ? age : maxAge);
        cache.granted(
                question.key(), yes.identity(), expiry != null && expiry.isBefore(goodUntil) ? expiry : goodUntil);
        return yes.identity();
    }

    private TokenException unavailable(String why) {
        return TokenException.unavailable("authorize: " + calls.endpoint() + ": " + why, null);
    }

    /** Settings of an {@link ExternalAuthorizer}. Not thread-safe. */
    public static final class Builder {
        private final URI uri;
        private final List<String> secrets = new ArrayList<>();
        private final Set<String> headers = new TreeSet<>();
        private final Set<String> credentials = new TreeSet<>();
        private boolean plaintextAllowed;
        private Duration timeout = Duration.ofSeconds(5);
        private Duration usualAge = Duration.ofSeconds(30);
        private Duration maxAge = Duration.ofMinutes(10);
        private Duration refusalAge = Duration.ofSeconds(5);
        private int cacheEntries = 20_000;
        private int calls = 32;
        private int waiting = 10_000;
        private int maxAnswerBytes = 64 << 10;
        private InstantSource clock = InstantSource.system();

        private Builder(URI uri, String secret) {
            this.uri = uri;
            this.secrets.add(secret);
        }

        /**
         * Adds a secret to sign with beside the first.
         *
         * @return this
         */
        public Builder alsoSignedWith(String secret) {
            secrets.add(secret);
            return this;
        }

        /**
         * Allows {@code http} to other machines than this one; whoever is on the way can then read tokens and let anybody in.
         *
         * @return this
         */
        public Builder plaintextAllowed(boolean allowed) {
            plaintextAllowed = allowed;
            return this;
        }

        /**
         * Sends these header fields along with the token. An answer counts only for requests with the same values.
         *
         * @return this
         */
        public Builder headers(Collection<String> names) {
            names.forEach(name -> headers.add(named(name)));
            return this;
        }

        /**
         * Sends these header fields, and asks for requests that have one of them but no token, as {@code cookie}. Others than reads
         * must then come from this site or an allowed origin.
         *
         * @return this
         */
        public Builder credentials(Collection<String> names) {
            names.forEach(name -> credentials.add(named(name)));
            return this;
        }

        private static String named(String name) {
            String lower = name.toLowerCase(Locale.ROOT).strip();
            if (lower.isEmpty() || lower.equals("authorization")) {
                throw new IllegalArgumentException("authorize.headers: '" + lower
                        + "' (expected: names other than authorization, which is the token)");
            }
            return lower;
        }

        /**
         * Sets how long an answer may take, the wait for a free call included; 5 s.
         *
         * @return this
         */
        public Builder timeout(Duration each) {
            timeout = HookBounds.positive("authorize.timeout", each);
            return this;
        }

        /**
         * Sets how long answers are kept: a yes that does not say, a yes at most, a no; 30 s, 10 min, 5 s. None outlasts its {@code
         * expiresAt}.
         *
         * @return this
         */
        public Builder cacheFor(Duration usual, Duration longest, Duration refusal) {
            usualAge = HookBounds.notNegative("authorize.cache", usual);
            maxAge = HookBounds.notNegative("authorize.cache-longest", longest);
            refusalAge = HookBounds.notNegative("authorize.cache-refused", refusal);
            return this;
        }

        /**
         * Sets how many answers are kept; 20,000.
         *
         * @return this
         */
        public Builder cacheEntries(int most) {
            cacheEntries = HookBounds.atLeastOne("authorize.cache-entries", most);
            return this;
        }

        /**
         * Sets how many calls run at once, and how many wait for that; 32 and 10,000. Who finds no room gets 503.
         *
         * @return this
         */
        public Builder calls(int atOnce, int waitingMost) {
            calls = HookBounds.atLeastOne("authorize.calls", atOnce);
            waiting = HookBounds.atLeastOne("authorize.calls-waiting", waitingMost);
            return this;
        }

        /**
         * Sets how large an answer may be; 64 KiB.
         *
         * @return this
         */
        public Builder maxAnswerBytes(int most) {
            maxAnswerBytes = HookBounds.atLeastOne("authorize.answer-bytes", most);
            return this;
        }

        /**
         * Sets the clock; the system's.
         *
         * @return this
         */
        public Builder clock(InstantSource source) {
            clock = source;
            return this;
        }

        /**
         * {@return the authoriser}
         *
         * @throws IllegalArgumentException if the URL is neither https nor allowed plaintext, or the secret too short
         */
        public ExternalAuthorizer build() {
            return new ExternalAuthorizer(this);
        }
    }
}
