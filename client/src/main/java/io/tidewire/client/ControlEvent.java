package io.tidewire.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * An event that a Tidewire server sends in its own name. Immutable.
 *
 * @param kind which
 * @param members its data, checked
 */
record ControlEvent(Kind kind, Map<String, Object> members) {

    /*
     * A publisher may call its events "gap" as well. So the header that Tidewire alone sends must be there, the data must have exactly
     * the server's members, and "connected" counts as the first event only. Streams that an application makes
     * (StreamRoute) have no such header, yet end with "closing"; its reasons are a closed set, so that is told by shape alone.
     */
    static final String CONNECTION_HEADER = "tidewire-connection";

    private static final Set<String> TYPES = Set.of("connected", "gap", "heartbeat", "closing");
    private static final Set<String> CLOSE_REASONS =
            Set.of("client-gone", "slow", "max-age", "shutdown", "token-expired", "completed", "kicked");
    private static final Map<String, Connected.Resume> VERDICTS =
            Map.of("new", Connected.Resume.NEW, "full", Connected.Resume.FULL, "gap", Connected.Resume.GAP);

    /** The four of them. */
    @SuppressWarnings("ImmutableEnumChecker") // both lists are List.of
    enum Kind {
        CONNECTED("connected", List.of("connection", "resume", "from"), List.of("keepAliveMillis"), "missed"),
        GAP("gap", List.of("from", "to"), List.of(), "missed"),
        HEARTBEAT("heartbeat", List.of("time", "cursor"), List.of(), ""),
        CLOSING("closing", List.of("reason"), List.of(), "retryMillis");

        private final String type;
        private final List<String> strings;
        private final List<String> numbers;
        private final String optionalNumber;

        Kind(String type, List<String> strings, List<String> numbers, String optionalNumber) {
            this.type = type;
            this.strings = strings;
            this.numbers = numbers;
            this.optionalNumber = optionalNumber;
        }

        private boolean fits(Map<String, Object> members) {
            int known = strings.size() + numbers.size() + (members.containsKey(optionalNumber) ? 1 : 0);
            return members.size() == known
                    && strings.stream().allMatch(name -> members.get(name) instanceof String)
                    && numbers.stream().allMatch(name -> members.get(name) instanceof Long)
                    && (!members.containsKey(optionalNumber) || members.get(optionalNumber) instanceof Long);
        }
    }

    /**
     * {@return what the server says with this event, if it is one of its own}
     *
     * @param tidewire whether the answer's headers were those of a Tidewire hub
     * @param first whether it is the first event of the stream
     */
    static Optional<ControlEvent> of(String type, String data, boolean tidewire, boolean first) {
        for (Kind kind : Kind.values()) {
            if (kind.type.equals(type) && (tidewire || kind == Kind.CLOSING) && (first || kind != Kind.CONNECTED)) {
                return FlatJson.read(data)
                        .filter(kind::fits)
                        .map(members -> new ControlEvent(kind, members))
                        .filter(ControlEvent::isKnown);
            }
        }
        return Optional.empty();
    }

    /** {@return whether an event of that name might be one} */
    static boolean mayBe(String type) {
        return TYPES.contains(type);
    }

    private boolean isKnown() {
        return switch (kind) {
            case CONNECTED -> VERDICTS.containsKey(string("resume")) && number("keepAliveMillis") > 0;
            case CLOSING -> CLOSE_REASONS.contains(string("reason"));
            case GAP, HEARTBEAT -> true;
        };
    }

    Connected connected() {
        return new Connected(
                string("connection"),
                VERDICTS.getOrDefault(string("resume"), Connected.Resume.NEW),
                string("from"),
                Duration.ofMillis(number("keepAliveMillis")));
    }

    Gap gap() {
        return new Gap(
                string("from"),
                string("to"),
                members.containsKey("missed") ? OptionalLong.of(number("missed")) : OptionalLong.empty());
    }

    String reason() {
        return string("reason");
    }

    private String string(String name) {
        return String.valueOf(members.get(name));
    }

    private long number(String name) {
        return members.get(name) instanceof Long value ? value : 0;
    }
}
