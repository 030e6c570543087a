package io.tidewire.sse;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One block of an event stream as its sender sees it. Immutable and valid: what cannot be written without changing
 * another field is refused here, never repaired. At least one component is given; without data, a client sees no event.
 *
 * <pre>{@code
 * var event = ServerSentEvent.builder().id("42").event("price").data("{\"eur\":7}").build();
 * byte[] wire = EventEncoder.encode(event);
 * }</pre>
 *
 * @param id what a client sends back as {@code Last-Event-ID}; without CR, LF, NUL; empty makes it forget its last one
 * @param event name to dispatch under, without CR, LF; null or empty for {@code message}
 * @param data any text; its line ends arrive as LF, unpaired surrogates as U+FFFD
 * @param retry time to wait before a reconnect, in whole milliseconds, zero or more
 * @param comment any text, ignored by clients
 */
public record ServerSentEvent(
        @Nullable String id,
        @Nullable String event,
        @Nullable String data,
        @Nullable Duration retry,
        @Nullable String comment) {

    private static final Duration MAX_RETRY = Duration.ofMillis(Long.MAX_VALUE);

    /**
     * Checks all that is given.
     *
     * @throws IllegalArgumentException if nothing is given, or a component breaks its rule
     */
    public ServerSentEvent {
        if (id == null && event == null && data == null && retry == null && comment == null) {
            throw new IllegalArgumentException("event: nothing given (expected: an id, event, data, retry or comment)");
        }
        if (id != null) {
            FieldRules.requireId(id);
        }
        if (event != null) {
            FieldRules.requireType(event);
        }
        if (retry != null && (retry.isNegative() || retry.compareTo(MAX_RETRY) > 0)) {
            throw new IllegalArgumentException("retry: " + retry + " (expected: 0 to " + MAX_RETRY + ")");
        }
    }

    /**
     * {@return an event of type {@code message} without an id}
     *
     * @param data any text
     */
    public static ServerSentEvent of(String data) {
        return new ServerSentEvent(null, null, data, null, null);
    }

    /** {@return a builder with nothing given yet} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return which fields there are; never the data, for logs} */
    @Override
    public String toString() {
        int chars = data == null ? 0 : data.length();
        return "ServerSentEvent[id=" + id + ", event=" + event + ", data=" + chars + " chars, retry=" + retry + "]";
    }

    /** Collects the fields of an event; the rules are checked by {@link #build()}. Not thread safe. */
    public static final class Builder {
        private @Nullable String id;
        private @Nullable String event;
        private @Nullable String data;
        private @Nullable Duration retry;
        private @Nullable String comment;

        private Builder() {}

        /** {@return this, with an id to resume from} */
        public Builder id(String newId) {
            id = newId;
            return this;
        }

        /** {@return this, with a name to dispatch under} */
        public Builder event(String newEvent) {
            event = newEvent;
            return this;
        }

        /** {@return this, with data} */
        public Builder data(String newData) {
            data = newData;
            return this;
        }

        /** {@return this, with a time to wait before a reconnect} */
        public Builder retry(Duration newRetry) {
            retry = newRetry;
            return this;
        }

        /** {@return this, with a comment} */
        public Builder comment(String newComment) {
            comment = newComment;
            return this;
        }

        /**
         * {@return the event}
         *
         * @throws IllegalArgumentException if nothing was given, or a field breaks its rule
         */
        public ServerSentEvent build() {
            return new ServerSentEvent(id, event, data, retry, comment);
        }
    }
}
