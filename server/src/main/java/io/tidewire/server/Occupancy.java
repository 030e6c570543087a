package io.tidewire.server;

import io.tidewire.hub.ConnectionInfo;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Which topics and patterns have subscribers here: tells of the first one to come and the last one to go. Safe for any thread, if what
 * concerns one connection comes from one thread, in order.
 *
 * <p>Both maps are bounded by the connections that are open and the topics that each may have.
 */
final class Occupancy {
    /*
     * The counts are kept where the callbacks run and not by the sender's thread: what waits for that thread can be pushed out of its queue,
     * and a count that missed one coming or going would be wrong for ever. A change of a count and the telling of it happen inside the
     * map's atomic operation, so for one topic "occupied" and "vacated" are told in turns. That holds one bin's lock for the time of an
     * increment and a put into a queue without locks.
     */
    private final Map<String, Integer> subscribers = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> topicsByConnection = new ConcurrentHashMap<>();

    boolean knows(String connectionId) {
        return topicsByConnection.containsKey(connectionId);
    }

    void enter(ConnectionInfo connection, Consumer<String> occupied) {
        Set<String> topics = topicsOf(connection);
        topicsByConnection.put(connection.id(), topics);
        topics.forEach(topic -> enter(topic, occupied));
    }

    /** Makes what the connection is subscribed to now the truth; does nothing for one that is not known. */
    void change(ConnectionInfo connection, Consumer<String> occupied, Consumer<String> vacated) {
        Set<String> now = topicsOf(connection);
        Set<String> before = topicsByConnection.replace(connection.id(), now);
        if (before == null) {
            return;
        }
        now.stream().filter(topic -> !before.contains(topic)).forEach(topic -> enter(topic, occupied));
        before.stream().filter(topic -> !now.contains(topic)).forEach(topic -> leave(topic, vacated));
    }

    void leave(ConnectionInfo connection, Consumer<String> vacated) {
        Set<String> topics = topicsByConnection.remove(connection.id());
        if (topics != null) {
            topics.forEach(topic -> leave(topic, vacated));
        }
    }

    /** {@return each once, in the order in which they were asked for} */
    private static Set<String> topicsOf(ConnectionInfo connection) {
        return Collections.unmodifiableSet(new LinkedHashSet<>(connection.selectors()));
    }

    private void enter(String topic, Consumer<String> occupied) {
        subscribers.compute(topic, (name, number) -> {
            if (number == null) {
                occupied.accept(name);
                return 1;
            }
            return number + 1;
        });
    }

    private void leave(String topic, Consumer<String> vacated) {
        subscribers.computeIfPresent(topic, (name, number) -> {
            if (number == 1) {
                vacated.accept(name);
                return null;
            }
            return number - 1;
        });
    }
}
