package io.tidewire.hub;

import io.tidewire.log.Cursor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for when it connects. Immutable; made by {@link #builder}.
 *
 * @param selectors the topics and patterns it wants; may be empty, and then it hears only what is for everyone, its user
 *     or itself
 * @param cursor from where
 * @param latest whether it wants the current value of each topic first (B5); only with {@link Cursor.Newest}
 * @param grants the topics whose private updates it may see
 * @param user who it is, or null
 * @param lease the token it came with, or null
 * @param slow what becomes of it if it does not keep up
 * @param frame how events tell their topic
 * @param heartbeatEvents whether keep-alives are events that a page can see (B7)
 * @param remote the client's address, for listings
 * @param announce whether it is told of itself by events ({@code connected}, {@code gap}, {@code closing}); clients of other protocols
 *     do not expect those, and are cut off at a gap instead: their next cursor shows it
 */
public record SubscriptionRequest(
        List<TopicSelector> selectors,
        Cursor cursor,
        boolean latest,
        List<TopicSelector> grants,
        @Nullable String user,
        @Nullable TokenLease lease,
        SlowPolicy slow,
        FrameStyle frame,
        boolean heartbeatEvents,
        String remote,
        boolean announce) {

    /** Copies the lists and removes repeats. */
    public SubscriptionRequest {
        selectors = selectors.stream().distinct().toList();
        grants = grants.stream().distinct().toList();
    }

    /** {@return a builder of a request for these} */
    public static Builder builder(List<TopicSelector> selectors) {
        return new Builder(selectors);
    }

    /** {@return a builder of a request for these topics and patterns; throws as {@link TopicSelector#parse} does} */
    public static Builder to(String... selectors) {
        return new Builder(
                java.util.Arrays.stream(selectors).map(TopicSelector::parse).toList());
    }

    /** Collects the optional parts. Not thread-safe. */
    public static final class Builder {
        private final List<TopicSelector> selectors;
        private Cursor cursor = new Cursor.Newest();
        private boolean latest;
        private List<TopicSelector> grants = List.of();
        private @Nullable String user;
        private @Nullable TokenLease lease;
        private SlowPolicy slow = SlowPolicy.PARK;
        private FrameStyle frame = FrameStyle.PLAIN;
        private boolean heartbeatEvents;
        private String remote = "";
        private boolean announce = true;

        private Builder(List<TopicSelector> selectors) {
            this.selectors = selectors;
        }

        /** Sets from where; without it, from now. */
        public Builder cursor(Cursor from) {
            cursor = from;
            return this;
        }

        /** Asks for the current values first. */
        public Builder latest(boolean wanted) {
            latest = wanted;
            return this;
        }

        /** Sets whose private updates may be seen; without it, none. */
        public Builder grants(List<TopicSelector> allowed) {
            grants = allowed;
            return this;
        }

        /** Sets who it is. */
        public Builder user(@Nullable String name) {
            user = name;
            return this;
        }

        /** Sets the token that it came with. */
        public Builder lease(@Nullable TokenLease token) {
            lease = token;
            return this;
        }

        /** Sets the policy for slow readers. */
        public Builder slow(SlowPolicy policy) {
            slow = policy;
            return this;
        }

        /** Sets how events tell their topic. */
        public Builder frame(FrameStyle style) {
            frame = style;
            return this;
        }

        /** Asks for keep-alives that are events. */
        public Builder heartbeatEvents(boolean wanted) {
            heartbeatEvents = wanted;
            return this;
        }

        /** Sets the client's address. */
        public Builder remote(String address) {
            remote = address;
            return this;
        }

        /** Says whether it is told of itself by events; without it, it is. */
        public Builder announce(boolean wanted) {
            announce = wanted;
            return this;
        }

        /** {@return the request} */
        public SubscriptionRequest build() {
            return new SubscriptionRequest(
                    selectors, cursor, latest, grants, user, lease, slow, frame, heartbeatEvents, remote, announce);
        }
    }
}
