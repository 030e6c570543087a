package io.tidewire.log;

import java.util.List;
import java.util.Set;

/**
 * Whom an update is for. Every kind goes through the log and gets an id there, so that one delivery path serves them
 * all and a reconnect finds what it missed, whatever it was addressed to.
 */
public sealed interface Audience {

    /** Longest topic, user or connection name, in UTF-16 units: it ends up in a URL and in a metric. */
    int MAX_NAME_LENGTH = 1024;

    /** Most topics one update may have; the first is its own, the others are alternates. */
    int MAX_TOPICS = 1000;

    /** {@return the audience of one topic} */
    static Audience topic(String topic) {
        return new Topics(List.of(topic));
    }

    /** {@return what the log files the update under: its first topic, or a name that no topic can have} */
    String channel();

    /**
     * Whoever is subscribed to one of the topics.
     *
     * @param names 1 to {@value #MAX_TOPICS} topic names without control characters or {@code *}; repeats are refused
     */
    record Topics(List<String> names) implements Audience {
        /**
         * Checks every name.
         *
         * @throws IllegalArgumentException if there is none, too many, a repeated or a malformed one
         */
        public Topics {
            names = List.copyOf(names);
            if (names.isEmpty() || names.size() > MAX_TOPICS) {
                throw new IllegalArgumentException(
                        "topic: " + names.size() + " topics (expected: 1 to " + MAX_TOPICS + ")");
            }
            for (String name : names) {
                requireTopic(name);
            }
            if (names.size() > 1 && Set.copyOf(names).size() != names.size()) {
                throw new IllegalArgumentException("topic: a name stands twice (expected: each name once)");
            }
        }

        @Override
        public String channel() {
            return names.get(0);
        }

        private static void requireTopic(String name) {
            requireName("topic", name);
            if (name.indexOf('*') >= 0) {
                throw new IllegalArgumentException(
                        "topic: " + name + " (expected: no '*' in a published topic; patterns are for subscribers)");
            }
        }
    }

    /** Every connection, whatever it is subscribed to. */
    record Everyone() implements Audience {
        @Override
        public String channel() {
            return "\u0000*";
        }
    }

    /**
     * Every connection of one user.
     *
     * @param name the user, as the server's identification names it
     */
    record User(String name) implements Audience {
        /** Checks the name. */
        public User {
            requireName("user", name);
        }

        @Override
        public String channel() {
            return "\u0000u" + name;
        }
    }

    /**
     * One connection. A later connection has another id, so such an update is never replayed to anyone else.
     *
     * @param id the id that the connection's first event told
     */
    record Connection(String id) implements Audience {
        /** Checks the id. */
        public Connection {
            requireName("connection", id);
        }

        @Override
        public String channel() {
            return "\u0000c" + id;
        }
    }

    private static void requireName(String field, String name) {
        if (name.isEmpty() || name.length() > MAX_NAME_LENGTH) {
            throw new IllegalArgumentException(
                    field + ": " + name.length() + " characters (expected: 1 to " + MAX_NAME_LENGTH + ")");
        }
        for (int i = 0; i < name.length(); i++) {
            if (Character.isISOControl(name.charAt(i))) {
                throw new IllegalArgumentException(
                        field + ": control character at " + i + " (expected: no control characters)");
            }
        }
    }
}
