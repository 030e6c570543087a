package io.tidewire.log;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a publisher hands in: whom it is for, and the fields of the event they will see. Immutable.
 *
 * <pre>{@code
 * Update price = Update.to("prices/EURUSD").event("price").data("{\"bid\":1.0841}").build();
 * }</pre>
 *
 * @param audience whom it is for
 * @param event the event's name, or null for the default ({@code message})
 * @param data the payload; may be empty, may have lines
 * @param id the publisher's own id, or null to have the log make one
 * @param key what "the latest per key" goes by within the topic, or null for the topic as a whole
 * @param retry the reconnection time to tell the subscribers, or null
 * @param isPrivate whether only subscribers with a grant for the topic may see it
 */
public record Update(
        Audience audience,
        @Nullable String event,
        String data,
        @Nullable String id,
        @Nullable String key,
        @Nullable Duration retry,
        boolean isPrivate) {

    /** Longest publisher's id, in characters: beyond it, a browser's reconnect would need a CORS preflight. */
    public static final int MAX_ID_LENGTH = 128;

    /** A log's record of it, its audience, map nodes and strings' headers, roughly. */
    private static final int OVERHEAD_BYTES = 250;

    /** A topic's string header and its place in the list. */
    private static final int TOPIC_BYTES = 48;

    /** Longest event name and key, in UTF-16 units. */
    public static final int MAX_EVENT_LENGTH = 256;

    /**
     * Checks every field; nothing is repaired.
     *
     * @throws IllegalArgumentException naming the field, its value and the rule
     */
    public Update {
        if (event != null) {
            requireLine("event", event, MAX_EVENT_LENGTH);
        }
        if (id != null) {
            requireLine("id", id, MAX_ID_LENGTH);
            if (id.isEmpty() || id.charAt(0) == '#' || "earliest".equals(id)) {
                throw new IllegalArgumentException(
                        "id: " + id + " (expected: not empty, not \"earliest\", and no '#' in front; those are ours)");
            }
        }
        if (key != null) {
            requireLine("key", key, MAX_EVENT_LENGTH);
        }
        if (retry != null && retry.isNegative()) {
            throw new IllegalArgumentException("retry: " + retry.toMillis() + " (expected: milliseconds, 0 or more)");
        }
    }

    /** {@return how much memory it takes in a log, in bytes, roughly: what bounds in bytes count} */
    public long weight() {
        long weight = (long) OVERHEAD_BYTES + data.length() + lengthOf(id) + lengthOf(event) + lengthOf(key);
        if (audience instanceof Audience.Topics topics) {
            for (int i = 0; i < topics.names().size(); i++) {
                weight += TOPIC_BYTES + topics.names().get(i).length();
            }
        }
        return weight;
    }

    private static int lengthOf(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    /** {@return a builder of an update to these topics, the first being its own and the others alternates} */
    public static Builder to(String... topics) {
        return new Builder(new Audience.Topics(List.of(topics)));
    }

    /** {@return a builder of an update to this audience} */
    public static Builder to(Audience audience) {
        return new Builder(audience);
    }

    private static void requireLine(String field, String value, int maxLength) {
        if (value.length() > maxLength) {
            throw new IllegalArgumentException(
                    field + ": " + value.length() + " characters (expected: at most " + maxLength + ")");
        }
        for (int i = 0; i < value.length(); i++) {
            if (Character.isISOControl(value.charAt(i))) {
                throw new IllegalArgumentException(
                        field + ": control character at " + i + " (expected: no control characters)");
            }
        }
    }

    /** Collects the optional fields. Not thread-safe. */
    public static final class Builder {
        private final Audience audience;
        private @Nullable String event;
        private String data = "";
        private @Nullable String id;
        private @Nullable String key;
        private @Nullable Duration retry;
        private boolean isPrivate;

        private Builder(Audience audience) {
            this.audience = audience;
        }

        /** Sets the event's name. */
        public Builder event(@Nullable String name) {
            event = name;
            return this;
        }

        /** Sets the payload. */
        public Builder data(String text) {
            data = text;
            return this;
        }

        /** Sets the publisher's own id. */
        public Builder id(@Nullable String ownId) {
            id = ownId;
            return this;
        }

        /** Sets what "the latest per key" goes by. */
        public Builder key(@Nullable String ownKey) {
            key = ownKey;
            return this;
        }

        /** Sets the reconnection time to tell the subscribers. */
        public Builder retry(@Nullable Duration reconnectionTime) {
            retry = reconnectionTime;
            return this;
        }

        /** Says whether only subscribers with a grant may see it. */
        public Builder isPrivate(boolean restricted) {
            isPrivate = restricted;
            return this;
        }

        /** {@return the update; throws as its constructor does} */
        public Update build() {
            return new Update(audience, event, data, id, key, retry, isPrivate);
        }
    }
}
