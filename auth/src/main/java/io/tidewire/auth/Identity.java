package io.tidewire.auth;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a verified token says. Immutable; holds neither the token nor its signature.
 *
 * @param subject the claim {@code sub}
 * @param issuer the trusted issuer's name, or null for a token of the unnamed issuer (then {@code iss} proves nothing)
 * @param expiry the claim {@code exp}, in whole seconds: a stream ends then at the latest; null if the token never expires
 * @param tokenId the claim {@code jti}, or if there is none {@code sha256:} and the hash (base64url) of the token up to
 *     its signature; unique per issuer only
 * @param dialect the rules by which the grants were read
 * @param publish what may be published; empty for nothing
 * @param subscribe private topics that may be received; empty for none
 * @param payloads in the token's order; the first one with a topic that matches a subscription's own matcher is that
 *     subscription's payload (A.7)
 */
public record Identity(
        @Nullable String subject,
        @Nullable String issuer,
        @Nullable Instant expiry,
        String tokenId,
        Dialect dialect,
        List<Grant> publish,
        List<Grant> subscribe,
        List<Payload> payloads) {

    /**
     * What presence tells about a subscriber.
     *
     * @param topics the subscriptions it belongs to; for 0.x the one grant {@code *}
     * @param json any JSON value, compact; null where a detail has none (it still wins, and then there is no payload)
     */
    public record Payload(List<Grant> topics, @Nullable String json) {
        /** Copies the list. */
        public Payload {
            topics = List.copyOf(topics);
        }

        /** {@return without the payload, which may be personal} */
        @Override
        public String toString() {
            return "Payload[topics=" + topics.size() + ", chars=" + (json == null ? 0 : json.length()) + "]";
        }
    }

    /** Copies the lists. */
    public Identity {
        publish = List.copyOf(publish);
        subscribe = List.copyOf(subscribe);
        payloads = List.copyOf(payloads);
    }

    /** {@return short, and without payloads} */
    @Override
    public String toString() {
        return "Identity[subject=" + Quoted.of(subject) + ", issuer=" + Quoted.of(issuer) + ", tokenId="
                + Quoted.of(tokenId) + ", expiry=" + expiry + ", publish=" + publish.size() + ", subscribe="
                + subscribe.size() + "]";
    }
}
