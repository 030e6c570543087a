package io.tidewire.log.sqlite;

import io.tidewire.log.Audience;
import io.tidewire.log.TopicRetention;
import org.jspecify.annotations.Nullable;

/** A row of {@code channel}, as the running transaction has it. Owned by the writer. */
final class Channel {
    /** The name of what everyone sees, and, as an alternate, of what is for one connection: always of interest. */
    static final String EVERYONE = "*";

    final long id;
    final String name;
    final @Nullable TopicRetention bounds;
    long used;
    long last;
    int rule;
    long events;
    long bytes;
    /** 0: never. */
    long expires;

    long cut;
    boolean fresh;
    boolean changed;

    Channel(long id, String name, @Nullable TopicRetention bounds) {
        this.id = id;
        this.name = name;
        this.bounds = bounds;
    }

    static String nameOf(Audience audience) {
        if (audience instanceof Audience.Topics topics) {
            return ofTopic(topics.names().get(0));
        }
        if (audience instanceof Audience.User user) {
            return ofUser(user.name());
        }
        if (audience instanceof Audience.Connection connection) {
            return "c" + connection.id();
        }
        return EVERYONE;
    }

    static String ofTopic(String topic) {
        return "t" + topic;
    }

    static String ofUser(String user) {
        return "u" + user;
    }

    /** {@return the audience of the topic with this channel name, or null if it is none} */
    static @Nullable Audience topicOf(String name) {
        return name.charAt(0) == 't' ? Audience.topic(name.substring(1)) : null;
    }
}
