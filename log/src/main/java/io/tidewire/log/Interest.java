package io.tidewire.log;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a reader wants, so that a log with an index can skip the rest. A hint: a log may answer more than was asked, never
 * less; {@link Audience.Everyone} and {@link Audience.Connection} updates are always of interest.
 *
 * @param topics the topics wanted by their exact name
 * @param anyTopic whether others may be wanted as well (by a pattern)
 * @param user the user whose updates are wanted, or null
 */
public record Interest(
        Set<String> topics, boolean anyTopic, @Nullable String user) {

    /** Everything. */
    public static final Interest ALL = new Interest(Set.of(), true, null);

    /** Copies the topics. */
    public Interest {
        topics = Set.copyOf(topics);
    }

    /** {@return whether an update to this audience is of interest} */
    public boolean includes(Audience audience) {
        if (audience instanceof Audience.Topics named) {
            return anyTopic || includesOneOf(named.names());
        }
        if (audience instanceof Audience.User addressed) {
            return equals(ALL) || addressed.name().equals(user);
        }
        return true;
    }

    private boolean includesOneOf(List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            if (topics.contains(names.get(i))) {
                return true;
            }
        }
        return false;
    }
}
