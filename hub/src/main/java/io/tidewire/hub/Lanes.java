package io.tidewire.hub;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A shard's lanes and the way from a topic to them. Owned by the shard's thread.
 *
 * <p>Exact topics are looked up; patterns are tried once per topic, and the answer is kept until a lane with patterns comes
 * or goes.
 */
final class Lanes {
    /** Where the cache of matches is emptied: more live topics than this are matched anew, which costs time, not memory. */
    private static final int MAX_CACHED_TOPICS = 10_000;

    private final Map<LaneKey, Lane> byKey = new HashMap<>();
    private final Map<String, List<Lane>> byTopic = new HashMap<>();
    private final List<Lane> withPatterns = new ArrayList<>();
    private final Map<String, List<Lane>> patternMatches = new HashMap<>();

    /** {@return the lane of this key, which the caller now keeps until it releases it} */
    Lane retain(LaneKey key) {
        Lane lane = byKey.get(key);
        if (lane == null) {
            lane = new Lane(key);
            byKey.put(key, lane);
            for (String topic : lane.exactTopics()) {
                byTopic.computeIfAbsent(topic, t -> new ArrayList<>(1)).add(lane);
            }
            if (!lane.patterns().isEmpty()) {
                withPatterns.add(lane);
                patternMatches.clear();
            }
        }
        lane.retain();
        return lane;
    }

    /** Gives a lane back. */
    void release(Lane lane) {
        if (!lane.release()) {
            return;
        }
        byKey.remove(lane.key());
        for (String topic : lane.exactTopics()) {
            List<Lane> lanes = byTopic.get(topic);
            if (lanes != null && lanes.remove(lane) && lanes.isEmpty()) {
                byTopic.remove(topic);
            }
        }
        if (withPatterns.remove(lane)) {
            patternMatches.clear();
        }
    }

    Collection<Lane> all() {
        return byKey.values();
    }

    /** {@return the lanes that name the topic} */
    List<Lane> naming(String topic) {
        return byTopic.getOrDefault(topic, List.of());
    }

    /** {@return the lanes with a pattern that matches the topic} */
    List<Lane> matching(String topic) {
        if (withPatterns.isEmpty()) {
            return List.of();
        }
        List<Lane> known = patternMatches.get(topic);
        if (known == null) {
            known = withPatterns.stream().filter(l -> l.patternMatches(topic)).toList();
            if (patternMatches.size() >= MAX_CACHED_TOPICS) {
                patternMatches.clear();
            }
            patternMatches.put(topic, known);
        }
        return known;
    }
}
