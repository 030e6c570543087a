package io.tidewire.hub;

import io.tidewire.log.Audience;
import io.tidewire.log.Interest;
import io.tidewire.log.Update;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What makes two subscribers see the same bytes: the same selectors, the same grants, the same frames. Immutable.
 *
 * @param selectors what is wanted, each once, sorted by text
 * @param grants whose private updates may be seen, likewise
 * @param frame how events tell their topic
 */
record LaneKey(List<TopicSelector> selectors, List<TopicSelector> grants, FrameStyle frame) {

    static LaneKey of(SubscriptionRequest request) {
        return new LaneKey(sorted(request.selectors()), sorted(request.grants()), request.frame());
    }

    LaneKey withSelectors(List<TopicSelector> wanted) {
        return new LaneKey(sorted(wanted), grants, frame);
    }

    LaneKey withGrants(List<TopicSelector> allowed) {
        return new LaneKey(selectors, sorted(allowed), frame);
    }

    /** {@return whether subscribers of this lane may see an update to topics} */
    boolean permits(Update update, Audience.Topics topics) {
        if (!update.isPrivate()) {
            return true;
        }
        for (TopicSelector grant : grants) {
            for (String topic : topics.names()) {
                if (grant.matches(topic)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** {@return the selectors' exact topics} */
    Set<String> exactTopics() {
        Set<String> topics = new HashSet<>();
        for (TopicSelector selector : selectors) {
            if (selector.isExact()) {
                topics.add(selector.text());
            }
        }
        return topics;
    }

    /** {@return what a reader of this lane wants of the log} */
    Interest interest(@Nullable String user) {
        return new Interest(exactTopics(), !patterns().isEmpty(), user);
    }

    /** {@return the selectors that are patterns} */
    List<TopicSelector> patterns() {
        return selectors.stream().filter(s -> !s.isExact()).toList();
    }

    private static List<TopicSelector> sorted(List<TopicSelector> selectors) {
        return selectors.stream()
                .distinct()
                .sorted((a, b) -> a.text().compareTo(b.text()))
                .toList();
    }
}
