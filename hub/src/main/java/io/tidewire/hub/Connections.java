package io.tidewire.hub;

import io.tidewire.log.Audience;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Who is connected here, by id and by user. Safe for any thread; changed by each connection's own shard. */
final class Connections {
    private final Map<Long, Subscription> byId = new ConcurrentHashMap<>();
    private final Map<String, List<Subscription>> byUser = new ConcurrentHashMap<>();

    void add(Subscription subscription) {
        byId.put(subscription.connectionId, subscription);
        String user = subscription.user;
        if (user != null) {
            byUser.merge(user, List.of(subscription), Connections::plus);
        }
    }

    void remove(Subscription subscription) {
        byId.remove(subscription.connectionId);
        String user = subscription.user;
        if (user != null) {
            byUser.computeIfPresent(user, (u, list) -> minus(list, subscription));
        }
    }

    @Nullable
    Subscription find(String id) {
        return byId.get(ConnectionIds.parse(id));
    }

    List<Subscription> ofUser(String user) {
        return byUser.getOrDefault(user, List.of());
    }

    Collection<Subscription> all() {
        return byId.values();
    }

    /** Keeps the lowest ids while it looks at all: a page costs memory for itself only. */
    List<Subscription> page(String after, int limit) {
        long last = ConnectionIds.parse(after);
        Queue<Subscription> lowest = new PriorityQueue<>(
                Comparator.comparingLong((Subscription s) -> s.connectionId).reversed());
        for (Subscription subscription : byId.values()) {
            if (after.isEmpty() || subscription.connectionId > last) {
                lowest.add(subscription);
                if (lowest.size() > limit) {
                    lowest.remove();
                }
            }
        }
        return lowest.stream()
                .sorted(Comparator.comparingLong(s -> s.connectionId))
                .toList();
    }

    int count() {
        return byId.size();
    }

    int reach(Audience audience) {
        if (audience instanceof Audience.Everyone) {
            return count();
        }
        if (audience instanceof Audience.User u) {
            return ofUser(u.name()).size();
        }
        if (audience instanceof Audience.Connection c) {
            return find(c.id()) == null ? 0 : 1;
        }
        return 0;
    }

    private static List<Subscription> plus(List<Subscription> some, List<Subscription> more) {
        return java.util.stream.Stream.concat(some.stream(), more.stream()).toList();
    }

    private static @Nullable List<Subscription> minus(List<Subscription> some, Subscription one) {
        List<Subscription> left = some.stream().filter(s -> s != one).toList();
        return left.isEmpty() ? null : left;
    }
}
