package io.tidewire.hub;

import io.tidewire.log.Audience;
import io.tidewire.log.Interest;
import io.tidewire.log.Update;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The live subscribers of a shard that see exactly the same events. Owned by the shard's thread.
 *
 * <p>A subscriber that is catching up keeps its lane, for what it matches, but is not among the members.
 */
final class Lane {
    private static final int FIRST_CAPACITY = 4;

    private final LaneKey key;
    private final Set<String> exactTopics;
    private final List<TopicSelector> patterns;
    private final Interest anonymousInterest;
    private final List<Entry> pending = new ArrayList<>(0);
    private Subscription[] members = new Subscription[FIRST_CAPACITY];
    private int memberCount;
    private int subscriptionCount;

    Lane(LaneKey key) {
        this.key = key;
        this.exactTopics = Set.copyOf(key.exactTopics());
        this.patterns = key.patterns();
        this.anonymousInterest = key.interest(null);
    }

    LaneKey key() {
        return key;
    }

    Set<String> exactTopics() {
        return exactTopics;
    }

    List<TopicSelector> patterns() {
        return patterns;
    }

    Interest interest(@Nullable String user) {
        return user == null ? anonymousInterest : new Interest(exactTopics, anonymousInterest.anyTopic(), user);
    }

    /** {@return whether one of the patterns matches} */
    boolean patternMatches(String topic) {
        for (TopicSelector pattern : patterns) {
            if (pattern.matches(topic)) {
                return true;
            }
        }
        return false;
    }

    /** {@return whether its subscribers see an update to topics} */
    boolean sees(Update update, Audience.Topics topics) {
        for (String topic : topics.names()) {
            if (exactTopics.contains(topic) || patternMatches(topic)) {
                return key.permits(update, topics);
            }
        }
        return false;
    }

    /** Notes an entry for the next flush; {@return whether it is the first one}. */
    boolean enqueue(Entry entry) {
        int size = pending.size();
        if (size > 0 && pending.get(size - 1) == entry) {
            return false; // came by another of its topics already
        }
        pending.add(entry);
        return size == 0;
    }

    List<Entry> pending() {
        return pending;
    }

    int memberCount() {
        return memberCount;
    }

    Subscription member(int index) {
        return members[index];
    }

    void join(Subscription subscription) {
        if (memberCount == members.length) {
            members = Arrays.copyOf(members, memberCount * 2);
        }
        members[memberCount] = subscription;
        subscription.laneIndex = memberCount++;
    }

    /** Takes a member out; the last one takes its place, so a walk from the end to the start may do this on its way. */
    @SuppressWarnings("NullAway") // the slots beyond memberCount are nobody's
    void leave(Subscription subscription) {
        int index = subscription.laneIndex;
        Subscription last = members[--memberCount];
        members[index] = last;
        last.laneIndex = index;
        members[memberCount] = null;
        subscription.laneIndex = -1;
    }

    /** Counts a subscription that keeps the lane. */
    void retain() {
        subscriptionCount++;
    }

    /** {@return whether that was the last subscription} */
    boolean release() {
        return --subscriptionCount == 0;
    }
}
