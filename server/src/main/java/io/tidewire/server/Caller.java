package io.tidewire.server;

import io.tidewire.auth.Identity;
import io.tidewire.hub.TokenLease;
import io.tidewire.hub.TopicSelector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who a request comes from. Immutable.
 *
 * @param identity what its token says; null if it came without
 * @param publish what may be published
 * @param subscribe whose private updates may be received
 */
record Caller(@Nullable Identity identity, List<TopicSelector> publish, List<TopicSelector> subscribe) {
    /** Nobody in particular. */
    static final Caller ANONYMOUS = new Caller(null, List.of(), List.of());

    boolean isAnonymous() {
        return identity == null;
    }

    /** {@return the user, or null} */
    @Nullable
    String user() {
        Identity known = identity;
        return known == null ? null : known.subject();
    }

    @Nullable
    TokenLease lease() {
        Identity known = identity;
        return known == null ? null : new TokenLease(known.tokenId(), known.expiry());
    }

    boolean mayPublish(String topic) {
        return publish.stream().anyMatch(grant -> grant.matches(topic));
    }

    boolean maySubscribe(String topic) {
        return subscribe.stream().anyMatch(grant -> grant.matches(topic));
    }
}
